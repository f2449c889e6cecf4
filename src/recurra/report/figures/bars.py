"""One bar from zero for each model, its 95 % interval at the end, a reference for scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

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
)
from recurra.report.numbers import plain
from recurra.report.tables import Summary
from recurra.report.theme import FAINT, INK, model_colours
from recurra.study.summary import Record

__all__ = ["Bar", "Reference", "draw_bars"]


class Bar(NamedTuple):
    """A model's bar.

    Attributes:
        model: The model.
        value: Its length.
        low: Lower end of the interval; None without one.
        high: Upper end of the interval.
        words: Value and interval as written above the bar.
    """

    model: Summary
    value: float
    low: float | None
    high: float | None
    words: str


class Reference(NamedTuple):
    """An upright line through all bars and what the key says of it."""

    value: float
    label: str


@styled
def draw_bars(
    records: Sequence[Record],
    bars: Sequence[Bar],
    reference: Reference | None,
    *,
    title: str = "",
    share: bool = False,
    longest: float | None = None,
) -> Figure:
    """Draw the bars.

    Args:
        records: Records of one comparison, which the colours depend on.
        bars: The bars, the first on top.
        reference: A value to compare with.
        title: What the axis shows.
        share: Whether the values are shares of a whole: the axis reaches to 100 %.
        longest: Longer bars are cut here.

    Returns:
        The figure.
    """
    colours = model_colours(record["model"] for record in records)
    drawing, axes = row_axes(len(bars), key_lines=1)
    end = _set_axis(axes, bars, share=share, longest=longest)
    axes.set_xlabel(title)
    for row, bar in enumerate(bars):
        _draw_bar(axes, row, bar, colours[bar.model.model].light, end)
    if reference is not None:
        row_grid(axes, len(bars), [reference.value], color=INK.light, linewidth=1.2, zorder=3)
    key(drawing, _handles(bars, reference))
    return drawing


def _set_axis(axes: Axes, bars: Sequence[Bar], *, share: bool, longest: float | None) -> float:
    """Set the axis and return its end."""
    if share:
        percent_axis(axes, whole=True)
        return 1.0
    most = max(bar.value if bar.high is None else max(bar.value, bar.high) for bar in bars)
    end = 1.04 * min(most, longest or most) or 1.0
    axes.set_xlim(0, end)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    return end


def _draw_bar(axes: Axes, row: int, bar: Bar, colour: str, end: float) -> None:
    place = row + MARK
    look: Look = {"height": BAR, "linewidth": 0}
    fill: Look = {"alpha": 0.5} if bar.model.baseline else {}
    axes.barh(place, end, color=FAINT.light, **look)
    axes.barh(place, min(bar.value, end), color=colour, **look, **fill)
    if bar.low is not None and bar.high is not None:
        axes.plot([bar.low, min(bar.high, end)], [place, place], color=INK.light, linewidth=2)
    row_text(axes, row, bar.model, bar.words)


def _handles(bars: Sequence[Bar], reference: Reference | None) -> list[Line2D]:
    handles = []
    if any(bar.low is not None for bar in bars):
        handles.append(Line2D([], [], color=INK.light, linewidth=2, label="95 % interval"))
    if reference is not None:
        handles.append(Line2D([], [], label=reference.label, **UPRIGHT))
    return handles
