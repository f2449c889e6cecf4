"""`Forecaster`: series in, forecasts with intervals out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.models import build_forecaster, named_weights
from recurra.runtime import (
    FORECAST_TASK,
    Artifact,
    Forecast,
    ForecastPredictor,
    forecaster_contents,
    read_forecaster,
)
from recurra.sequences import (
    FrameKind,
    SeriesTable,
    WindowReader,
    Windows,
    frame_of,
)
from recurra.tasks._anomalies import (
    Anomalies,
    find_anomalies,
)
from recurra.tasks._backtest import Backtest, BacktestObserver, run_backtest
from recurra.tasks._calibration import calibrate
from recurra.tasks._context_measuring import forecaster_context
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._forecast_card import forecast_card
from recurra.tasks._forecast_evaluation import Scales, measure_forecasts, scales_for
from recurra.tasks._forecast_preparation import PreparedSeries, prepare_series
from recurra.tasks._forecast_settings import (
    ForecasterSettings,
    forecast_settings_from_manifest,
    resolve_forecast_settings,
)
from recurra.tasks._forecast_training import (
    forecast_fingerprint,
    network_of,
    train_forecaster,
)
from recurra.tasks._series_sources import OpenedSeries, open_new_series, open_series
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.effective_context import ContextCurve

if TYPE_CHECKING:
    import keras

__all__ = ["Forecaster"]

_READING = (
    "time",
    "target",
    "series_id",
    "known",
    "past",
    "static",
    "frequency",
    "time_zone",
    "time_format",
    "decimal",
)


class Forecaster(TaskEstimator):
    """A recurrent forecaster of one or many time series.

    `None` means: as the model, the preset or the data say. Series are split by time, scaled by
    their training rows, cut into windows, and the intervals calibrated on held-out windows inside;
    nothing has to be prepared.

    Args:
        horizon: Steps to forecast.
        model: `"rnn"`, `"lstm"`, `"gru"`, `"stacked"`, `"bidirectional"`, `"attention"`,
            `"seq2seq"` or `"segrnn"`.
        time: Column of the times (several with commas: `"year,month,day"`); the index of a pandas
            frame, or the rows in order, when left out.
        target: Column or columns to forecast.
        series_id: Column that says which series a row belongs to.
        known: Covariates known in the future too.
        past: Covariates known up to the present.
        static: Values that a series has once.
        frequency: Step of the times, such as `"1h"`; found in the data when left out.
        time_zone: Time zone of times without one.
        time_format: How times are written, in strptime codes, where that is not clear.
        decimal: Sign before the decimals in texts: `"."` or `","`.
        lookback: Steps to read.
        strategy: `"direct"` or `"recursive"`.
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read the past from both ends.
        attention: `"additive"`, `"dot"` or `""`.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        head_dropout: Dropout before the output layer.
        segment: Steps of a segment of SegRNN.
        skip: Add a linear map from the past to the forecast.
        season: Steps of a season; by the frequency when left out.
        residual: Correct the seasonal naive forecast instead of forecasting anew.
        normalization: What is taken out of every window: `"none"`, `"last"` or `"standard"`.
        scaling: `"standard"`, `"minmax"` or `"none"`, by series, fitted on training rows.
        transform: `"none"` or `"log1p"`.
        missing: `"error"`, `"interpolate"` or `"mask"`.
        calendar: Read features of the time of every step.
        quantiles: Levels to forecast, 0.5 among them; empty for a point forecast.
        loss: `"pinball"`, `"mae"` or `"mse"`.
        epochs: The most epochs.
        batch_size: Windows in one step.
        learning_rate: Adam's first learning rate.
        patience: Epochs without progress on the validation windows before training stops.
        averaging: Momentum of a moving average over the weights; 0 for none.
        epoch_windows: The most windows of an epoch.
        validation: Share or number of rows held out for early stopping and calibration.
        test: Share or number of rows at the end for measuring.
        kernels: `"auto"`, `"native"` or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same forecaster.
        checkpoint: Folder that keeps the state after every epoch.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        model_: The plain Keras model, from normalised windows to normalised forecasts.
        settings_: All settings, those that the data decided too.
        specification_: The architecture.
        history_: Values per epoch for `loss`, `val_loss`, `learning_rate`.
        data_: Facts about the training data.
        metrics_: `effective_context`, the number of last steps that the forecast hangs on, of
            `context_length` (see `effective_context`); and figures measured on the test rows, where
            there are any.
        training_: The final `TrainingState`; not kept by `save`.
    """

    task = FORECAST_TASK
    fit_words = "fit(data)"

    def __init__(
        self,
        horizon: int = 1,
        *,
        model: str = "gru",
        time: str | None = None,
        target: str | Sequence[str] | None = None,
        series_id: str | None = None,
        known: Sequence[str] = (),
        past: Sequence[str] = (),
        static: Sequence[str] = (),
        frequency: str | None = None,
        time_zone: str | None = None,
        time_format: str | None = None,
        decimal: str = ".",
        lookback: int | None = None,
        strategy: str | None = None,
        cell: str | None = None,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        attention: str | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        head_dropout: float | None = None,
        segment: int | None = None,
        skip: bool | None = None,
        season: int | None = None,
        residual: bool | None = None,
        normalization: str | None = None,
        scaling: str | None = None,
        transform: str | None = None,
        missing: str | None = None,
        calendar: bool | None = None,
        quantiles: Sequence[float] | None = None,
        loss: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        epoch_windows: int | None = None,
        validation: float | int | None = None,
        test: float | int | None = None,
        kernels: str | None = None,
        preset: str = "fast",
        seed: int = 0,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        verbose: int = 0,
        watch_gradients: bool = False,
    ) -> None:
        self.horizon = horizon
        self.model = model
        self.time = time
        self.target = target
        self.series_id = series_id
        self.known = known
        self.past = past
        self.static = static
        self.frequency = frequency
        self.time_zone = time_zone
        self.time_format = time_format
        self.decimal = decimal
        self.lookback = lookback
        self.strategy = strategy
        self.cell = cell
        self.units = units
        self.layers = layers
        self.bidirectional = bidirectional
        self.attention = attention
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.head_dropout = head_dropout
        self.segment = segment
        self.skip = skip
        self.season = season
        self.residual = residual
        self.normalization = normalization
        self.scaling = scaling
        self.transform = transform
        self.missing = missing
        self.calendar = calendar
        self.quantiles = quantiles
        self.loss = loss
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.averaging = averaging
        self.epoch_windows = epoch_windows
        self.validation = validation
        self.test = test
        self.kernels = kernels
        self.preset = preset
        self.seed = seed
        self.checkpoint = checkpoint
        self.resume = resume
        self.verbose = verbose
        self.watch_gradients = watch_gradients

    def fit(
        self,
        data: Any,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train, calibrate the intervals, and measure on the test rows where there are any.

        Args:
            data: A pandas or polars frame, a path, the name of a dataset, or a `SeriesTable`.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This forecaster, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            DataError: If the data cannot be used; names the row and its time.
            LeakageError: If a future value would reach the network's inputs.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        self._settle()  # before the data are read
        opened = open_series(data, self._reading(), self.missing or "error")
        settings = resolve_forecast_settings(self.preset, {**opened.split, **self._given()})
        prepared = prepare_series(opened.table, settings, preset=self.preset)
        self.fit_prepared(prepared, observers=observers, callbacks=callbacks)
        self._kind = opened.kind
        return self

    def fit_prepared(
        self,
        prepared: PreparedSeries,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on series that are split and scaled already."""
        trained = train_forecaster(
            prepared,
            int(self.seed),
            checkpoint=self._checkpoint(forecast_fingerprint(prepared, int(self.seed))),
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        settings = prepared.settings
        self.model_ = trained.model
        self.settings_: ForecasterSettings = settings
        self.specification_ = prepared.specification
        self._keep_training(trained.state, prepared.data)
        self._kind = None
        self._scales = Scales(prepared.deviations, prepared.naive_errors, settings.season)
        self._seen_ticks = prepared.table.starts + prepared.split.seen
        self.predictor_ = calibrate(self._new_predictor(prepared), prepared)
        self._keep_context(self._measure_context(prepared))
        if len(prepared.test):
            measured = measure_forecasts(
                self.predictor_, prepared.table, prepared.test, self._scales
            )
            self._keep_metrics(measured.result())
            self.predictor_ = replace(self.predictor_, log_widths=measured.log_widths())
        return self

    def predict(self, data: Any = None, horizon: int | None = None) -> Any:
        """Forecast the steps after the last observation of every series.

        Args:
            data: New data of the same columns; the end of the training data when `None`. Rows
                with empty targets at the end hold the known covariates of the future.
            horizon: Steps; what the forecaster was trained for when `None`.

        Returns:
            A frame of the kind that `fit` or `predict` was given (polars otherwise): the series,
            the time, for each target the median under its own name, and the other quantiles
            (`sales_0.1`).

        Raises:
            NotFittedError: Before `fit`.
            DataError: If the data are not like those of the training, or a known covariate is
                missing in the future.
        """
        self._check_fitted()
        opened = None if data is None else self._open(data)
        kind = self._kind if opened is None else opened.kind
        found = self.predictor_.forecast(None if opened is None else opened.table, horizon)
        return frame_of(found.columns(), kind or FrameKind("polars"), found.time_column)

    def forecast(self, data: Any = None, horizon: int | None = None) -> Forecast:
        """As `predict`, as arrays."""
        self._check_fitted()
        table = None if data is None else self._open(data).table
        return self.predictor_.forecast(table, horizon)

    def evaluate(
        self,
        data: Any,
        *,
        since: Any = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """Measure at every origin whose targets lie at or after a time.

        Args:
            data: As for `fit`; look-backs are taken from the rows before the origins.
            since: First time of a target; the end of what training has seen when `None`.
            progress: Told the windows done and all windows.

        Returns:
            `mse`, `mae`, `rmse` in the user's units, `smape` (percent), `mase`, `mse_scaled`,
            `mae_scaled` on the training scale; `pinball`, `coverage`, `width` and `nominal` of
            the widest interval; `skill` against the `baselines` `naive` and `seasonal_naive`; all
            of them `by_step` and some `by_target`; `windows`.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If there is no origin to measure at.
        """
        self._check_fitted()
        table = self._open(data).table
        windows, scales = self.origins_since(table, since)
        figures = measure_forecasts(
            self.predictor_, table, windows, scales, progress=progress
        ).result()
        self._keep_metrics(figures)
        return figures

    def windows_of(self, data: Any = None) -> WindowReader:
        """Return the windows of some data as the network reads them.

        Args:
            data: As for `predict`.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If the data are not like those of the training.
        """
        self._check_fitted()
        table = self.predictor_.tail if data is None else self._open(data).table
        return self.predictor_.reader(table)

    def origins_since(self, table: SeriesTable, since: Any = None) -> tuple[Windows, Scales]:
        """Return the origins of `evaluate`, and the scales of the table's series."""
        places = {name: place for place, name in enumerate(self.predictor_.tail.ids)}
        found = np.array([places.get(name, -1) for name in table.ids])
        rows = np.minimum(self.settings_.lookback, table.observed_lengths)
        if since is not None:
            rows = np.full(len(found), table.clock.tick_from(since)) - table.starts
        else:
            rows = np.where(found >= 0, self._seen_ticks[found] - table.starts, rows)
        first = np.clip(rows, 1, table.lengths)
        windows = Windows.between(first, table.observed_lengths - self.settings_.horizon)
        scales = scales_for(table, first, self._scales.season)
        known = found >= 0
        scales.deviations[known] = self._scales.deviations[found[known]]
        scales.naive_errors[known] = self._scales.naive_errors[found[known]]
        return windows, scales

    def check_unseen(self, table: SeriesTable, origins: NDArray[np.int64]) -> None:
        """Refuse origins before the end of what training has seen.

        Raises:
            UsageError: If there are any; says since when the rows are new.
        """
        places = {name: place for place, name in enumerate(self.predictor_.tail.ids)}
        for series, name in enumerate(table.ids):
            place = places.get(name)
            tick = int(table.starts[series] + origins[series])
            if place is not None and tick < self._seen_ticks[place]:
                raise UsageError(
                    f"the forecaster was trained on rows up to "
                    f"{table.clock.text(int(self._seen_ticks[place]) - 1)}, the first window "
                    f"begins at {table.clock.text(tick)}: ask for fewer windows, give newer rows, "
                    "or train anew before each window (refit)"
                )

    def backtest(
        self,
        data: Any,
        *,
        windows: int = 5,
        stride: int | None = None,
        refit: bool = False,
        sliding: bool = False,
        observer: BacktestObserver | None = None,
    ) -> Backtest:
        """Forecast the last windows of some data, each from the rows before it.

        Args:
            data: As for `fit`.
            windows: Number of origins.
            stride: Steps between them; the horizon by default, so that no step is forecast twice.
            refit: Train anew before every window, on all rows before it. Otherwise a fitted
                forecaster forecasts rows that it has not seen, and one that is not fitted is
                trained once, on the rows before the first window.
            sliding: Keep the number of training rows the same instead of letting it grow.
            observer: Told how it goes on.

        Raises:
            DataError: If the series are too short.
            UsageError: If a fitted forecaster has seen the rows and `refit` is not asked for.
        """
        if self.__sklearn_is_fitted__():
            table = self._open(data).table
        else:
            self._settle()
            table = open_series(data, self._reading(), self.missing or "error").table
        return run_backtest(
            self,
            table,
            windows=windows,
            stride=stride,
            refit=refit,
            sliding=sliding,
            observer=observer,
        )

    def detect(
        self,
        data: Any,
        *,
        level: float = 0.99,
        progress: Callable[[int, int], None] | None = None,
    ) -> Anomalies:
        """Judge every value by the one-step forecast from the rows before it.

        Args:
            data: As for `fit`.
            level: Values rarer than 1 - `level` are anomalies.
            progress: Told the values done and all values.

        Raises:
            NotFittedError: Before `fit`.
            UsageError: If the forecaster has no quantiles.
        """
        self._check_fitted()
        table = self._open(data).table
        return find_anomalies(self.predictor_, table, level=level, progress=progress)

    def _given(self) -> dict[str, Any]:
        given = super()._given()
        return {k: v for k, v in given.items() if k not in _READING and v is not None}

    def _reading(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _READING}

    def _settle(self) -> ForecasterSettings:
        self._check_seed()
        return resolve_forecast_settings(self.preset, self._given())

    def _open(self, data: Any) -> OpenedSeries:
        return open_new_series(data, self._reading(), self.predictor_)

    def _new_predictor(self, prepared: PreparedSeries) -> ForecastPredictor:
        settings, table = prepared.settings, prepared.table
        rows = max(settings.lookback, settings.season)
        return ForecastPredictor(
            encoder=prepared.reader.encoder,
            answer=network_of(self.model_, prepared.specification, settings.kernels),
            quantiles=settings.quantiles,
            horizon=settings.horizon,
            calibration=None,
            scores=None,
            scaling=settings.scaling,
            static_scaler=prepared.static_scaler,
            calendar=settings.calendar,
            tail=table.tail(rows),
        )

    def _measure_context(self, prepared: PreparedSeries) -> ContextCurve:
        windows = prepared.test if len(prepared.test) else prepared.validation
        weights = named_weights(self.model_)
        return forecaster_context(self.specification_, prepared.reader, windows, weights)

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return forecaster_contents(
            self.predictor_,
            named_weights(self.model_),
            seen_ticks=self._seen_ticks,
            deviations=self._scales.deviations,
            naive_errors=self._scales.naive_errors,
            reading=self._reading(),
        )

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return forecast_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        loaded = read_forecaster(artifact)
        settings = forecast_settings_from_manifest(loaded.manifest)
        reading = {k: v for k, v in loaded.reading.items() if k in _READING}
        forecaster = cls._with_settings(settings, loaded.manifest, **reading)
        forecaster._restore(loaded.specification, loaded.weights, loaded.manifest)
        forecaster.predictor_ = loaded.predictor
        season = max(1, settings.season)
        forecaster._scales = Scales(loaded.deviations, loaded.naive_errors, season)
        forecaster._seen_ticks = loaded.seen_ticks
        forecaster._kind = None
        return forecaster

    def _new_model(self) -> keras.Model:
        return build_forecaster(self.specification_)
