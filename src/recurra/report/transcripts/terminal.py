"""A comparison of recognizers as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed, percent
from recurra.report.terminal_tables import model_table, repeats_remark
from recurra.study.summary import Record
from recurra.study.transcripts.summary import TranscriptSummary, summarise_recognizers

__all__ = ["records_table"]

_TITLES = ("WER", "CER", "Clips", "Param.", "s/epoch")


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for recognizers.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first, the leader bold, baselines dim.
    """
    summaries = summarise_recognizers(records)
    once = any(one.interval_kind == "bootstrap" for one in summaries)
    remarks = [
        f"{summaries[0].test_rows:,} test clips, Clips: those without error",
        *repeats_remark(summaries),
        *(["±: 95 % interval of models run once, bootstrap over the test clips"] if once else []),
    ]
    return model_table(summaries, _TITLES, _figures, remarks, widest=22)


def _figures(one: TranscriptSummary) -> tuple[str, ...]:
    return (
        f"{percent(one.error)} ± {100 * (one.high - one.low) / 2:.1f}",
        percent(one.character_error_rate),
        percent(one.clip_accuracy),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
    )
