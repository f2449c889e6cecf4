"""Trains one network on prepared piano rolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from recurra.models import build_language_model, named_weights
from recurra.runtime import RollPredictor
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._roll_batches import RollBatches
from recurra.tasks._roll_preparation import PreparedRolls
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState

__all__ = ["RollLoss", "roll_fingerprint", "train_roll_model"]


@keras.saving.register_keras_serializable(package="recurra")
class RollLoss(keras.losses.Loss):  # type: ignore[misc]
    """Negative log-likelihood of a step: the cross-entropies of its notes, summed."""

    def __init__(self, name: str = "nll") -> None:
        """Choose the mean over the steps that count."""
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return nats, shape `(batch, time)`, for notes and logits `(batch, time, notes)`."""
        return ops.sum(ops.softplus(y_pred) - y_true * y_pred, axis=-1)


def train_roll_model(
    prepared: PreparedRolls,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> tuple[keras.Model, TrainingState]:
    """Build and train a network; each piece is one sequence from silence on.

    Args:
        prepared: Pieces.
        seed: Fixes initial weights, dropout, order and transpositions.
        checkpoint: Where to keep the state after every epoch.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, and warn.

    Returns:
        The model with its best weights, and the end of the training loop.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    settings, specification = prepared.settings, prepared.specification
    model = build_language_model(specification, seed)
    batches = RollBatches(
        prepared.train,
        batch_size=settings.batch_size,
        seed=seed,
        transpose=settings.transpose,
    )

    def validate() -> dict[str, float]:
        found = RollPredictor(specification, named_weights(model)).measure(prepared.validation)
        return {"loss": found["nll"], "accuracy": found["accuracy"]}

    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            validate,
            settings.training(),
            loss=RollLoss(),
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return model, state


def roll_fingerprint(prepared: PreparedRolls, seed: int) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; see `language_fingerprint`."""
    chosen = prepared.settings.to_dict()
    if chosen["decay"] == "plateau":
        chosen.pop("epochs")
    return {
        "data": prepared.data["sha256"],
        "rows": prepared.data["rows"],
        "seed": seed,
        "kernel": kernel_name(prepared.settings.kernels),
        **chosen,
    }
