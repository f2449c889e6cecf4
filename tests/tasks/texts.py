"""Small labelled texts whose label hangs on the order of the words, and classifiers for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from recurra.models import named_weights
from recurra.tasks import TextClassifier


def labelled_texts(rows: int = 40, seed: int = 0, lengths: int = 1) -> tuple[list[str], list[str]]:
    """Draw texts of 5 words and more; the label says whether `red` stands before `blue`.

    One length costs least: each padded length is traced and compiled by itself.
    """
    generator = np.random.default_rng(seed)
    texts, labels = [], []
    for row in range(rows):
        words = list(generator.choice(("green", "grey", "pink"), 3 + row % lengths))
        first, second = ("red", "blue") if row % 2 else ("blue", "red")
        texts.append(" ".join([first, *words, second]))
        labels.append("rising" if row % 2 else "falling")
    return texts, labels


def tiny_classifier(**options: Any) -> TextClassifier:
    """Return a network that trains in a moment; every kind of dropout is on."""
    small: dict[str, Any] = {
        "cell": "lstm",
        "units": 3,
        "embedding": 3,
        "batch_size": 8,
        "epochs": 4,
        "patience": 9,
        "validation": 0.2,
        "dropout": 0.2,
        "recurrent_dropout": 0.2,
        "embedding_dropout": 0.2,
        "word_dropout": 0.2,
        "head_dropout": 0.2,
        "batch_normalization": True,
        "level": "word",
        "learning_rate": 0.01,
        "seed": 3,
    }
    return TextClassifier(**{**small, **options})


def plain_classifier(**options: Any) -> TextClassifier:
    """Return the network that costs least to compile."""
    small = {"cell": "dense", "units": 2, "embedding": 2, "epochs": 1, "level": "word"}
    return TextClassifier(**{**small, "batch_size": 8, "validation": 0.2, **options})


def weights_of(classifier: TextClassifier) -> dict[str, np.ndarray]:
    return named_weights(classifier.model_)


def same_weights(first: TextClassifier, second: TextClassifier) -> bool:
    ours, theirs = weights_of(first), weights_of(second)
    return ours.keys() == theirs.keys() and all(
        np.array_equal(values, theirs[name]) for name, values in ours.items()
    )
