"""Accuracy on texts as they are and with their tokens in random order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import EncodedTexts
from recurra.study._baseline import LinearBaseline
from recurra.study._running import Record
from recurra.study._text_setup import TextSetup
from recurra.tasks.comparable import TextClassifier, predict_rows

__all__ = ["linear_on_shuffled", "network_on_shuffled", "word_order"]

_SHUFFLED_ROWS = 2_000

PredictShuffled: TypeAlias = Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.float32]]


def _order_rows(setup: TextSetup) -> NDArray[np.int64]:
    """Return the test rows whose tokens are shuffled, in rising order."""
    generator = np.random.default_rng([setup.seed, *b"rows for word order"])
    rows = generator.permutation(len(setup.test))[:_SHUFFLED_ROWS]
    result: NDArray[np.int64] = np.sort(rows).astype(np.int64)
    return result


def word_order(
    setup: TextSetup,
    probabilities: NDArray[np.float32],
    predict_shuffled: PredictShuffled,
) -> Record:
    """Return the accuracy on some rows as they are and with their tokens in random order."""
    rows = _order_rows(setup)
    codes = setup.test.codes[rows]
    shuffled = predict_shuffled(rows, np.random.default_rng([setup.seed, *b"word order"]))
    return {
        "accuracy_in_order": float((probabilities[rows].argmax(axis=1) == codes).mean()),
        "accuracy_shuffled": float((shuffled.argmax(axis=1) == codes).mean()),
    }


def network_on_shuffled(setup: TextSetup, classifier: TextClassifier) -> PredictShuffled:
    """Return how a network answers rows whose tokens are shuffled."""

    def predict(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
        tokens = [generator.permutation(setup.encoded_test[int(row)]) for row in rows]
        inputs = replace(setup.test_inputs, encoded=EncodedTexts.from_sequences(tokens))
        return predict_rows(classifier.model_, inputs, np.arange(len(rows)), setup.settings.kernels)

    return predict


def linear_on_shuffled(setup: TextSetup, baseline: LinearBaseline) -> PredictShuffled:
    """Return how the linear baseline answers rows whose words or characters are shuffled."""

    def predict(rows: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.float32]:
        chosen = setup.test.take(rows, "word order")
        return baseline.predict_proba(
            baseline.shuffle(text, generator) for text in chosen.iter_texts()
        )

    return predict
