"""Coverage of the intervals against what was asked for."""

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
from recurra.report.theme import ACCENT, INK, MUTED, PAPER, model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_RIGHT = 0.05
"""Within so many of the nominal share a coverage counts as right."""


def _shown(records: Sequence[Record]) -> list[ForecastSummary]:
    return [
        one
        for one in summarise_forecasts(records)
        if one.coverage is not None and one.nominal is not None
    ]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the share of values inside the widest interval, and its range over the steps.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if no model forecasts intervals.
    """
    shown = _shown(records)
    if not shown:
        return None
    nominal = shown[0].nominal or 0.0
    colours = model_colours(record["model"] for record in records)
    drawing, axes = row_axes(len(shown), key_lines=2)
    percent_axis(axes, whole=True)
    row_grid(axes, len(shown))
    band: Look = {"left": nominal - _RIGHT, "height": 0.44, "linewidth": 0, "zorder": 0.5}
    for row, one in enumerate(shown):
        place, colour = row + MARK, colours[one.model].light
        right = min(1.0, nominal + _RIGHT) - (nominal - _RIGHT)
        axes.barh(place, right, color=ACCENT.light, alpha=0.14, **band)
        low, high = _span(records, one)
        axes.plot([low, high], [place, place], color=colour, linewidth=2.5, alpha=0.5)
        fill = PAPER.light if one.baseline else colour
        mark: Look = {"markersize": 8, "markerfacecolor": fill, "markeredgewidth": 1.8}
        axes.plot(one.coverage or 0.0, place, "o", color=colour, clip_on=False, zorder=4, **mark)
        row_text(axes, row, one, percent(one.coverage))
    row_grid(axes, len(shown), [nominal], color=INK.light, linewidth=1.2, zorder=3)
    key(drawing, _handles(nominal))
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    shown = _shown(records)
    values = "; ".join(f"{one.name} {percent(one.coverage)}" for one in shown)
    return f"Share of values inside the {percent(shown[0].nominal, 0)} intervals: {values}."


def _span(records: Sequence[Record], one: ForecastSummary) -> tuple[float, float]:
    """Return the lowest and the highest coverage of a step."""
    values = [
        value
        for record in records
        if record["model"] == one.model
        for value in record["metrics"]["by_step"].get("coverage") or ()
        if value is not None
    ]
    return (min(values), max(values)) if values else (one.coverage or 0.0, one.coverage or 0.0)


def _handles(nominal: float) -> list[Line2D]:
    dot: Look = {"color": MUTED.light, "marker": "o", "markersize": 7, "linestyle": "none"}
    line: Look = {"color": MUTED.light, "linewidth": 2.5, "alpha": 0.5}
    band: Look = {"color": ACCENT.light, "alpha": 0.2, "linewidth": 9, "solid_capstyle": "butt"}
    return [
        Line2D([], [], label="all steps together", **dot),
        Line2D([], [], label="lowest to highest step", **line),
        Line2D([], [], label=f"asked for, {percent(nominal, 0)}", **UPRIGHT),
        Line2D([], [], label="within 5 points", **band),
    ]
