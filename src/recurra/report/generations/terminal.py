"""A comparison of language models as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.numbers import compact, fixed, percent, shorten, significant
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
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption=_caption(summaries))
    table.caption_justify = "left"
    table.add_column("Model", no_wrap=True)
    for title in _TITLES:
        table.add_column(title, justify="right", no_wrap=True)
    for place, one in enumerate(summaries):
        style = "bold" if place == 0 else "dim" if one.baseline else ""
        # Text, not str: a name such as "[red]" is no markup.
        table.add_row(*map(Text, _cells(one)), style=style)
    return table


def _cells(one: GenerationSummary) -> tuple[str, ...]:
    half = "" if one.low is None else f" ± {significant((one.ends[1] - one.ends[0]) / 2, 2)}"
    mark = " *" if one.baseline else ""
    return (
        shorten(one.name, 13 - len(mark)) + mark,
        fixed(one.loss) + half,
        fixed(one.nats),
        significant(one.perplexity, 3),
        percent(one.accuracy),
        compact(one.parameters),
        fixed(one.seconds_per_epoch, 1),
        compact(one.generated_per_second),
    )


def _caption(summaries: Sequence[GenerationSummary]) -> str:
    parts = [f"{summaries[0].tokens:,} test tokens"]
    repeats = max(one.repeats for one in summaries)
    if repeats > 1:
        parts.append(f"±: 95 % interval, Student t over {repeats} repeats")
    return "; ".join([*parts, "tok/s: written, one text", "* baseline"])
