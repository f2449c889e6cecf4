"""The longest length that each cell solves: a row for each task, a mark for each cell."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.numbers import count
from recurra.report.theme import FAINT, INK, model_colours
from recurra.study.probes import PROBLEMS, ProbeLine, probe_lines
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_LINE = 20
_GAP = 0.8
"""Room between two tasks, in lines."""


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw how far each cell reaches on each task.

    Args:
        records: Records of one probe.

    Returns:
        The figure.
    """
    lines = probe_lines(records)
    colours = model_colours(line.cell for line in lines)
    tasks = list(dict.fromkeys(line.probe for line in lines))
    height = len(lines) + _GAP * len(tasks)
    drawing = new_figure(_LINE * height + 84)
    axes = axis(drawing.add_subplot(), "x")
    shortest = min(line.points[0].length for line in lines)
    longest = max(line.points[-1].length for line in lines)
    place, ticks = 0.0, []
    for task in tasks:
        rows = [line for line in lines if line.probe == task]
        ticks.append(place + (len(rows) - 1) / 2)
        for line in rows:
            _row(axes, line, place, shortest, colours[line.cell].light)
            place += 1
        place += _GAP
    _scale(axes, shortest, longest)
    axes.set_ylim(place - _GAP, -0.6)
    axes.set_yticks(ticks, [PROBLEMS[task].title for task in tasks], color=INK.light)
    names = {line.cell: line.name for line in lines}
    look: Look = {"linestyle": "none", "marker": "o", "markersize": 7}
    handles = [
        Line2D([], [], color=colours[cell].light, label=name, **look)
        for cell, name in names.items()
    ]
    key(drawing, handles, columns=4)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    parts = [
        f"{PROBLEMS[line.probe].title}, {line.name}: "
        f"{'none' if line.reach is None else line.reach}"
        f"{'' if line.breaks is None else ' of ' + str(line.points[-1].length)}"
        for line in probe_lines(records)
    ]
    return f"The longest length that is solved. {'; '.join(parts)}."


def _row(axes: Axes, line: ProbeLine, place: float, shortest: int, colour: str) -> None:
    """Draw a bar from the left to the reach; pale what was tried and not solved."""
    track: Look = {"linewidth": 5, "solid_capstyle": "butt"}
    start = shortest / 1.6
    axes.plot([start, line.points[-1].length], [place] * 2, color=FAINT.light, **track)
    if line.reach is None:
        axes.plot(start, place, "x", color=colour, markersize=7, markeredgewidth=2)
        return
    axes.plot([start, line.reach], [place] * 2, color=colour, **track)
    mark = ">" if line.breaks is None else "o"
    axes.plot(line.reach, place, mark, color=colour, markersize=9)


def _scale(axes: Axes, shortest: int, longest: int) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xlim(shortest / 1.75, longest * 1.25)
    ticks = [length for length in (1, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560)
             if shortest <= length <= longest]  # fmt: skip
    axes.set_xticks(ticks or [shortest])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    axes.set_xlabel("longest length solved, logarithmic", fontsize=TEXT)
