"""One panel: a series, where the forecast begins, the forecast and its intervals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from recurra.report.canvas import TEXT, Look, axis
from recurra.report.figures.rows import key
from recurra.report.numbers import plain
from recurra.report.theme import INK, MUTED, PALE, Colour

__all__ = ["Panel", "draw_panel", "example_panel", "panel_key", "positions"]
__all__ += ["spaced", "times_axis", "values_axis"]

_BAND = 0.24
_MARKED = 40  # fewer steps than this are marked one by one


@dataclass(frozen=True, eq=False)
class Panel:
    """What one panel shows.

    Attributes:
        title: What it is.
        history: Times and values before the forecast.
        actual: Times and values that came; empty where they are not known.
        times: Times of the forecast.
        forecast: Its values.
        bands: Lower and upper values, widest first.
    """

    title: str
    history: tuple[Sequence[Any], NDArray[np.float64]]
    actual: tuple[Sequence[Any], NDArray[np.float64]]
    times: Sequence[Any]
    forecast: NDArray[np.float64]
    bands: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default=())


def example_panel(example: Mapping[str, Any], title: str) -> Panel:
    """Read a panel from an example of a record."""
    past, times = _times(example["history_times"]), _times(example["times"])
    bands = []
    if example["low"] is not None and example["high"] is not None:
        bands.append((_values(example["low"]), _values(example["high"])))
    return Panel(
        title,
        (past, _values(example["history"])),
        (times, _values(example["actual"])),
        times,
        _values(example["forecast"]),
        bands,
    )


def draw_panel(axes: Axes, panel: Panel, colour: Colour, *, ticks: int = 3) -> None:
    """Draw a panel.

    Args:
        axes: Where.
        panel: What.
        colour: Of the forecast.
        ticks: About how many times are written below.
    """
    axis(axes, "y")
    where = positions(panel.times)
    for low, high in panel.bands:
        band: Look = {"color": colour.light, "alpha": _BAND, "linewidth": 0, "zorder": 2}
        if len(where) == 1:
            axes.plot(where.repeat(2), [low[0], high[0]], color=colour.light, alpha=0.5, lw=5)
        else:
            axes.fill_between(where, low, high, **band)
    _observed(axes, panel)
    mark: Look = {"marker": "o", "markersize": 3} if len(where) < _MARKED else {}
    axes.plot(where, panel.forecast, color=colour.light, linewidth=1.8, zorder=4, **mark)
    times_axis(axes, [*panel.history[0], *panel.times], ticks)
    values_axis(axes)
    if panel.title:
        axes.set_title(panel.title, loc="left", color=INK.light, fontsize=TEXT, pad=5)


def spaced(figure: Figure) -> None:
    """Leave some room between the panels of a figure."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(hspace=0.05, wspace=0.03)


def panel_key(figure: Figure, colour: Colour, forecast: str, interval: str) -> None:
    """Write the key above the panels.

    Args:
        figure: The figure.
        colour: Of the forecast.
        forecast: What the line is, for example `"median forecast"`.
        interval: What the band is; empty without one.
    """
    look: Look = {"color": colour.light}
    band: Look = {**look, "alpha": 2 * _BAND, "linewidth": 8, "solid_capstyle": "butt"}
    handles = [
        Line2D([], [], label="observed", color=INK.light, linewidth=1.3),
        Line2D([], [], label=forecast, linewidth=1.8, marker="o", markersize=3, **look),
        *([Line2D([], [], label=interval, **band)] if interval else []),
    ]
    key(figure, handles, columns=3)


def positions(times: Sequence[Any]) -> NDArray[np.float64]:
    """Return where times lie on an axis: days for times, numbers as they are.

    Wall-clock times are drawn as they are written, whatever their zone.
    """
    if len(times) and isinstance(times[0], dt.date):
        plain = [t.replace(tzinfo=None) if isinstance(t, dt.datetime) else t for t in times]
        return np.asarray(date2num(plain), dtype=np.float64)
    return np.asarray(times, dtype=np.float64)


def times_axis(axes: Axes, times: Sequence[Any], ticks: int) -> None:
    """Write some times below, each only as long as it has to be."""
    axes.margins(x=0.01)
    if not len(times) or not isinstance(times[0], dt.date):
        axes.xaxis.set_major_locator(MaxNLocator(ticks + 1, integer=True))
        return
    locator = AutoDateLocator(minticks=2, maxticks=ticks + 1, interval_multiples=True)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.xaxis.get_offset_text().set(color=MUTED.light, fontsize=TEXT - 2)


def values_axis(axes: Axes) -> None:
    """Write a few values at the left."""
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))


def _observed(axes: Axes, panel: Panel) -> None:
    """Draw what was observed as one line, and where the forecast begins."""
    past, values = panel.history
    later, came = panel.actual
    line: Look = {"color": INK.light, "linewidth": 1.3, "zorder": 3}
    where = np.concatenate([positions(past), positions(later)])
    axes.plot(where, np.concatenate([values, came]), **line)
    if len(past):
        border = (positions(past)[-1] + positions(panel.times)[0]) / 2
        axes.axvline(border, color=PALE.light, linewidth=1, linestyle=(0, (3, 3)), zorder=1)


def _times(texts: Sequence[str]) -> list[Any]:
    """Read times as records write them: whole numbers, dates or date-times."""
    try:
        return [int(text) for text in texts]
    except ValueError:
        pass
    try:
        return [dt.datetime.fromisoformat(text) for text in texts]
    except ValueError:
        return list(range(len(texts)))


def _values(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
