"""Accuracy with the tokens in order and in random order."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import (
    MARK,
    UPRIGHT,
    key,
    percent_axis,
    row_axes,
    row_grid,
    row_text,
)
from recurra.report.numbers import percent
from recurra.report.texts.figures.comparison import most_common_share
from recurra.report.theme import INK, MUTED, PAPER, model_colours
from recurra.study.summary import ModelSummary, Record, summarise
from recurra.study.units import unit_of

__all__ = ["describe", "figure"]


def _measured(records: Sequence[Record]) -> list[tuple[ModelSummary, float]]:
    return [
        (one, one.accuracy_shuffled)
        for one in summarise(records)
        if one.accuracy_shuffled is not None
    ]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw for each model how far its accuracy falls when order is destroyed.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if no model was measured on shuffled texts.
    """
    measured = _measured(records)
    if not measured:
        return None
    colours = model_colours(record["model"] for record in records)
    constant = most_common_share(records)
    values = [
        constant,
        *(v for one, shuffled in measured for v in (one.accuracy_in_order, shuffled)),
    ]
    margin = max(0.05 * (max(values) - min(values)), 0.01)
    drawing, axes = row_axes(len(measured), key_lines=2)
    axes.set_xlim(max(0.0, min(values) - margin), min(1.01, max(values) + margin))
    percent_axis(axes)
    row_grid(axes, len(measured))
    row_grid(axes, len(measured), [constant], color=INK.light, linewidth=1.2, zorder=3)
    for row, (one, shuffled) in enumerate(measured):
        colour, place = colours[one.model].light, row + MARK
        axes.plot(
            [shuffled, one.accuracy_in_order],
            [place, place],
            color=colour,
            linewidth=2.5,
            alpha=0.5,
        )
        mark: Look = {"color": colour, "markersize": 8, "markeredgewidth": 1.8}
        axes.plot(shuffled, place, "o", markerfacecolor=PAPER.light, **mark)
        axes.plot(one.accuracy_in_order, place, "o", **mark)
        row_text(axes, row, one, f"{100 * one.accuracy_in_order:.1f} → {percent(shuffled)}")
    key(drawing, _handles(constant))
    return drawing


def _handles(constant: float) -> list[Line2D]:
    dot: Look = {"color": MUTED.light, "marker": "o", "markersize": 7, "linestyle": "none"}
    return [
        Line2D([], [], label="in order", **dot),
        Line2D([], [], label="in random order", markerfacecolor=PAPER.light, **dot),
        Line2D([], [], label=f"most common class, {percent(constant)}", **UPRIGHT),
    ]


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(
        f"{one.name} {percent(one.accuracy_in_order)} in order, {percent(shuffled)} in random order"
        for one, shuffled in _measured(records)
    )
    return f"Accuracy with {unit_of(records[0]).steps} in order and in random order: {values}."
