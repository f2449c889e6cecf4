"""A comparison of classifiers as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.numbers import compact, fixed, shorten
from recurra.study.summary import ModelSummary, Record, summarise

__all__ = ["records_table"]


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
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption=_caption(summaries))
    table.caption_justify = "left"
    table.add_column("Model", no_wrap=True)
    for title in ("Accuracy %", "Macro F1", "Parameters", "s/epoch", "ms/text"):
        table.add_column(title, justify="right", no_wrap=True)
    for place, one in enumerate(summaries):
        style = "bold" if place == 0 else "dim" if one.baseline else ""
        # Text, not str: a name such as "[red]" is no markup.
        table.add_row(*(Text(cell) for cell in _cells(one)), style=style)
    return table


def _cells(one: ModelSummary) -> tuple[str, ...]:
    half = 50 * (one.high - one.low)
    mark = " *" if one.baseline else ""
    return (
        shorten(one.name, 24 - len(mark)) + mark,
        f"{100 * one.accuracy:.1f} ± {half:.1f}",
        fixed(one.macro_f1),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
        fixed(one.prediction_milliseconds, 2),
    )


def _caption(summaries: Sequence[ModelSummary]) -> str:
    parts = []
    if any(one.interval_kind == "t" for one in summaries):
        repeats = max(one.repeats for one in summaries)
        parts.append(f"±: 95 % interval, Student t over {repeats} repeats")
    if any(one.interval_kind == "wilson" for one in summaries):
        once = "models run once: " if parts else "±: 95 % interval, "
        parts.append(f"{once}Wilson over {summaries[0].test_rows:,} test rows")
    if any(one.baseline for one in summaries):
        parts.append("* baseline")
    return "; ".join(parts)
