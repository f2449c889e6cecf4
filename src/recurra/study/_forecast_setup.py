"""What every model of a comparison of forecasters shares, and how one is measured."""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences import SeriesTable
from recurra.study._forecast_baselines import (
    BaselineForecaster,
    calibrated,
    fit_linear,
    naive_baseline,
)
from recurra.study._forecast_examples import example_forecasts
from recurra.tasks.comparable_forecasts import (
    ForecasterSettings,
    Measurement,
    PreparedSeries,
    Scales,
    prepare_series,
    resolve_forecast_settings,
    skill,
)

__all__ = ["FIGURES", "ForecastSetup", "example_windows", "prepare_setup", "window_latency"]

_OF_LINEAR = {
    "model": "gru", "strategy": "direct", "normalization": "last", "calendar": False,
    "residual": False,
}  # fmt: skip
_BATCH = 256
_LATENCY_WINDOWS = 20
FIGURES = (
    "mse", "mae", "rmse", "smape", "mase", "mse_scaled", "mae_scaled", "pinball", "coverage",
    "nominal", "width", "windows", "by_step", "by_target",
)  # fmt: skip


@dataclass(frozen=True)
class ForecastSetup:
    """What every model of a comparison shares."""

    table: SeriesTable
    preset: str
    given: dict[str, Any]
    settings: ForecasterSettings
    base: PreparedSeries
    data: dict[str, Any]
    seed: int

    @property
    def scales(self) -> Scales:
        season = max(1, self.settings.season)
        return Scales(self.base.deviations, self.base.naive_errors, season)

    def prepared(self, **own: Any) -> PreparedSeries:
        """Return the series as one model reads them; split, look-back and season are shared."""
        fixed = {"lookback": self.settings.lookback, "season": self.settings.season}
        settings = resolve_forecast_settings(self.preset, {**self.given, **fixed, **own})
        return prepare_series(self.table, settings, preset=self.preset)

    @functools.cached_property
    def baselines(self) -> dict[str, BaselineForecaster]:
        """The baselines, fitted when the first of them is due."""
        naive = {"naive": 1, "snaive": self.scales.season}
        found = {name: naive_baseline(self.base, season) for name, season in naive.items()}
        linear = self.prepared(**_OF_LINEAR)
        found["linear"] = fit_linear(linear)
        return {name: calibrated(one, self.base) for name, one in found.items()}

    @functools.cached_property
    def measured(self) -> dict[str, dict[str, Any]]:
        """Figures of the baselines."""
        return {name: _figures_of(self, one) for name, one in self.baselines.items()}

    def skills(self, figures: Mapping[str, Any]) -> dict[str, float | None]:
        """Return how much smaller the absolute error is than each baseline's, as a share of it."""
        error = figures["mae_scaled"]
        return {name: skill(error, one["mae_scaled"]) for name, one in self.measured.items()}


def prepare_setup(
    table: SeriesTable, given: dict[str, Any], preset: str, seed: int
) -> ForecastSetup:
    of_segrnn = {k: given.pop(k) for k in ("segment",) if k in given}
    base = prepare_series(table, resolve_forecast_settings(preset, given), preset=preset)
    windows = len(base.test)
    if not windows:
        raise DataError(
            f"{table.name}: no series has {base.settings.horizon} observed steps in its test part; "
            "give a longer test part or a shorter horizon"
        )
    data = {**base.data, "windows": {**base.data["windows"], "test": windows}}
    return ForecastSetup(table, preset, {**given, **of_segrnn}, base.settings, base, data, seed)


def _figures_of(setup: ForecastSetup, baseline: BaselineForecaster) -> dict[str, Any]:
    """Measure a baseline on the test windows."""
    measurement = Measurement(setup.table, setup.scales, baseline.quantiles)
    for numbers in setup.base.test.batches(_BATCH):
        series, origins = setup.base.test.locate(numbers)
        measurement.add(series, origins, baseline.windows(series, origins))
    figures = measurement.result()
    return {key: figures.get(key) for key in FIGURES}


def example_windows(
    setup: ForecastSetup,
    forecast: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[Any]],
    quantiles: tuple[float, ...],
) -> list[dict[str, Any]]:
    windows, horizon = setup.base.test, setup.settings.horizon
    return example_forecasts(setup.table, windows, forecast, quantiles, horizon)


def window_latency(
    setup: ForecastSetup, forecast: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[Any]]
) -> float:
    """Return the median milliseconds for one window, from its rows to its forecast."""
    numbers = np.linspace(0, len(setup.base.test) - 1, _LATENCY_WINDOWS).astype(np.int64)
    series, origins = setup.base.test.locate(numbers)
    forecast(series[:1], origins[:1])
    times = []
    for place in range(len(series)):
        one = slice(place, place + 1)
        started = time.perf_counter()
        forecast(series[one], origins[one])
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
