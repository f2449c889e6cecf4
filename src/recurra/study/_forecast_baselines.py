"""The forecasts that every network stands beside: last value, last season, a linear map."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import (
    SeriesTable,
    calibrate_quantiles,
    conformal_shifts,
    read_windows,
)
from recurra.study._memory import PeakMemory
from recurra.tasks.comparable_forecasts import (
    PreparedSeries,
    fit_linear_forecast,
    linear_inputs,
    seasonal_naive,
)

__all__ = ["BaselineForecaster", "calibrated", "fit_linear", "naive_baseline", "read_targets"]

_BATCH = 512

Array = NDArray[Any]
Rows = NDArray[np.int64]
Points = Callable[[Rows, Rows], Array]


@dataclass(frozen=True, eq=False)
class BaselineForecaster:
    """A forecaster without a training loop.

    Attributes:
        points: From series and origins, shape `(batch,)` each, to point forecasts in the user's
            units, shape `(batch, horizon, targets)`.
        quantiles: Levels of the forecasts; empty for point forecasts.
        deviations: Unit of the intervals' widths, shape `(series, targets)`.
        shifts: Quantiles of the errors on the validation windows, shape
            `(horizon, targets, quantiles)`, in `deviations`; `None` without intervals.
        parameters: Numbers that were fitted.
        seconds: What fitting took; `None` where nothing is fitted.
        peak_memory_mb: The most memory while fitting, MiB.
        specification: What it is, JSON values.
    """

    points: Points
    quantiles: tuple[float, ...]
    deviations: NDArray[np.float64]
    shifts: NDArray[np.float64] | None = None
    parameters: int = 0
    seconds: float | None = None
    peak_memory_mb: float | None = None
    specification: dict[str, Any] | None = None

    def windows(self, series: Rows, origins: Rows) -> Array:
        """Forecast, shape `(batch, horizon, targets, quantiles or 1)`."""
        points = self.points(series, origins)[..., None]
        if self.shifts is None:
            return points
        unit = self.deviations[series][:, None, :, None]
        levels = np.repeat(points, len(self.quantiles), axis=-1) / unit
        return calibrate_quantiles(levels, self.shifts, self.quantiles) * unit


def naive_baseline(prepared: PreparedSeries, season: int) -> BaselineForecaster:
    """Repeat the last season; with a season of 1, the last value."""
    table, horizon = prepared.table, prepared.settings.horizon

    def points(series: Rows, origins: Rows) -> Array:
        history = read_targets(table, series, origins, season, 0)
        return seasonal_naive(history, horizon, season)

    return BaselineForecaster(
        points,
        prepared.settings.quantiles,
        prepared.deviations,
        specification={"model": "repeats", "season": season},
    )


def fit_linear(prepared: PreparedSeries) -> BaselineForecaster:
    """Fit a linear map from the look-back to the horizon.

    Args:
        prepared: Read with the normalization "last", directly for all steps.
    """
    reader = prepared.reader
    started = time.perf_counter()
    with PeakMemory() as memory:
        linear = fit_linear_forecast(prepared)

    def points(series: Rows, origins: Rows) -> Array:
        encoded = reader.encode(reader.rows(series, origins), series, origins)
        answers = linear(linear_inputs(encoded, prepared.table.targets))
        return reader.encoder.decode(answers[..., None], encoded)[..., 0]

    return BaselineForecaster(
        points,
        prepared.settings.quantiles,
        prepared.deviations,
        parameters=int(linear.weights.size + linear.bias.size),
        seconds=time.perf_counter() - started,
        peak_memory_mb=memory.mib,
        specification={
            "model": "ridge regression",
            "lookback": prepared.settings.lookback,
            "penalty": linear.strength,
            "normalization": prepared.settings.normalization,
        },
    )


def calibrated(baseline: BaselineForecaster, prepared: PreparedSeries) -> BaselineForecaster:
    """Give a point forecast the intervals that its errors on the validation windows suggest.

    The networks' intervals are calibrated on the same windows in the same way.
    """
    if len(baseline.quantiles) < 2:
        return baseline
    actual, forecasts = [], []
    windows, horizon = prepared.validation, prepared.settings.horizon
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        unit = prepared.deviations[series][:, None]
        actual.append(read_targets(prepared.table, series, origins, 0, horizon) / unit)
        forecasts.append(baseline.points(series, origins) / unit)
    points = np.concatenate(forecasts)[..., None]
    levels = np.repeat(points, len(baseline.quantiles), axis=-1)
    shifts = conformal_shifts(np.concatenate(actual), levels, baseline.quantiles)
    return replace(baseline, shifts=shifts)


def read_targets(
    table: SeriesTable, series: Rows, origins: Rows, before: int, after: int
) -> NDArray[np.float64]:
    """Read the targets around some origins, shape `(batch, before + after, targets)`."""
    rows = read_windows(table.values, table.offsets, series, origins, before, after)
    result: NDArray[np.float64] = rows[..., : table.targets].astype(np.float64)
    return result
