"""A comparison of classifiers as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed
from recurra.report.terminal_tables import model_table
from recurra.study.summary import ModelSummary, Record, summarise
from recurra.study.units import TEXTS, unit_of

__all__ = ["records_table"]

_TITLES = ("Accuracy %", "Macro F1", "Parameters", "s/epoch")


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for classifiers.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, best accuracy first, the leader bold, baselines dim.

    Raises:
        UsageError: If there are no records.
    """
    summaries = summarise(records)
    titles = (*_TITLES, "ms/text" if unit_of(records[0]) == TEXTS else "ms each")
    return model_table(summaries, titles, _figures, _remarks(summaries), widest=24)


def _figures(one: ModelSummary) -> tuple[str, ...]:
    half = 50 * (one.high - one.low)
    return (
        f"{100 * one.accuracy:.1f} ± {half:.1f}",
        fixed(one.macro_f1),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
        fixed(one.prediction_milliseconds, 2),
    )


def _remarks(summaries: Sequence[ModelSummary]) -> list[str]:
    remarks = []
    if any(one.interval_kind == "t" for one in summaries):
        repeats = max(one.repeats for one in summaries)
        remarks.append(f"±: 95 % interval, Student t over {repeats} repeats")
    if any(one.interval_kind == "wilson" for one in summaries):
        once = "models run once: " if remarks else "±: 95 % interval, "
        remarks.append(f"{once}Wilson over {summaries[0].test_rows:,} test rows")
    return remarks
