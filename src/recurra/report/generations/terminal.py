"""A comparison of language models as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from recurra.report.numbers import compact, fixed, percent, significant
from recurra.report.terminal_tables import model_table, repeats_remark
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["records_table"]

_TITLES = ("bits/char", "nats", "Perplexity", "Guess", "Param.", "s/epoch", "tok/s")


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra compare` prints for language models.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest loss first, the leader bold, baselines dim.
    """
    summaries = summarise_generators(records)
    remarks = [
        f"{summaries[0].tokens:,} test tokens",
        *repeats_remark(summaries),
        "tok/s: written, one text",
    ]
    return model_table(summaries, _TITLES, _figures, remarks, widest=13)


def _figures(one: GenerationSummary) -> tuple[str, ...]:
    half = "" if one.low is None else f" ± {significant((one.ends[1] - one.ends[0]) / 2, 2)}"
    return (
        fixed(one.loss) + half,
        fixed(one.nats),
        significant(one.perplexity, 3),
        percent(one.accuracy),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
        compact(one.generated_per_second),
    )
