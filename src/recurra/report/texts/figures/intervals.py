"""Accuracy closer: mean, interval and every repeat on an axis that need not begin at zero."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import MARK, key, percent_axis, row_axes, row_grid, row_text
from recurra.report.numbers import interval
from recurra.report.theme import ACCENT, MUTED, PAPER, model_colours
from recurra.study.summary import ModelSummary, Record, summarise

__all__ = ["describe", "figure"]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw mean, 95 % interval and single repeats of each model.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None for a single model, which has nothing to stand beside.
    """
    summaries = summarise(records)
    if len(summaries) < 2:
        return None
    colours = model_colours(record["model"] for record in records)
    drawing, axes = row_axes(len(summaries), key_lines=1)
    axes.set_xlim(*_limits(summaries))
    percent_axis(axes)
    row_grid(axes, len(summaries))
    leader = summaries[0]
    band: Look = {"left": leader.low, "height": 0.44, "linewidth": 0, "zorder": 0.5}
    for row, one in enumerate(summaries):
        colour, place = colours[one.model].light, row + MARK
        axes.barh(place, leader.high - leader.low, color=ACCENT.light, alpha=0.14, **band)
        axes.plot([one.low, one.high], [place, place], color=colour, linewidth=2.5)
        if one.repeats > 1:
            axes.plot(
                one.accuracies, [place] * one.repeats, "|", color=colour, markersize=8, alpha=0.6
            )
        fill = PAPER.light if one.baseline else colour
        mark: Look = {"markersize": 8, "markerfacecolor": fill, "markeredgewidth": 1.8}
        axes.plot(one.accuracy, place, "o", color=colour, **mark)
        row_text(axes, row, one, interval(one.low, one.high) + " %")
    key(drawing, _handles(summaries), columns=3)
    return drawing


def _limits(summaries: Sequence[ModelSummary]) -> tuple[float, float]:
    """Room for every interval and every repeat."""
    values = [value for one in summaries for value in (one.low, one.high, *one.accuracies)]
    low, high = min(values), max(values)
    margin = max(0.06 * (high - low), 0.004)
    return max(0.0, low - margin), min(1.0, high + margin)


def _handles(summaries: Sequence[ModelSummary]) -> list[Line2D]:
    mean: Look = {"color": MUTED.light, "marker": "o", "markersize": 7, "linewidth": 2.5}
    band: Look = {"color": ACCENT.light, "alpha": 0.2, "linewidth": 9, "solid_capstyle": "butt"}
    single: Look = {"color": MUTED.light, "marker": "|", "markersize": 9, "linestyle": "none"}
    handles = [Line2D([], [], label="mean, 95 %", **mean)]
    if any(one.repeats > 1 for one in summaries):
        handles.append(Line2D([], [], label="one repeat", **single))
    return [*handles, Line2D([], [], label="leader's interval", **band)]


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    summaries = summarise(records)
    leader = summaries[0]
    rivals = [one.name for one in summaries[1:] if one.overlaps(leader)]
    overlap = f"It overlaps: {', '.join(rivals)}." if rivals else "No other interval overlaps it."
    return (
        f"Mean accuracy and 95 % interval of {len(summaries)} models on a closer axis. "
        f"{leader.name} leads with {interval(leader.low, leader.high)} %. {overlap}"
    )
