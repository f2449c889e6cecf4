"""Trains one recognizer on prepared clips; `SpeechRecognizer` and comparisons share it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from recurra.models import build_recognizer, named_weights
from recurra.runtime.speech import GreedyDecoder, RecognizerSpecification, SpeechPredictor
from recurra.runtime.speech.likelihood import log_likelihoods
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState
from recurra.tasks.series.frames import FrameBatches
from recurra.tasks.speech.loss import CTCLoss
from recurra.tasks.speech.recognizer_preparation import PreparedSpeech
from recurra.tasks.speech.recognizer_settings import RecognizerSettings
from recurra.tasks.speech.transcribed import TranscribedSound
from recurra.tasks.speech.transcript_metrics import error_rates

__all__ = ["TrainedRecognizer", "recognizer_fingerprint", "train_recognizer"]


@dataclass(frozen=True)
class TrainedRecognizer:
    """A trained network and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        specification: Its architecture.
        state: The end of the training loop.
    """

    model: keras.Model
    specification: RecognizerSpecification
    state: TrainingState


def train_recognizer(
    prepared: PreparedSpeech,
    settings: RecognizerSettings,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedRecognizer:
    """Build and train a recognizer.

    Args:
        prepared: Encoded and split clips.
        settings: Architecture and training.
        seed: Fixes initial weights, dropout, variations and the order of the batches.
        checkpoint: Where to keep the state after every epoch.
        observers: Told how training goes on.
        callbacks: Keras callbacks of the user's.
        verbose: Keras's own progress output.
        watch_gradients: Keep the norms of the gradients in the history, and warn.

    Raises:
        DivergedError: If the loss becomes NaN or infinite.
        CheckpointError: If the checkpoint belongs to another run.
    """
    specification = settings.specification(prepared.features.width, prepared.alphabet.outputs)
    model = build_recognizer(specification, seed)
    batches = FrameBatches(
        prepared.inputs,
        np.arange(len(prepared.symbols)),
        prepared.symbols,
        batch_size=settings.batch_size,
        seed=seed,
        augment=prepared.augmentation,
    )
    with use_kernels(settings.kernels):
        state = train(
            model,
            batches,
            _validation(model, specification, prepared),
            settings.training(),
            loss=CTCLoss(),
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return TrainedRecognizer(model, specification, state)


def recognizer_fingerprint(
    prepared: PreparedSpeech, settings: RecognizerSettings, seed: int
) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow on a plateau."""
    chosen = settings.to_dict()
    if settings.decay == "plateau":
        chosen.pop("epochs")
    return {
        "data": prepared.data["sha256"],
        "symbols": hashlib.sha256(prepared.symbols.tobytes()).hexdigest(),
        "seed": seed,
        "kernel": kernel_name(settings.kernels),
        **chosen,
    }


def _validation(
    model: keras.Model, specification: RecognizerSpecification, prepared: PreparedSpeech
) -> Callable[[], dict[str, float]]:
    held, features = prepared.validation, prepared.features
    frames = [features.derive(clip) for clip in held.log_mel]

    def validate() -> dict[str, float]:
        parts = (features, prepared.scaler, prepared.alphabet, specification)
        predictor = SpeechPredictor(*parts, named_weights(model))
        scores = predictor.log_probabilities(frames)
        rates = error_rates(held.transcripts, [_greedy(predictor, clip) for clip in scores])
        names = ("word_error_rate", "character_error_rate")
        return {"loss": _loss(predictor, held, scores), **{name: rates[name] for name in names}}

    return validate


def _greedy(predictor: SpeechPredictor, scores: Any) -> str:
    decoder = GreedyDecoder()
    decoder.push(scores)
    return predictor.alphabet.decode(decoder.symbols)


def _loss(predictor: SpeechPredictor, held: TranscribedSound, scores: list[Any]) -> float:
    """Return the mean loss of the clips whose transcripts can be written, in nats."""
    known = [row for row, text in enumerate(held.transcripts) if predictor.alphabet.knows(text)]
    texts = [predictor.alphabet.encode(held.transcripts[row]) for row in known]
    steps, counts = (np.array([len(scores[row]) for row in known]), np.array(list(map(len, texts))))
    if not known:
        return 0.0
    padded = np.zeros((len(known), steps.max(), predictor.alphabet.outputs), np.float32)
    symbols = np.zeros((len(known), max(1, counts.max())), np.int64)
    for place, row in enumerate(known):
        padded[place, : steps[place]] = scores[row]
        symbols[place, : counts[place]] = texts[place]
    nats = -log_likelihoods(padded, steps, symbols, counts)
    possible = np.isfinite(nats)
    return float(nats[possible].mean()) if possible.any() else 0.0
