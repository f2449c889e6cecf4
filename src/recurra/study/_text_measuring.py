"""Trains and measures one model of a comparison of classifiers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.study._baseline import LinearBaseline
from recurra.study._memory import PeakMemory
from recurra.study._running import Record
from recurra.study._text_insight import classifier_insight
from recurra.study._text_setup import TextSetup
from recurra.study._text_word_order import linear_on_shuffled, network_on_shuffled, word_order
from recurra.study.cells import cell_options
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import (
    TextClassifier,
    classification_metrics,
    predict_rows,
    resolve_settings,
)

__all__ = ["measure_linear", "measure_network"]

_LATENCY_TEXTS = 20
_MISTAKES = 10
_MISTAKE_CHARACTERS = 600


def measure_linear(setup: TextSetup) -> Record:
    """Fit and measure the linear baseline."""
    prepared = setup.prepared
    validation = setup.train.take(prepared.validation, "validation")
    training = setup.train.take(prepared.train, "training")
    started = time.perf_counter()
    with PeakMemory() as memory:
        baseline = LinearBaseline(setup.settings.level, lowercase=setup.settings.lowercase)
        baseline.fit(training.iter_texts, training.codes, validation.iter_texts, validation.codes)
    seconds = time.perf_counter() - started
    probabilities = baseline.predict_proba(setup.test.iter_texts())
    return {
        **_measure(setup, probabilities),
        **word_order(setup, probabilities, linear_on_shuffled(setup, baseline)),
        "parameters": baseline.parameters,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": seconds,
        "prediction_milliseconds": _latency(setup, baseline.predict_proba),
        "peak_memory_mb": memory.mib,
        "history": None,
        "specification": {"model": "logistic regression", "C": baseline.strength},
    }


def measure_network(
    setup: TextSetup,
    name: str,
    repeat: int,
    watchers: Sequence[TrainingObserver],
    *,
    insight: bool,
) -> Record:
    """Train and measure one network.

    Args:
        setup: What all models share.
        name: Its name, see `CLASSIFIERS`.
        repeat: Number of the training; its seed is so far from that of the setup.
        watchers: Told about the training.
        insight: Whether to look into the trained network, the record's `insight`.
    """
    options = cell_options(name)
    settings = resolve_settings("fast", {**setup.settings.to_dict(), **options})
    classifier = TextClassifier(seed=setup.seed + repeat)
    with PeakMemory() as memory:
        classifier.fit_prepared(setup.prepared, settings, observers=watchers)
    state = classifier.training_
    rows = np.arange(len(setup.test))
    probabilities = predict_rows(classifier.model_, setup.test_inputs, rows, setup.settings.kernels)
    return {
        **_measure(setup, probabilities),
        **word_order(setup, probabilities, network_on_shuffled(setup, classifier)),
        "parameters": int(classifier.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": statistics.median(state.seconds),
        "training_seconds": sum(state.seconds),
        "prediction_milliseconds": _latency(setup, classifier.predictor_.predict_proba),
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": classifier.specification_.to_dict(),
        **({"insight": classifier_insight(setup, classifier)} if insight else {}),
    }


def _measure(setup: TextSetup, probabilities: NDArray[np.float32]) -> Record:
    measured = classification_metrics(setup.test.codes, probabilities, setup.test.classes)
    return {**measured, "mistakes": _mistakes(setup, probabilities)}


def _mistakes(setup: TextSetup, probabilities: NDArray[np.float32]) -> list[Record]:
    """Return the wrong answers that the model was surest of."""
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != setup.test.codes)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:_MISTAKES]
    chosen = setup.test.take(np.sort(worst), "mistakes")
    texts = dict(zip(np.sort(worst).tolist(), chosen.iter_texts(), strict=True))
    classes = setup.test.classes
    return [
        {
            "text": texts[row][:_MISTAKE_CHARACTERS],
            "label": str(classes[setup.test.codes[row]]),
            "predicted": str(classes[predicted[row]]),
            "probability": float(confidence[row]),
        }
        for row in worst.tolist()
    ]


def _latency(setup: TextSetup, predict: Callable[[list[str]], Any]) -> float:
    """Return the median milliseconds for one text, from its characters to its probabilities."""
    texts = _first(setup.test.iter_texts(), _LATENCY_TEXTS)
    predict(texts[:1])
    times = []
    for text in texts:
        started = time.perf_counter()
        predict([text])
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _first(texts: Iterator[str], count: int) -> list[str]:
    return [text for text, _ in zip(texts, range(count), strict=False)]
