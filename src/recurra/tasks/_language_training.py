"""Trains one language model on prepared token streams."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from recurra.models import assign_weights, build_language_model, named_weights, reset_states
from recurra.runtime import GeneratorPredictor, SamplingOptions
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._language_batches import TokenBatches
from recurra.tasks._language_preparation import PreparedCorpus
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState

__all__ = ["TrainedLanguageModel", "language_fingerprint", "train_language_model"]

_SAMPLING = SamplingOptions(temperature=0.8)
_NO_MATTER = ("epochs", "sample_every", "sample_length")


@dataclass(frozen=True)
class TrainedLanguageModel:
    """A trained network and how it got there.

    Attributes:
        model: The stateless Keras model with the best weights.
        state: The end of the training loop.
    """

    model: keras.Model
    state: TrainingState


class _FreshStates(keras.callbacks.Callback):  # type: ignore[misc]
    """Resets the carried states before every epoch, so that a resumed run starts with the same."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del epoch, logs
        reset_states(self.model)


class _Judge:
    """Validates with the network that needs no Keras, and lets it write."""

    def __init__(self, model: keras.Model, prepared: PreparedCorpus, seed: int) -> None:
        self._model = model
        self._prepared = prepared
        self._seed = seed
        self._predictor: GeneratorPredictor | None = None

    def validate(self) -> dict[str, float]:
        prepared = self._prepared
        self._predictor = GeneratorPredictor(
            prepared.tokenizer, prepared.specification, named_weights(self._model)
        )
        found = self._predictor.measure(prepared.judged)
        return {"loss": found["nats_per_token"], "accuracy": found["accuracy"]}

    def sample(self, epoch: int) -> str | None:
        settings = self._prepared.settings
        if not settings.sample_every or epoch % settings.sample_every or self._predictor is None:
            return None
        made = self._predictor.generate(
            length=settings.sample_length, options=_SAMPLING, seed=self._seed + epoch
        )
        return made[0].text


def train_language_model(
    prepared: PreparedCorpus,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedLanguageModel:
    """Build and train a network by truncated backpropagation through time.

    Source: Williams & Peng 1990; every batch starts with the states at the end of the one before.

    Args:
        prepared: Token streams.
        seed: Fixes initial weights, dropout, the streams' offsets and the samples.
        checkpoint: Where to keep the state after every epoch.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, and warn.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    settings = prepared.settings
    model = build_language_model(prepared.specification, seed, batch=settings.batch_size)
    batches = TokenBatches(
        prepared.train.ids,
        batch_size=settings.batch_size,
        sequence_length=settings.sequence_length,
        epoch_tokens=settings.epoch_tokens,
        seed=seed,
    )
    judge = _Judge(model, prepared, seed)
    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            judge.validate,
            settings.training(),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            sample=judge.sample,
            checkpoint=checkpoint,
            observers=observers,
            callbacks=[_FreshStates(), *callbacks],
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    plain = build_language_model(prepared.specification)
    assign_weights(plain, named_weights(model))
    return TrainedLanguageModel(plain, state)


def language_fingerprint(prepared: PreparedCorpus, seed: int) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on.

    `epochs` may grow where they do not decide the learning rate.
    """
    chosen = prepared.settings.to_dict()
    for name in _NO_MATTER if chosen["decay"] == "plateau" else _NO_MATTER[1:]:
        chosen.pop(name)
    tokens = "\n".join(prepared.tokenizer.tokens)
    return {
        "data": prepared.data["sha256"],
        "tokens": hashlib.sha256(tokens.encode()).hexdigest(),  # another column of the same file
        "rows": prepared.data["rows"],
        "seed": seed,
        "kernel": kernel_name(prepared.settings.kernels),
        **chosen,
    }
