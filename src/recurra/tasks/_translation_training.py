"""Trains one translator on prepared pairs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.models import build_translator, named_weights
from recurra.runtime import TranslationNetwork, TranslationPredictor, TranslatorSpecification
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._kernels import kernel_name, runs_native, use_kernels
from recurra.tasks._training import train
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState
from recurra.tasks._translation_batches import (
    EncodedPairs,
    PairBatches,
    PairShapes,
    full_batches,
)
from recurra.tasks._translation_loss import ParallelSampling, SmoothedCrossEntropy
from recurra.tasks._translation_preparation import PreparedPairs

__all__ = [
    "ForcedFigures",
    "TrainedTranslator",
    "answer_of",
    "forced_figures",
    "train_translator",
    "translation_fingerprint",
]

_JUDGED_BATCH = 64
_SAMPLES = 3
_TIMES_SAMPLED = 10

Answer = Callable[[dict[str, NDArray[Any]]], NDArray[Any]]


@dataclass(frozen=True)
class TrainedTranslator:
    """A trained network and how it got there.

    Attributes:
        model: The Keras model with its best weights.
        state: The end of the training loop.
    """

    model: keras.Model
    state: TrainingState


@dataclass(frozen=True, eq=False)
class ForcedFigures:
    """How well the next tokens of some targets are foretold, given each target up to there.

    Attributes:
        nats: Sum of the negative log-probabilities.
        right: Tokens that were the most probable.
        tokens: Tokens, with the `[EOS]` of every target.
    """

    nats: float
    right: int
    tokens: int

    def to_dict(self) -> dict[str, float]:
        """Return `loss` (nats per token) and `accuracy`."""
        tokens = max(1, self.tokens)
        return {"loss": self.nats / tokens, "accuracy": self.right / tokens}


def train_translator(
    prepared: PreparedPairs,
    seed: int,
    *,
    checkpoint: Checkpoint | None = None,
    observers: Sequence[TrainingObserver] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 0,
    watch_gradients: bool = False,
) -> TrainedTranslator:
    """Build and train a network.

    Args:
        prepared: Pairs, split and encoded.
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
    model = build_translator(specification, seed)
    sampled = ParallelSampling(model) if settings.scheduled_sampling else model
    batches = PairBatches(
        prepared.train,
        prepared.shapes,
        batch_size=settings.batch_size,
        seed=seed,
        scheduled_sampling=settings.scheduled_sampling,
    )

    def judge() -> dict[str, float]:
        answer = answer_of(model, specification, settings.kernels)
        return forced_figures(answer, prepared.validation, prepared.shapes).to_dict()

    with use_kernels(settings.kernels):
        state = train(
            sampled,
            batches,
            judge,
            settings.training(),
            loss=SmoothedCrossEntropy(settings.label_smoothing),
            sample=lambda epoch: _sample(model, prepared, epoch),
            checkpoint=checkpoint,
            observers=observers,
            callbacks=callbacks,
            verbose=verbose,
            watch_gradients=watch_gradients,
        )
    return TrainedTranslator(model, state)


def answer_of(model: keras.Model, specification: TranslatorSpecification, kernels: str) -> Answer:
    """Return a function from `source` and `target` ids to logits.

    Where the native core is there, the network without Keras: nothing has to be compiled.
    """
    if runs_native(kernels):
        network = TranslationNetwork(specification, named_weights(model))
        return lambda inputs: network.full(inputs["source"], inputs["target"])

    def compute(inputs: dict[str, NDArray[Any]]) -> NDArray[Any]:
        with use_kernels(kernels):
            return np.asarray(model.predict_on_batch(inputs))

    return compute


def forced_figures(answer: Answer, pairs: EncodedPairs, shapes: PairShapes) -> ForcedFigures:
    """Measure the next tokens of targets.

    Args:
        answer: See `answer_of`.
        pairs: Encoded pairs.
        shapes: Shapes to pad to, so that few have to be compiled.
    """
    nats, right, tokens = 0.0, 0, 0
    for rows, inputs, answers in full_batches(pairs, shapes, _JUDGED_BATCH):
        logits = answer(inputs)[: len(rows)]
        wanted = answers[: len(rows)]
        counts = wanted != 0
        highest = logits.max(axis=-1)
        total = highest + np.log(np.exp(logits - highest[..., None]).sum(axis=-1))
        likely = np.take_along_axis(logits, wanted[..., None].astype(np.int64), axis=-1)[..., 0]
        nats += float((total - likely)[counts].sum(dtype=np.float64))
        right += int((likely >= highest)[counts].sum())
        tokens += int(counts.sum())
    return ForcedFigures(nats, right, tokens)


def translation_fingerprint(prepared: PreparedPairs, seed: int) -> dict[str, Any]:
    """Return what must agree for an interrupted run to go on; `epochs` may grow."""
    chosen = prepared.settings.to_dict()
    # What falls over the planned steps depends on how many are planned.
    if prepared.settings.decay == "plateau":
        chosen.pop("epochs")
    for measuring in ("beam", "length_penalty"):
        chosen.pop(measuring)
    return {
        "data": prepared.data["digest"],
        "seed": seed,
        "kernel": kernel_name(prepared.settings.kernels),
        **chosen,
    }


def _sample(model: keras.Model, prepared: PreparedPairs, epoch: int) -> str | None:
    """Translate the first validation sources, one a line, after each tenth of the epochs or so."""
    if epoch % max(1, prepared.settings.epochs // _TIMES_SAMPLED):
        return None
    predictor = TranslationPredictor(
        prepared.source_tokenizer,
        prepared.target_tokenizer,
        prepared.specification,
        named_weights(model),
        prepared.settings.max_length,
    )
    sources = list(dict.fromkeys(prepared.split.validation.sources))[:_SAMPLES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of long sources, which fit has counted
        found = predictor.translate(sources)
    return "\n".join(
        f"{source} -> {best[0].text}" for source, best in zip(sources, found, strict=True)
    )
