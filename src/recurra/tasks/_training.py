"""The training that every task shares.

Keras's `fit` runs the epochs, `TrainingLoop` what happens around them. The whole state is in
`TrainingState`, so a run that was killed goes on exactly where the last finished epoch ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from recurra.models import assign_weights
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._gradient_watch import GradientWatch, WatchedAdam
from recurra.tasks._training_loop import Sample, TrainingLoop, Validate
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_options import TrainingOptions, learning_rate
from recurra.tasks._training_state import TrainingState

__all__ = ["train"]


def train(
    model: keras.Model,
    data: Any,
    validate: Validate,
    options: TrainingOptions,
    *,
    loss: str | keras.losses.Loss,
    metrics: Sequence[Any] = (),
    sample: Sample | None = None,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainingState:
    """Train a model and leave its best weights in place.

    Args:
        model: An uncompiled, built model.
        data: A `keras.utils.PyDataset` that is also an `EpochData`.
        validate: Returns the validation figures of the model's present weights, without the
            prefix `val_`.
        options: How to train.
        loss: What to minimise, as Keras's `compile` takes it.
        metrics: Metrics of the training batches.
        sample: Lets the weights just validated write something after an epoch, counted from 1;
            `None` when nothing is due. It must not draw from the model's random generators.
        checkpoint: Where to keep the state after every epoch, and where to go on from.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's; they see the validation figures too.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, see `GradientWatch`, and
            warn when they vanish or explode.

    Returns:
        The final state; `history` holds one value per epoch.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    # Without validation no epoch but the last counts: a thirtieth of the whole training.
    steps = data.num_batches if options.monitor else options.epochs * data.num_batches // 10
    momentum = _momentum(options.averaging, max(1, steps))
    adam = WatchedAdam if watch_gradients else keras.optimizers.Adam
    optimizer = adam(
        learning_rate(options, options.epochs * data.num_batches),
        global_clipnorm=options.clip_norm,
        use_ema=momentum > 0,
        ema_momentum=momentum,
    )
    # Weighted, so that rows of weight 0 that fill up a batch do not count.
    model.compile(optimizer=optimizer, loss=loss, weighted_metrics=list(metrics))
    optimizer.build(model.trainable_variables)
    watch = GradientWatch(model) if watch_gradients else None
    loop = TrainingLoop(data, validate, options, sample, checkpoint, observers, watch)
    loop.set_model(model)
    if checkpoint is not None:
        loop.restore()
    state = loop.state
    if not state.stopped and state.epoch < options.epochs:
        model.fit(
            data,
            epochs=options.epochs,
            initial_epoch=state.epoch,
            callbacks=[loop, *callbacks],
            shuffle=False,
            verbose=verbose,
        )
    assign_weights(model, loop.best_weights)
    for observer in observers:
        observer.training_ended(state)
    return state


def _momentum(averaging: float, steps: int) -> float:
    """Return the momentum of the average; it spans a third of an epoch at most.

    With few steps an epoch a longer average would still be near the first weights at the end.
    """
    return max(0.0, min(averaging, 1 - 3 / steps))
