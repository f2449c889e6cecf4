"""Trains one forecasting network on prepared series."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.models import assign_weights, build_forecaster, named_weights
from recurra.runtime import ForecasterSpecification, ForecastNetwork
from recurra.sequences import EncodedWindows
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._forecast_batches import WindowBatches, network_inputs
from recurra.tasks._forecast_preparation import PreparedSeries, encoded_batches
from recurra.tasks._kernels import kernel_name, runs_native, use_kernels
from recurra.tasks._linear_forecast import fit_linear_forecast
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState

__all__ = ["ForecastLoss", "TrainedForecaster", "forecast_fingerprint", "train_forecaster"]

_VALIDATION_BATCH = 256
_OUTPUT_KERNELS = frozenset({"output/kernel", "mix_output/kernel"})

Answer = Callable[[EncodedWindows], NDArray[Any]]


@dataclass(frozen=True)
class TrainedForecaster:
    """A trained network and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        state: The end of the training loop.
    """

    model: keras.Model
    state: TrainingState


@keras.saving.register_keras_serializable(package="recurra")
class ForecastLoss(keras.losses.Loss):  # type: ignore[misc]
    """Twice the pinball loss (Koenker & Bassett 1978), or the absolute or squared error.

    Twice, so that the median's part is the absolute error. Weights of 0 leave values out.
    """

    def __init__(self, kind: str, quantiles: Sequence[float] = ()) -> None:
        """Choose.

        Args:
            kind: `"pinball"`, `"mae"` or `"mse"`.
            quantiles: Levels, for the pinball loss.
        """
        super().__init__(name=kind, reduction="mean_with_sample_weight")
        self._kind = kind
        self._quantiles = tuple(quantiles)
        self._levels = np.asarray(quantiles, dtype=np.float32)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, with which a copied model finds its loss again."""
        return {"kind": self._kind, "quantiles": list(self._quantiles)}

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every value.

        Args:
            y_true: Shape `(batch, horizon, targets, 1)`.
            y_pred: Shape `(batch, horizon, targets, outputs)`.

        Returns:
            Shape `(batch, horizon, targets)`.
        """
        gap = y_true - y_pred
        if self._kind == "pinball":
            gap = 2 * ops.maximum(self._levels * gap, (self._levels - 1) * gap)
        else:
            gap = ops.abs(gap) if self._kind == "mae" else ops.square(gap)
        return ops.mean(gap, axis=-1)

    def total(self, answers: NDArray[Any], outputs: NDArray[Any], weights: NDArray[Any]) -> float:
        """Return the weighted sum for NumPy arrays; `answers` and `weights` without last axis."""
        gap = answers[..., None] - outputs
        if self._kind == "pinball":
            gap = 2 * np.maximum(self._levels * gap, (self._levels - 1) * gap)
        else:
            gap = np.abs(gap) if self._kind == "mae" else np.square(gap)
        return float((gap.mean(axis=-1) * weights).sum(dtype=np.float64))


def train_forecaster(
    prepared: PreparedSeries,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedForecaster:
    """Build and train a network.

    Args:
        prepared: Series, split and scaled.
        seed: Fixes initial weights, dropout and the order of the batches.
        checkpoint: Where to keep the state after every epoch.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, and warn.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    settings, specification = prepared.settings, prepared.specification
    model = build_forecaster(specification, seed)
    if specification.skip:
        _start_linear(model, prepared)
    batches = WindowBatches(
        prepared.reader,
        prepared.train,
        specification,
        batch_size=settings.batch_size,
        seed=seed,
        most=settings.epoch_windows,
    )
    loss = ForecastLoss(settings.loss, settings.quantiles)
    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            lambda: {"loss": _validation_loss(model, prepared, loss)},
            settings.training(),
            loss=loss,
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return TrainedForecaster(model, state)


def _start_linear(model: keras.Model, prepared: PreparedSeries) -> None:
    """Start from the linear forecast: the recurrent part learns what it misses.

    On short series a network has too few windows to find what a ridge regression finds in closed
    form, and from here it is never worse on the validation windows.
    """
    fitted = fit_linear_forecast(prepared)
    weights = named_weights(model)
    weights["skip/kernel"] = fitted.weights.astype(np.float32)
    weights["skip/bias"] = fitted.bias.astype(np.float32)
    for name in _OUTPUT_KERNELS & weights.keys():
        weights[name] = np.zeros_like(weights[name])
    assign_weights(model, weights)


def network_of(model: keras.Model, specification: ForecasterSpecification, kernels: str) -> Answer:
    """Return a function from encoded windows to answers.

    Where the native core is there, the network without Keras: nothing has to be compiled.
    """
    if runs_native(kernels):
        return ForecastNetwork(specification, named_weights(model)).answer
    return functools.partial(_keras_answer, model, specification, kernels)


def _keras_answer(
    model: keras.Model,
    specification: ForecasterSpecification,
    kernels: str,
    encoded: EncodedWindows,
) -> NDArray[Any]:
    with use_kernels(kernels):
        return np.asarray(model.predict_on_batch(network_inputs(specification, encoded)))


def forecast_fingerprint(prepared: PreparedSeries, seed: int) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow."""
    chosen = prepared.settings.to_dict()
    chosen.pop("epochs")
    return {
        "data": prepared.data["sha256"],
        "columns": list(prepared.table.columns),
        "seed": seed,
        "kernel": kernel_name(prepared.settings.kernels),
        **chosen,
    }


def _validation_loss(model: keras.Model, prepared: PreparedSeries, loss: ForecastLoss) -> float:
    answer = network_of(model, prepared.specification, prepared.settings.kernels)
    total = count = 0.0
    # The first pass of a recursive forecast is what is trained.
    for encoded, answers, weights in encoded_batches(
        prepared.reader, prepared.validation, _VALIDATION_BATCH
    ):
        total += loss.total(answers, answer(encoded), weights)
        count += float(weights.sum())
    return total / max(count, 1.0)
