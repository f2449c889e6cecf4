"""Trains one tagger on prepared sentences; `SequenceTagger` and comparisons share it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from recurra.models import build_tagger, named_weights
from recurra.runtime.tagging import TaggerSpecification, TaggingPredictor
from recurra.sequences import EncodedTexts
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState
from recurra.tasks.tagging.batches import SentenceBatches, sentence_inputs
from recurra.tasks.tagging.loss import ChainLoss, emission_accuracy
from recurra.tasks.tagging.metrics import token_figures
from recurra.tasks.tagging.preparation import PreparedSentences
from recurra.tasks.tagging.settings import TaggerSettings

__all__ = ["TrainedTagger", "run_fingerprint", "train_tagger"]


@dataclass(frozen=True)
class TrainedTagger:
    """A trained network and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        specification: Its architecture.
        state: The end of the training loop.
    """

    model: keras.Model
    specification: TaggerSpecification
    state: TrainingState


def train_tagger(
    prepared: PreparedSentences,
    settings: TaggerSettings,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedTagger:
    """Build and train a tagger.

    Args:
        prepared: Encoded and split sentences.
        settings: Architecture and training.
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
    encoder = prepared.encoder
    sizes = (len(encoder.words), len(encoder.characters), len(encoder.tags))
    specification = settings.specification(*sizes, crf=prepared.bio)
    model = build_tagger(specification, seed)
    encoded, kernels = prepared.train_encoded, settings.kernels
    batches = SentenceBatches(
        sentence_inputs(encoded, settings.batch_size, seed, kernels),
        prepared.train_tags,
        batch_size=settings.batch_size,
        seed=seed,
        word_dropout=settings.word_dropout,
        whole=specification.crf,
    )
    held = prepared.validation.sentences
    held_encoded, held_tags = encoder.encode(held), encoder.encode_tags(held)

    def validate() -> dict[str, float]:
        predictor = TaggingPredictor(encoder, specification, named_weights(model))
        return token_figures(predictor, held_encoded, held_tags)

    with use_kernels(kernels):
        state = train(
            model,
            batches,
            validate,
            settings.training(),
            loss=_loss(specification),
            metrics=[_accuracy(specification)],
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return TrainedTagger(model, specification, state)


def run_fingerprint(
    prepared: PreparedSentences, settings: TaggerSettings, seed: int
) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow on a plateau."""
    chosen = settings.to_dict()
    if settings.decay == "plateau":
        chosen.pop("epochs")
    return {
        "data": prepared.data["sha256"],
        "tokens": _digest(prepared.train_encoded.words),
        "tags": _digest(prepared.train_tags),
        "seed": seed,
        "kernel": kernel_name(settings.kernels),
        **chosen,
    }


def _loss(specification: TaggerSpecification) -> keras.losses.Loss:
    if specification.crf:
        return ChainLoss()
    return keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight")


def _accuracy(specification: TaggerSpecification) -> Any:
    if specification.crf:
        return keras.metrics.MeanMetricWrapper(emission_accuracy, name="accuracy")
    return "accuracy"


def _digest(rows: EncodedTexts) -> str:
    tokens = np.asarray(rows.tokens, np.int32)
    return hashlib.sha256(tokens.tobytes() + rows.offsets.tobytes()).hexdigest()
