"""Measures a forecaster at many origins, beside the naive forecasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.runtime import ForecastPredictor
from recurra.sequences import IntervalTrackers, SeriesTable, Windows, fit_scaler, read_windows
from recurra.tasks._baselines import seasonal_naive
from recurra.tasks.forecast_metrics import ForecastErrors, mase_scales

__all__ = ["Measurement", "Scales", "measure_forecasts", "scales_for", "skill"]

_BATCH = 256

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scales:
    """What errors are divided by, by series.

    Attributes:
        deviations: Standard deviation of the targets in training, shape `(series, targets)`.
        naive_errors: See `mase_scales`.
        season: Steps of a season.
    """

    deviations: NDArray[np.float64]
    naive_errors: NDArray[np.float64]
    season: int

    def errors(self, quantiles: tuple[float, ...] = ()) -> ForecastErrors:
        """Return sums of errors with nothing in them yet."""
        return ForecastErrors(quantiles, self.deviations, self.naive_errors)

    def take(self, series: NDArray[np.int64]) -> Scales:
        """Keep some series."""
        return Scales(self.deviations[series], self.naive_errors[series], self.season)


def scales_for(table: SeriesTable, rows: NDArray[np.int64], season: int) -> Scales:
    """Measure the scales on the first rows of every series.

    Args:
        table: The series.
        rows: Rows that count as training, shape `(series,)`.
        season: Steps of a season.
    """
    targets = table.targets
    standard = fit_scaler(table.values[:, :targets], table.offsets, rows)
    naive = mase_scales(table.values, table.offsets, rows, targets, season)
    return Scales(standard.scale, naive, season)


class Measurement:
    """Compares forecasts with what came and with the naive forecasts, batch by batch.

    Intervals follow the series as they do in use, see `IntervalTracker`.
    """

    def __init__(self, table: SeriesTable, scales: Scales, quantiles: tuple[float, ...]) -> None:
        """Start with nothing.

        Args:
            table: The series that are forecast.
            scales: By series of the table.
            quantiles: Levels of the forecasts; empty for point forecasts.
        """
        self._table = table
        self._middle = quantiles.index(0.5) if quantiles else 0
        self._own = scales.errors(quantiles)
        self._seasons = {"naive": 1, "seasonal_naive": scales.season}
        self._others = {name: scales.errors() for name in self._seasons}
        self._quantiles = quantiles
        self._trackers: IntervalTrackers | None = None

    def add(
        self,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        forecasts: Array,
        means: Array | None = None,
    ) -> tuple[Array, Array]:
        """Add windows; those of a series come in the order of time.

        Args:
            series: Series of each window, shape `(batch,)`.
            origins: Origin of each window.
            forecasts: Shape `(batch, horizon, targets, outputs)`.
            means: Shape `(batch, horizon, targets)`; by the forecasts when left out.

        Returns:
            The forecasts with the intervals that were measured, and what came, shape
            `(batch, horizon, targets)`.
        """
        horizon = forecasts.shape[1]
        actual = _targets(self._table, series, origins, 0, horizon)
        if self._quantiles:
            forecasts = self._following(horizon).follow(series, origins, forecasts, actual)
        self._own.add(actual, forecasts[..., self._middle], series, forecasts, means)
        for name, season in self._seasons.items():
            history = _targets(self._table, series, origins, season, 0)
            self._others[name].add(actual, seasonal_naive(history, horizon, season), series)
        return forecasts, actual

    def forget_misses(self) -> None:
        """Let the intervals start again, as for a forecaster that is newly calibrated."""
        self._trackers = None

    def log_widths(self) -> NDArray[np.float32] | None:
        """Return how wide the intervals are after all rows, see `IntervalTracker`."""
        if self._trackers is None:
            return None
        return self._trackers.log_widths(self._table.observed_lengths)

    def _following(self, horizon: int) -> IntervalTrackers:
        if self._trackers is None:
            self._trackers = IntervalTrackers(self._quantiles, horizon, self._table.targets)
        return self._trackers

    def result(self) -> dict[str, Any]:
        """Return the figures.

        Returns:
            As `ForecastErrors.result`; besides `by_target`; `baselines`, the same for `naive` and
            `seasonal_naive`; and the `skill` against each (1 minus the ratio of the absolute
            errors on the training scale).
        """
        figures = self._own.result()
        figures["by_target"] = self._own.by_target(self._table.target_names)
        figures["baselines"] = {name: errors.result() for name, errors in self._others.items()}
        figures["skill"] = {
            name: skill(figures["mae_scaled"], baseline["mae_scaled"])
            for name, baseline in figures["baselines"].items()
        }
        return figures


def measure_forecasts(
    predictor: ForecastPredictor,
    table: SeriesTable,
    windows: Windows,
    scales: Scales,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Measurement:
    """Forecast from every origin and compare with what came.

    Args:
        predictor: A trained forecaster.
        table: The series.
        windows: The origins; targets are `predictor.horizon` steps.
        scales: By series of the table.
        progress: Told the windows done and all windows.

    Raises:
        DataError: If there is no window.
    """
    if not len(windows):
        raise DataError(
            f"there is no origin to measure at: {predictor.horizon} observed steps are needed "
            "after the rows that were trained on"
        )
    reader = predictor.reader(table)
    measurement = Measurement(table, scales, predictor.quantiles)
    done = 0
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        measurement.add(series, origins, *predictor.windows_and_means(reader, series, origins))
        done += len(numbers)
        if progress is not None:
            progress(done, len(windows))
    return measurement


def skill(error: float | None, reference: float | None) -> float | None:
    """Return how much smaller an error is than the reference's, as a share of it."""
    if error is None or not reference:
        return None
    return 1 - error / reference


def _targets(
    table: SeriesTable,
    series: NDArray[np.int64],
    origins: NDArray[np.int64],
    before: int,
    after: int,
) -> Array:
    rows = read_windows(table.values, table.offsets, series, origins, before, after)
    result: Array = rows[..., : table.targets].astype(np.float64)
    return result
