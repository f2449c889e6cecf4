"""A few forecasts beside what came, for pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import SeriesTable, Windows
from recurra.study._forecast_baselines import read_targets

__all__ = ["example_forecasts"]

_WINDOWS = 3
_TARGETS = 3
_FEWEST_HISTORY = 24
_MOST_HISTORY = 336
_DIGITS = 6

Rows = NDArray[np.int64]


def example_forecasts(
    table: SeriesTable,
    windows: Windows,
    forecast: Callable[[Rows, Rows], NDArray[Any]],
    quantiles: Sequence[float],
    horizon: int,
) -> list[dict[str, Any]]:
    """Forecast a few windows: the first, middle and last of one series, or of several.

    Args:
        table: The series.
        windows: Windows to choose from; the same are chosen every time.
        forecast: From series and origins to `(batch, horizon, targets, outputs)`.
        quantiles: Levels of the outputs; empty for point forecasts.
        horizon: Steps of a window.

    Returns:
        For each window and up to three targets: `series`, `target`, `history_times`, `history`,
        `times`, `actual`, `forecast` (the median), `low` and `high` (the widest interval, `None`
        for point forecasts). Times are texts, values rounded to six digits, `None` where missing.
    """
    series, origins = _chosen(windows)
    values = forecast(series, origins)
    before = min(max(2 * horizon, _FEWEST_HISTORY), _MOST_HISTORY, int(origins.max()))
    rows = read_targets(table, series, origins, before, horizon)
    examples: list[dict[str, Any]] = []
    for place, (one, origin) in enumerate(zip(series.tolist(), origins.tolist(), strict=True)):
        kept = min(before, origin)
        ticks = table.starts[one] + np.arange(origin - kept, origin + horizon)
        times = [str(time) for time in table.clock.times(ticks)]
        examples += (
            {
                "series": table.ids[one],
                "target": table.target_names[target],
                "history_times": times[:kept],
                "history": _plain(rows[place, before - kept : before, target]),
                "times": times[kept:],
                "actual": _plain(rows[place, before:, target]),
                **_outputs(values[place, :, target], quantiles),
            }
            for target in _spread(table.targets, _TARGETS)
        )
    return examples


def _outputs(values: NDArray[Any], quantiles: Sequence[float]) -> dict[str, Any]:
    middle = quantiles.index(0.5) if quantiles else 0
    wide = len(quantiles) > 1
    return {
        "forecast": _plain(values[:, middle]),
        "low": _plain(values[:, 0]) if wide else None,
        "high": _plain(values[:, -1]) if wide else None,
    }


def _chosen(windows: Windows) -> tuple[Rows, Rows]:
    """Return series and origins, spread over the series and over their windows."""
    starts = np.cumsum(windows.counts) - windows.counts
    with_windows = np.flatnonzero(windows.counts)
    series = with_windows[_spread(len(with_windows), _WINDOWS)]
    if len(series) == 1:
        return windows.locate(starts[series] + _spread(int(windows.counts[series[0]]), _WINDOWS))
    shares = np.linspace(0, 1, len(series))
    within = np.rint(shares * (windows.counts[series] - 1)).astype(np.int64)
    return windows.locate(starts[series] + within)


def _spread(count: int, most: int) -> list[int]:
    """Return at most `most` places from 0 to `count - 1`, evenly spread."""
    places: list[int] = np.unique(np.rint(np.linspace(0, count - 1, most)).astype(int)).tolist()
    return places


def _plain(values: NDArray[Any]) -> list[float | None]:
    return [float(f"{v:.{_DIGITS}g}") if np.isfinite(v) else None for v in values.tolist()]
