"""A row per model on the terminal: the leader bold, baselines dim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.numbers import shorten
from recurra.report.tables import Summary

__all__ = ["model_table", "repeats_remark"]

T = TypeVar("T", bound=Summary)


def model_table(
    summaries: Sequence[T],
    titles: Sequence[str],
    figures: Callable[[T], Sequence[str]],
    remarks: Sequence[str],
    *,
    widest: int,
) -> Table:
    """Make a table of models.

    Args:
        summaries: One for each model, the best first.
        titles: Headings of the columns of figures.
        figures: Writes a model's figures; those beyond the headings are left out.
        remarks: What stands below, before the word on baselines.
        widest: Characters of the longest name that is written whole.

    Returns:
        The table.
    """
    notes = [*remarks, *(["* baseline"] if any(one.baseline for one in summaries) else [])]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), caption="; ".join(notes))
    table.caption_justify = "left"
    table.add_column("Model", no_wrap=True)
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    for place, one in enumerate(summaries):
        style = "bold" if place == 0 else "dim" if one.baseline else ""
        mark = " *" if one.baseline else ""
        cells = [shorten(one.name, widest - len(mark)) + mark, *figures(one)[: len(titles)]]
        # Text, not str: a name such as "[red]" is no markup.
        table.add_row(*map(Text, cells), style=style)
    return table


def repeats_remark(summaries: Sequence[Summary]) -> list[str]:
    """Say what the interval is where models were trained several times; nothing otherwise."""
    repeats = max(one.repeats for one in summaries)
    return [f"±: 95 % interval, Student t over {repeats} repeats"] if repeats > 1 else []
