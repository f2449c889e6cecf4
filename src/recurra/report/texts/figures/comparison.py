"""Accuracy as bars from zero, with the share of the most common class for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import (
    BAR,
    MARK,
    UPRIGHT,
    key,
    percent_axis,
    row_axes,
    row_grid,
    row_text,
    row_track,
)
from recurra.report.numbers import interval, percent
from recurra.report.theme import INK, model_colours
from recurra.study.summary import Record, summarise

__all__ = ["describe", "figure", "most_common_share"]


def most_common_share(records: Sequence[Record]) -> float:
    """Share of the test rows in the most common class: what a constant answer would reach."""
    rows = [sum(row) for row in records[0]["confusion_matrix"]]
    return float(max(rows) / max(1, sum(rows)))


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise(records)
    colours = model_colours(record["model"] for record in records)
    constant = most_common_share(records)
    drawing, axes = row_axes(len(summaries), key_lines=1)
    percent_axis(axes, whole=True)
    for row, one in enumerate(summaries):
        colour = colours[one.model].light
        place = row + MARK
        fill: Look = {"alpha": 0.5} if one.baseline else {}
        row_track(axes, row)
        axes.barh(place, one.accuracy, height=BAR, color=colour, linewidth=0, **fill)
        axes.plot([one.low, one.high], [place, place], color=INK.light, linewidth=2)
        row_text(axes, row, one, f"{percent(one.accuracy)}  ({interval(one.low, one.high)})")
    row_grid(axes, len(summaries), [constant], color=INK.light, linewidth=1.2, zorder=3)
    handles = [
        Line2D([], [], color=INK.light, linewidth=2, label="95 % interval"),
        Line2D([], [], label=f"most common class, {percent(constant)}", **UPRIGHT),
    ]
    key(drawing, handles)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(
        f"{one.name} {percent(one.accuracy)} ({interval(one.low, one.high)})"
        for one in summarise(records)
    )
    return (
        f"Bars of accuracy with 95 % intervals: {values}. "
        f"Always answering the most common class gives {percent(most_common_share(records))}."
    )
