"""Errors of forecasts, summed up window by window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import forecast_mean

__all__ = ["ForecastErrors", "mase_scales"]

Array = NDArray[Any]


class ForecastErrors:
    """Adds up errors of forecasts; memory does not grow with the number of windows.

    Absolute errors are those of the median, squared errors those of the mean that the quantiles
    suggest: each of the point that it is smallest for (Gneiting 2011). Values that were not
    observed (NaN) do not count.
    """

    def __init__(
        self,
        quantiles: Sequence[float],
        deviations: NDArray[np.float64],
        naive_errors: NDArray[np.float64],
    ) -> None:
        """Start with nothing.

        Args:
            quantiles: Levels of the forecasts' quantiles, rising; empty for point forecasts.
            deviations: Standard deviation of each series' targets in training, shape
                `(series, targets)`, for errors on the training scale.
            naive_errors: Mean absolute error of the seasonal naive forecast in training, as
                `deviations`; NaN where it is 0 or unknown.
        """
        self._quantiles = tuple(quantiles)
        self._deviations = deviations
        self._naive_errors = naive_errors
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._windows = 0

    def add(
        self,
        actual: Array,
        point: Array,
        series: NDArray[np.int64],
        quantiles: Array | None = None,
        mean: Array | None = None,
    ) -> None:
        """Add windows.

        Args:
            actual: What came, shape `(batch, horizon, targets)`, NaN where unknown.
            point: The forecast, as `actual`.
            series: Series of each window, shape `(batch,)`.
            quantiles: Shape `(batch, horizon, targets, quantiles)`.
            mean: Forecast means, as `actual`; by the quantiles, or the point, when left out.
        """
        self._windows += len(actual)
        error = np.abs(actual - point)
        if mean is None:
            mean = point if quantiles is None else forecast_mean(quantiles, self._quantiles)
        squared = (actual - mean) ** 2
        scaled = error / self._deviations[series][:, None]
        size = np.abs(actual) + np.abs(point)
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = np.where(size > 0, 200 * error / size, np.where(np.isnan(size), size, 0.0))
        self._add("mae", error)
        self._add("mse", squared)
        self._add("smape", relative)
        self._add("mase", error / self._naive_errors[series][:, None])
        self._add("mae_scaled", scaled)
        self._add("mse_scaled", squared / self._deviations[series][:, None] ** 2)
        if quantiles is not None and len(self._quantiles) > 1:
            self._add_intervals(actual, quantiles)

    def result(self) -> dict[str, Any]:
        """Return the means over all windows, steps and targets, and `by_step`.

        Returns:
            `mse`, `mae`, `rmse` in the user's units; `smape` in percent; `mase`; `mse_scaled`,
            `mae_scaled`; with quantiles `pinball`, `coverage`, `width` and the `nominal` coverage
            of the widest interval; `windows`; `by_step`, a list of values by step for each of
            them. `None` where nothing was observed.
        """
        figures: dict[str, Any] = {"windows": self._windows}
        by_step: dict[str, list[float | None]] = {}
        for name in list(self._sums):
            figures[name] = self._mean(name)
            by_step[name] = [self._mean(name, step) for step in range(self.horizon)]
        figures["rmse"] = _root(figures.get("mse"))
        by_step["rmse"] = [_root(value) for value in by_step.get("mse", [])]
        if "coverage" in figures:
            figures["nominal"] = round(self._quantiles[-1] - self._quantiles[0], 6)
        return {**figures, "by_step": by_step}

    def by_target(self, names: Sequence[str]) -> dict[str, dict[str, float | None]]:
        """Return the means of each target, by its name."""
        return {
            name: {figure: self._mean(figure, target=k) for figure in self._sums}
            for k, name in enumerate(names)
        }

    @property
    def horizon(self) -> int:
        """Steps of a window; 0 before the first."""
        return next((sums.shape[1] for sums in self._sums.values()), 0)

    def _add_intervals(self, actual: Array, quantiles: Array) -> None:
        levels = np.asarray(self._quantiles)
        gap = actual[..., None] - quantiles
        self._add("pinball", np.maximum(levels * gap, (levels - 1) * gap).mean(axis=-1))
        low, high = quantiles[..., 0], quantiles[..., -1]
        inside = np.where(np.isnan(actual), np.nan, (actual >= low) & (actual <= high))
        self._add("coverage", inside)
        self._add("width", np.where(np.isnan(actual), np.nan, high - low))

    def _add(self, name: str, values: Array) -> None:
        """Add values of shape `(batch, horizon, targets)`; kept are sums and counts."""
        present = np.isfinite(values)
        new = np.stack([np.where(present, values, 0.0).sum(axis=0), present.sum(axis=0)])
        self._sums[name] = self._sums.get(name, 0.0) + new

    def _mean(self, name: str, step: int | None = None, target: int | None = None) -> float | None:
        steps = slice(None) if step is None else slice(step, step + 1)
        targets = slice(None) if target is None else slice(target, target + 1)
        total, count = self._sums[name][:, steps, targets].sum(axis=(1, 2))
        return float(total / count) if count else None


def mase_scales(
    values: Array,
    offsets: NDArray[np.int64],
    rows: NDArray[np.int64],
    targets: int,
    season: int,
) -> NDArray[np.float64]:
    """Return the seasonal naive forecast's mean absolute error in training.

    The scale of MASE (Hyndman & Koehler 2006).

    Args:
        values: Rows of all series, shape `(rows, columns)`, targets first.
        offsets: Where each series begins, shape `(series + 1,)`.
        rows: Training rows of each series, shape `(series,)`.
        targets: Number of targets.
        season: Steps of a season; 1 for the naive forecast.

    Returns:
        Shape `(series, targets)`; NaN where it is 0 or cannot be computed.
    """
    scales = np.full((len(rows), targets), np.nan)
    for series, (begin, count) in enumerate(zip(offsets[:-1], rows, strict=True)):
        lag = season if count > season else 1
        total, present = np.zeros(targets), np.zeros(targets)
        for start in range(lag, count, _CHUNK_ROWS):
            stop = min(start + _CHUNK_ROWS, count)
            later = values[begin + start : begin + stop, :targets]
            change = np.abs(later - values[begin + start - lag : begin + stop - lag, :targets])
            total += np.nansum(change, axis=0, dtype=np.float64)
            present += np.isfinite(change).sum(axis=0)
        known = (present > 0) & (total > 0)
        scales[series, known] = total[known] / present[known]
    return scales


_CHUNK_ROWS = 1 << 20


def _root(value: float | None) -> float | None:
    return None if value is None else float(np.sqrt(value))
