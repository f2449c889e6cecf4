"""Trains one network over sequences; estimators of series and of sound share it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from recurra.models import build_sequence_network
from recurra.runtime.series import SequenceSpecification
from recurra.sequences.collections import Augmentation
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._inputs import predict_rows
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState
from recurra.tasks.metrics import quick_metrics
from recurra.tasks.series.frames import Augment, FrameBatches
from recurra.tasks.series.preparation import PreparedSequences
from recurra.tasks.series.settings import SequenceSettings

__all__ = [
    "TrainedNetwork",
    "augmentation",
    "sequence_fingerprint",
    "train_sequence_network",
]


@dataclass(frozen=True)
class TrainedNetwork:
    """A trained network and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        specification: Its architecture.
        state: The end of the training loop.
    """

    model: keras.Model
    specification: SequenceSpecification
    state: TrainingState


def train_sequence_network(
    prepared: PreparedSequences,
    settings: SequenceSettings,
    seed: int,
    *,
    augment: Augment | None = None,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedNetwork:
    """Build and train a classifier, or a regressor where there are no classes.

    Args:
        prepared: Scaled and split sequences.
        settings: Architecture and training.
        seed: Fixes initial weights, dropout, variations and the order of the batches.
        augment: Varies training sequences; see `augmentation`.
        checkpoint: Where to keep the state after every epoch.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, and warn.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    task = "regression" if prepared.classes is None else "classification"
    specification = settings.specification(prepared.scaler.features, prepared.outputs, task)
    model = build_sequence_network(specification, seed)
    batches = FrameBatches(
        prepared.inputs,
        prepared.train,
        prepared.targets,
        batch_size=settings.batch_size,
        seed=seed,
        augment=augment,
    )
    loss, metrics = _LOSSES[task]
    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            lambda: _validate(model, prepared, settings.kernels),
            settings.training(),
            loss=loss(reduction="mean_with_sample_weight"),
            metrics=metrics,
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return TrainedNetwork(model, specification, state)


def augmentation(prepared: PreparedSequences, settings: SequenceSettings) -> Augment | None:
    """Return what varies the training sequences, or `None` where nothing does."""
    varies = Augmentation(
        prepared.scaler.channels, settings.jitter, settings.magnitude, settings.window
    )
    return varies if varies.active else None


def sequence_fingerprint(
    prepared: PreparedSequences, settings: SequenceSettings, seed: int
) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow.

    Where the learning rate falls over the whole training, its length is a part of the run.
    """
    chosen = settings.to_dict()
    if settings.decay == "plateau":
        chosen.pop("epochs")
    return {
        "data": prepared.data["sha256"],
        "targets": hashlib.sha256(prepared.targets.tobytes()).hexdigest(),
        "seed": seed,
        "kernel": kernel_name(settings.kernels),
        **chosen,
    }


_LOSSES: dict[str, tuple[Any, list[str]]] = {
    "classification": (keras.losses.SparseCategoricalCrossentropy, ["accuracy"]),
    "regression": (keras.losses.MeanSquaredError, []),
}


def _validate(model: keras.Model, prepared: PreparedSequences, kernels: str) -> dict[str, float]:
    rows = prepared.validation
    if not len(rows):
        return {}
    outputs = predict_rows(model, prepared.inputs, rows, kernels)
    targets = prepared.targets[rows]
    if prepared.classes is None:
        return {"loss": float(np.square(outputs - targets, dtype=np.float64).mean())}
    measured = quick_metrics(targets, outputs)
    return {"loss": measured["log_loss"], "accuracy": measured["accuracy"]}
