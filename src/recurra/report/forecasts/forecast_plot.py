"""A picture of forecasts after the end of their series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from recurra.errors import UnknownNameError
from recurra.report.canvas import new_figure, styled
from recurra.report.forecasts.panels import Panel, draw_panel, panel_key, spaced
from recurra.report.forecasts.plot_columns import label
from recurra.report.forecasts.saving import save_figure
from recurra.report.numbers import percent
from recurra.report.theme import ACCENT

if TYPE_CHECKING:
    from recurra.runtime import Forecast
    from recurra.sequences import SeriesTable

__all__ = ["forecast_plot"]

_MOST_PANELS = 6
_WIDE = 900
_FEWEST_HISTORY = 24
_MOST_HISTORY = 2_000


@styled
def forecast_plot(
    forecast: Forecast,
    tail: SeriesTable,
    where: str | Path | Figure,
    *,
    series: Sequence[str] | None = None,
) -> Figure:
    """Draw forecasts after the end of their series: median and intervals.

    Args:
        forecast: The forecast.
        tail: The rows that it follows; the same series in the same order.
        where: A file to write (`.png`, `.svg`, `.pdf`), or an empty figure to draw into.
        series: Which series; up to six panels of series and targets by default, spread over them.

    Returns:
        The figure.

    Raises:
        UnknownNameError: If a series is not in the forecast.
        UsageError: If the file's ending is not known.
        OutputError: If the file cannot be written.
    """
    chosen = _chosen(forecast, series)
    figure = _figure(where, len(chosen))
    panels = _grid(figure, len(chosen))
    for axes, (one, target) in zip(panels, chosen, strict=True):
        draw_panel(axes, _forecast_panel(forecast, tail, one, target), ACCENT, ticks=4)
    middle = "median forecast" if forecast.quantiles else "forecast"
    panel_key(figure, ACCENT, middle, _intervals(forecast.quantiles))
    steps = "1 step" if forecast.horizon == 1 else f"{forecast.horizon:,} steps"
    return save_figure(figure, where, f"Forecast, {steps} ahead")


def _chosen(forecast: Forecast, series: Sequence[str] | None) -> list[tuple[int, int]]:
    """Return series and target of each panel."""
    targets = range(min(len(forecast.targets), _MOST_PANELS))
    if series is not None:
        places = {name: place for place, name in enumerate(forecast.ids)}
        for name in series:
            if name not in places:
                raise UnknownNameError("series", str(name), forecast.ids)
        return [(places[name], target) for name in series for target in targets]
    most = max(1, _MOST_PANELS // len(targets))
    spread = np.linspace(0, len(forecast.ids) - 1, min(most, len(forecast.ids)))
    return [(int(one), target) for one in np.rint(spread) for target in targets]


def _forecast_panel(forecast: Forecast, tail: SeriesTable, one: int, target: int) -> Panel:
    observed = int(tail.observed_lengths[one])
    kept = min(observed, max(2 * forecast.horizon, _FEWEST_HISTORY), _MOST_HISTORY)
    past = tail.rows(one)[observed - kept : observed, target].astype(np.float64)
    ticks = tail.starts[one] + np.arange(observed - kept, observed)
    values = forecast.values[one, :, target]
    pairs = range(len(forecast.quantiles) // 2)
    bands = [(values[:, k], values[:, -1 - k]) for k in pairs]
    nothing: NDArray[np.float64] = np.zeros(0)
    name = label(forecast.ids[one], forecast.targets[target])
    history = (forecast.clock.times(ticks), past)
    point = forecast.point[one, :, target]
    return Panel(name, history, ([], nothing), forecast.times(one), point, bands)


def _intervals(quantiles: Sequence[float]) -> str:
    """Name the intervals, widest first: `80 % interval`, `90 % and 50 % intervals`."""
    pairs = [
        (low, high) for low, high in zip(quantiles, quantiles[::-1], strict=True) if low < high
    ]
    shares = [percent(high - low, 0) for low, high in pairs]
    if len(shares) < 2:
        return f"{shares[0]} interval" if shares else ""
    return f"{', '.join(shares[:-1])} and {shares[-1]} intervals"


def _figure(where: str | Path | Figure, panels: int) -> Figure:
    if isinstance(where, Figure):
        return where
    rows = -(-panels // 2)
    return new_figure(300 if panels == 1 else 190 * rows + 34, 640 if panels == 1 else _WIDE)


def _grid(figure: Figure, count: int) -> list[Axes]:
    columns = 1 if count == 1 else 2
    grid = figure.subplots(-(-count // columns), columns, squeeze=False)
    flat = [axes for line in grid for axes in line]
    for axes in flat[count:]:
        axes.remove()
    spaced(figure)
    return flat[:count]
