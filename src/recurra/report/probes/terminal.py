"""A probe as a table for the terminal, 80 columns wide at most."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from recurra.report.probes.tables import cells_of, reach_text
from recurra.study.probes import PROBLEMS, ProbeLine, probe_lines
from recurra.study.summary import Record

__all__ = ["records_table"]


def records_table(records: Sequence[Record]) -> Table:
    """Make the table that `recurra probe` prints.

    Args:
        records: Records of one probe.

    Returns:
        One row per cell, one column per task: the longest length that it solves.
    """
    lines = probe_lines(records)
    tasks = list(dict.fromkeys(line.probe for line in lines))
    longest = ", ".join(
        f"{PROBLEMS[task].title.lower()} {found[-1].length}"
        for task in tasks
        for found in [next(line.points for line in lines if line.probe == task)]
    )
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        caption=f"the longest length solved; bold: the longest tried ({longest})",
        caption_justify="left",
    )
    table.add_column("Cell", no_wrap=True)
    for task in tasks:
        table.add_column(PROBLEMS[task].title, justify="right", no_wrap=True)
    for name, found in cells_of(lines).items():
        table.add_row(Text(name), *(_cell(found.get(task)) for task in tasks))
    return table


def _cell(line: ProbeLine | None) -> Text:
    if line is None:
        return Text("")
    return Text(reach_text(line), "bold" if line.breaks is None else "")
