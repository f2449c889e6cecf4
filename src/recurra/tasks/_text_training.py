"""Trains one text classifier on prepared texts; `TextClassifier` and comparisons share it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from recurra.models import assign_weights, build_classifier, named_weights
from recurra.runtime import ClassifierSpecification
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._inputs import predict_rows
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._preparation import PreparedTexts
from recurra.tasks._settings import TextClassifierSettings
from recurra.tasks._text_batches import TextBatches, TextInputs
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState
from recurra.tasks._wide import fit_wide, fuse, wide_logits
from recurra.tasks.metrics import quick_metrics

__all__ = ["TrainedClassifier", "predict_rows", "run_fingerprint", "train_text_classifier"]


@dataclass(frozen=True)
class TrainedClassifier:
    """A trained model and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        specification: Its architecture.
        state: The end of the training loop.
    """

    model: keras.Model
    specification: ClassifierSpecification
    state: TrainingState


def train_text_classifier(
    prepared: PreparedTexts,
    settings: TextClassifierSettings,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedClassifier:
    """Build and train a classifier; with n-grams, add the wide part at the end.

    Args:
        prepared: Encoded and split texts.
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
    inputs = replace(prepared.inputs, ngrams=None)
    vocabulary, classes = prepared.encoder.vocabulary_size, len(prepared.classes)
    specification = settings.specification(vocabulary, classes, ngrams=0)
    model = build_classifier(specification, seed)
    batches = TextBatches(
        inputs,
        prepared.train,
        prepared.codes,
        batch_size=settings.batch_size,
        seed=seed,
        word_dropout=settings.word_dropout,
    )
    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            lambda: _validate(model, inputs, prepared, settings.kernels),
            settings.training(),
            loss=keras.losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"),
            metrics=["accuracy"],
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
        if prepared.inputs.ngrams is not None:
            model, specification = _widen(model, prepared, settings)
    return TrainedClassifier(model, specification, state)


def _widen(
    deep: keras.Model, prepared: PreparedTexts, settings: TextClassifierSettings
) -> tuple[keras.Model, ClassifierSpecification]:
    """Add a wide part to a trained network; the validation rows decide how much each counts."""
    inputs, rows, codes = prepared.inputs, prepared.validation, prepared.codes
    classes = len(prepared.classes)
    wide = fit_wide(inputs, codes, classes, prepared.train, rows)
    probabilities = predict_rows(deep, replace(inputs, ngrams=None), rows, settings.kernels)
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    share, wide_share = fuse(logits, wide_logits(wide, inputs, rows), codes[rows])
    weights = named_weights(deep)
    weights["logits/kernel"] = np.float32(share) * weights["logits/kernel"]
    weights["logits/bias"] = share * weights["logits/bias"] + wide_share * wide.bias
    weights["wide/embeddings"] = np.float32(wide_share) * wide.weights
    specification = settings.specification(
        prepared.encoder.vocabulary_size, classes, len(wide.weights)
    )
    model = build_classifier(specification)
    assign_weights(model, weights)
    return model, specification


def run_fingerprint(
    prepared: PreparedTexts, settings: TextClassifierSettings, seed: int
) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow."""
    chosen = settings.to_dict()
    chosen.pop("epochs")
    tokens = "\n".join(prepared.encoder.tokens)
    return {
        "data": prepared.data["sha256"],
        "tokens": hashlib.sha256(tokens.encode()).hexdigest(),  # another column of the same file
        "labels": hashlib.sha256(prepared.codes.tobytes()).hexdigest(),
        "seed": seed,
        "kernel": kernel_name(settings.kernels),
        **chosen,
    }


def _validate(
    model: keras.Model, inputs: TextInputs, prepared: PreparedTexts, kernels: str
) -> dict[str, float]:
    rows = prepared.validation
    probabilities = predict_rows(model, inputs, rows, kernels)
    measured = quick_metrics(prepared.codes[rows], probabilities)
    return {"loss": measured["log_loss"], "accuracy": measured["accuracy"]}
