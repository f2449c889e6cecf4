"""Backtests: what a forecaster would have said at earlier times, against what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.runtime import ForecastPredictor, quantile_column
from recurra.sequences import SeriesTable, read_windows
from recurra.tasks._baselines import seasonal_naive
from recurra.tasks._columns import extend_columns
from recurra.tasks._forecast_evaluation import Measurement, scales_for

if TYPE_CHECKING:
    from recurra.tasks.forecaster import Forecaster

__all__ = ["Backtest", "BacktestObserver", "run_backtest"]

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Backtest:
    """The result of a backtest.

    Attributes:
        metrics: Errors, `by_step`, `baselines` and `skill`; see `Forecaster.evaluate`.
        origins: Time of the first forecast step of each window, as text, by the first series.
        columns: A row for every series, window and step: the series, `origin` (time of the last
            known row), the time, `step` (from 1), for each target `actual`, the forecast under
            the target's own name, its quantiles, and `seasonal_naive`.
        trainings: How often the network was trained.
    """

    metrics: dict[str, Any]
    origins: list[str]
    columns: dict[str, list[Any]]
    trainings: int


class BacktestObserver:
    """Told how a backtest goes on; the base does nothing."""

    def started(self, windows: int, trainings: int) -> None:
        """The windows are planned."""

    def training(self, number: int) -> list[Any]:
        """A training starts; returns who is told about it."""
        del number
        return []

    def window_ended(self, number: int) -> None:
        """A window is done; `number` counts from 1."""


def run_backtest(
    forecaster: Forecaster,
    table: SeriesTable,
    *,
    windows: int = 5,
    stride: int | None = None,
    refit: bool = False,
    sliding: bool = False,
    observer: BacktestObserver | None = None,
) -> Backtest:
    """Forecast the last windows of a table, each from the rows before it.

    Args:
        forecaster: Fitted or not. A fitted one forecasts rows that it has not seen; otherwise, and
            with `refit`, networks with its parameters are trained on the rows before the windows.
        table: The series.
        windows: Number of origins.
        stride: Steps between them; the horizon by default, so that every step is forecast once.
        refit: Train anew before every window.
        sliding: Train on as many rows as before the first window, not on all.
        observer: Told how it goes on.

    Raises:
        DataError: If the series are too short.
        UsageError: If the fitted forecaster has seen the rows, or a number cannot be used.
    """
    if windows < 1 or (stride is not None and stride < 1):
        raise UsageError(f"windows and stride must be 1 or more, not {windows} and {stride}")
    horizon = int(forecaster.horizon)
    ends = table.observed_lengths - horizon - np.arange(windows)[::-1, None] * (stride or horizon)
    kept = np.flatnonzero(ends[0] > horizon)
    if not len(kept):
        raise DataError(
            f"{windows} windows of {horizon} steps, {stride or horizon} apart, leave no rows to "
            f"train on: the longest series has {table.observed_lengths.max()}"
        )
    table, ends = table.take(kept), ends[:, kept]
    fitted = hasattr(forecaster, "predictor_")
    if fitted and not refit:
        forecaster.check_unseen(table, ends[0])
    plan = _Plan(forecaster, table, ends, refit, sliding, observer or BacktestObserver())
    return plan.run(trained=forecaster.predictor_ if fitted and not refit else None)


@dataclass(frozen=True, eq=False)
class _Plan:
    forecaster: Forecaster
    table: SeriesTable
    ends: Rows
    refit: bool
    sliding: bool
    observer: BacktestObserver

    def run(self, trained: ForecastPredictor | None) -> Backtest:
        trainings = 0 if trained else len(self.ends) if self.refit else 1
        self.observer.started(len(self.ends), trainings)
        series = np.arange(len(self.table.ids))
        columns: dict[str, list[Any]] = {}
        scales = scales_for(self.table, self.ends[0], self._season())
        measurement: Measurement | None = None
        predictor = trained
        for number, origins in enumerate(self.ends):
            if predictor is None or self.refit:
                predictor = self._train(number, origins)
            if measurement is None:
                measurement = Measurement(self.table, scales, predictor.quantiles)
            elif self.refit:
                measurement.forget_misses()
            reader = predictor.reader(self.table)
            forecasts, means = predictor.windows_and_means(reader, series, origins)
            forecasts, actual = measurement.add(series, origins, forecasts, means)
            naive = _naive(self.table, series, origins, forecasts.shape[1], scales.season)
            extend_columns(columns, self._rows(predictor, origins, forecasts, actual, naive))
            self.observer.window_ended(number + 1)
        assert measurement is not None  # noqa: S101 - there is a window at least
        return Backtest(measurement.result(), self._origins(), columns, trainings)

    def _train(self, number: int, origins: Rows) -> ForecastPredictor:
        from sklearn.base import clone

        rows = self.table.head(origins)
        if self.sliding:
            rows = rows.tail(int(self.ends[0].max()))
        copy: Forecaster = clone(self.forecaster).set_params(test=0, checkpoint=None, resume=False)
        copy.fit(rows, observers=self.observer.training(number + 1))
        return copy.predictor_

    def _season(self) -> int:
        return int(self.forecaster.season or self.table.clock.season)

    def _origins(self) -> list[str]:
        start = int(self.table.starts[0])
        return [self.table.clock.text(start + int(origin)) for origin in self.ends[:, 0]]

    def _rows(
        self, predictor: ForecastPredictor, origins: Rows, forecasts: Any, actual: Any, naive: Any
    ) -> dict[str, list[Any]]:
        table, horizon = self.table, forecasts.shape[1]
        rows: dict[str, list[Any]] = {}
        if table.id_column is not None:
            rows[table.id_column] = [name for name in table.ids for _ in range(horizon)]
        known = table.clock.times(table.starts + origins - 1)
        ticks = (table.starts + origins)[:, None] + np.arange(horizon)
        rows["origin"] = [time for time in known for _ in range(horizon)]
        rows[table.clock.column or "row"] = table.clock.times(ticks.ravel())
        rows["step"] = list(range(1, horizon + 1)) * len(origins)
        middle = predictor.quantiles.index(0.5) if predictor.quantiles else 0
        for k, target in enumerate(table.target_names):
            rows[f"{target}_actual"] = actual[..., k].ravel().tolist()
            rows[target] = forecasts[..., k, middle].ravel().tolist()
            for q, level in enumerate(predictor.quantiles):
                if level != 0.5:
                    values = forecasts[..., k, q].ravel().tolist()
                    rows[quantile_column(target, level)] = values
            rows[f"{target}_seasonal_naive"] = naive[..., k].ravel().tolist()
        return rows


def _naive(table: SeriesTable, series: Rows, origins: Rows, horizon: int, season: int) -> Any:
    rows = read_windows(table.values, table.offsets, series, origins, season, 0)
    return seasonal_naive(rows[..., : table.targets].astype(np.float64), horizon, season)
