"""Errors as bars from zero, with the seasonal naive forecast and the linear map for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import BAR, MARK, UPRIGHT, key, row_axes, row_grid, row_text
from recurra.report.numbers import plain, significant
from recurra.report.theme import FAINT, INK, model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_WIDEST = 3.0
"""A bar longer than so many seasonal naive ones is cut: the others could not be told apart."""


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_forecasts(records)
    colours = model_colours(record["model"] for record in records)
    reference = next((one.error for one in summaries if one.model == "snaive"), None)
    drawing, axes = row_axes(len(summaries), key_lines=1)
    end = _end(summaries, reference)
    axes.set_xlim(0, end)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.set_xlabel(summaries[0].scaled_by)
    for row, one in enumerate(summaries):
        place = row + MARK
        fill: Look = {"alpha": 0.5} if one.baseline else {}
        axes.barh(place, end, height=BAR, color=FAINT.light, linewidth=0)
        bar: Look = {"height": BAR, "color": colours[one.model].light, "linewidth": 0, **fill}
        axes.barh(place, min(one.error, end), **bar)
        if one.low is not None and one.high is not None:
            axes.plot([one.low, min(one.high, end)], [place, place], color=INK.light, linewidth=2)
        row_text(axes, row, one, _words(one))
    if reference is not None:
        row_grid(axes, len(summaries), [reference], color=INK.light, linewidth=1.2, zorder=3)
    key(drawing, _handles(summaries, reference))
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    summaries = summarise_forecasts(records)
    values = "; ".join(f"{one.name} {_words(one)}" for one in summaries)
    return f"Bars of {summaries[0].scaled_by}, lower is better: {values}."


def _end(summaries: Sequence[ForecastSummary], reference: float | None) -> float:
    longest = max(max(one.error, one.ends[1]) for one in summaries)
    if reference:
        longest = min(longest, _WIDEST * reference)
    return 1.04 * longest or 1.0


def _words(one: ForecastSummary) -> str:
    text = significant(one.error, 3)
    if one.low is None or one.high is None:
        return text
    return f"{text}  ({significant(one.low, 3)}–{significant(one.high, 3)})"


def _handles(summaries: Sequence[ForecastSummary], reference: float | None) -> list[Line2D]:
    handles = []
    if any(one.low is not None for one in summaries):
        handles.append(Line2D([], [], color=INK.light, linewidth=2, label="95 % interval"))
    if reference is not None:
        label = f"seasonal naive, {significant(reference, 3)}"
        handles.append(Line2D([], [], label=label, **UPRIGHT))
    return handles
