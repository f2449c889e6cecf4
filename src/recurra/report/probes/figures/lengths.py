"""Skill by length: a panel for each task, a line for each cell, published figures beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from recurra.report.canvas import TEXT, WIDTH, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.numbers import NBSP, count, percent
from recurra.report.theme import INK, MUTED, PAPER, Colour, model_colours
from recurra.study.probes import PROBLEMS, PUBLISHED, SOLVED, ProbeLine, probe_lines
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_PANEL = 176
_FLOOR = -0.08  # below chance is chance: errors of weights that ran away have no bottom
_DASHES: Look = {"linestyle": (0, (4, 2.5)), "linewidth": 1}


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw every task.

    Args:
        records: Records of one probe.

    Returns:
        The figure.
    """
    lines = probe_lines(records)
    tasks = list(dict.fromkeys(line.probe for line in lines))
    colours = model_colours(line.cell for line in lines)
    columns = min(2, len(tasks))
    rows = -(-len(tasks) // columns)
    drawing = new_figure(_PANEL * rows + 64, WIDTH)
    panels = drawing.subplots(rows, columns, sharey=True, squeeze=False).flat
    for place, panel in enumerate(panels):
        if place >= len(tasks):
            panel.remove()
            continue
        _panel(panel, tasks[place], [one for one in lines if one.probe == tasks[place]], colours)
    key(drawing, _handles(lines, colours), columns=3)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    parts = []
    for line in probe_lines(records):
        values = ", ".join(
            f"{percent(max(0.0, point.skill), 0)} at {point.length}" for point in line.points
        )
        parts.append(f"{PROBLEMS[line.probe].title}, {line.name}: {values}")
    return f"Share of what chance gets wrong that is right, by length. {'; '.join(parts)}."


def _panel(
    panel: Axes, task: str, lines: Sequence[ProbeLine], colours: Mapping[str, Colour]
) -> None:
    axis(panel, "y")
    panel.axhline(SOLVED, color=MUTED.light, zorder=1, **_DASHES)
    for place, line in enumerate(lines):
        _line(panel, line, colours[line.cell].light, 4 - place)
    published = [one for one in PUBLISHED if one.probe == task]
    for one in published:
        colour = colours[one.model].light if one.model in colours else MUTED.light
        look: Look = {"marker": "D", "markersize": 7, "mfc": PAPER.light, "mew": 1.8}
        panel.plot(one.length, one.skill, color=colour, linestyle="none", zorder=5, **look)
    lengths = [point.length for point in lines[0].points]
    _scale(panel, lengths, [one.length for one in published])
    panel.set_title(PROBLEMS[task].title, loc="left", color=INK.light, fontsize=TEXT, pad=6)
    panel.set_xlabel(PROBLEMS[task].unit)


def _line(panel: Axes, line: ProbeLine, colour: str, order: int) -> None:
    """Draw one cell: a band where repeats differ, full points where it has learnt."""
    lengths = [point.length for point in line.points]
    skills = [max(_FLOOR, point.skill) for point in line.points]
    panel.plot(lengths, skills, color=colour, linewidth=2, zorder=order)
    if line.repeats > 1:
        low = [max(_FLOOR, point.low) for point in line.points]
        high = [max(_FLOOR, point.high) for point in line.points]
        panel.fill_between(lengths, low, high, color=colour, alpha=0.15, linewidth=0, zorder=order)
    for point, skill in zip(line.points, skills, strict=True):
        fill = colour if point.learnt else PAPER.light
        look: Look = {"marker": "o", "markersize": 5.5, "mfc": fill, "mew": 1.4}
        panel.plot(point.length, skill, color=colour, zorder=order + 0.5, **look)


def _scale(panel: Axes, lengths: Sequence[int], published: Sequence[int]) -> None:
    every = [*lengths, *published]
    panel.set_xscale("log", base=2)
    panel.set_xlim(min(every) / 1.25, max(every) * 1.3)
    panel.set_ylim(_FLOOR - 0.04, 1.08)
    panel.set_xticks(_spaced(sorted(set(every))))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    panel.set_yticks([0, 0.5, 1])
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}{NBSP}%"))


def _spaced(lengths: Sequence[int]) -> list[int]:
    """Leave out ticks whose labels would touch: the last stays, then what is far enough below."""
    kept = [lengths[-1]]
    gap = (lengths[-1] / lengths[0]) ** 0.19
    for length in reversed(lengths[:-1]):
        if kept[-1] / length >= gap:
            kept.append(length)
    return kept[::-1]


def _handles(lines: Sequence[ProbeLine], colours: Mapping[str, Colour]) -> list[Line2D]:
    names = {line.cell: line.name for line in lines}
    dot: Look = {"color": MUTED.light, "marker": "o", "markersize": 5.5, "linestyle": "none"}
    diamond: Look = {"color": MUTED.light, "marker": "D", "mfc": PAPER.light, "linestyle": "none"}
    cells = [
        Line2D([], [], color=colours[cell].light, linewidth=2, label=name)
        for cell, name in names.items()
    ]
    return [
        *cells,
        Line2D([], [], label="learnt", **dot),
        Line2D([], [], label="measured only", **dot | {"mfc": PAPER.light}),
        Line2D([], [], label="published", **diamond),
    ]
