"""Skill: how much smaller the errors are than those of each baseline."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import BAR, MARK, key, percent_axis, row_axes, row_grid, row_text
from recurra.report.numbers import signed_percent
from recurra.report.theme import INK, MUTED, PAPER, model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_WORST = -1.0
"""Skill below this is drawn at it; the figure beside the name says how low it is."""


def _shown(records: Sequence[Record]) -> list[ForecastSummary]:
    return [
        one
        for one in summarise_forecasts(records)
        if one.model != "snaive" and one.skill_snaive is not None
    ]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the skill against the seasonal naive forecast as bars, the others as marks.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if no skill is known.
    """
    shown = _shown(records)
    if not shown:
        return None
    colours = model_colours(record["model"] for record in records)
    drawing, axes = row_axes(len(shown), key_lines=1)
    axes.set_xlim(*_limits(shown))
    percent_axis(axes)
    row_grid(axes, len(shown))
    row_grid(axes, len(shown), [0.0], color=INK.light, linewidth=1.2, zorder=3)
    for row, one in enumerate(shown):
        place, colour = row + MARK, colours[one.model].light
        fill: Look = {"alpha": 0.5} if one.baseline else {}
        value = max(one.skill_snaive or 0.0, _WORST)
        axes.barh(place, value, height=BAR, color=colour, linewidth=0, **fill)
        for other, look in ((one.skill_linear, _LINEAR), (one.skill_naive, _NAIVE)):
            if other is not None and abs(other) > 1e-12:
                axes.plot(max(other, _WORST), place, color=INK.light, zorder=5, **look)
        row_text(axes, row, one, signed_percent(one.skill_snaive))
    key(drawing, _handles(), columns=3)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(
        f"{one.name} {signed_percent(one.skill_snaive)} against seasonal naive, "
        f"{signed_percent(one.skill_naive)} against naive, "
        f"{signed_percent(one.skill_linear)} against linear"
        for one in _shown(records)
    )
    return f"Skill of each model, higher is better: {values}."


_LINEAR: Look = {
    "marker": "o", "markersize": 7, "markerfacecolor": PAPER.light, "markeredgewidth": 1.4,
    "linestyle": "none",
}  # fmt: skip
_NAIVE: Look = {
    "marker": "D", "markersize": 5.5, "markerfacecolor": PAPER.light, "markeredgewidth": 1.4,
    "linestyle": "none",
}  # fmt: skip


def _limits(shown: Sequence[ForecastSummary]) -> tuple[float, float]:
    values = [0.0]
    for one in shown:
        values += [
            v for v in (one.skill_snaive, one.skill_naive, one.skill_linear) if v is not None
        ]
    low, high = max(min(values), _WORST), max(values)
    margin = max(0.06 * (high - low), 0.02)
    return low - margin, high + margin


def _handles() -> list[Line2D]:
    bar: Look = {"color": MUTED.light, "linewidth": 9, "solid_capstyle": "butt"}
    return [
        Line2D([], [], label="seasonal naive", **bar),
        Line2D([], [], label="naive", color=INK.light, **_NAIVE),
        Line2D([], [], label="linear", color=INK.light, **_LINEAR),
    ]
