"""Small classifiers with random, asymmetric weights."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest

from recurra.models import assign_weights, build_classifier, named_weights
from recurra.runtime import ClassifierSpecification

VOCABULARY, CLASSES = 11, 3
CELLS, POOLINGS = ("rnn", "lstm", "gru"), ("last", "mean_max", "attention")


def _recurrent(cell: str, pooling: str, two: bool, stack: bool) -> tuple[str, dict[str, Any]]:
    """Describe one network; a stacked one has normalisation and a head too."""
    name = f"{'bi' if two else ''}{cell}-{'stack-' if stack else ''}{pooling}"
    plain: dict[str, Any] = {"cell": cell, "pooling": pooling, "bidirectional": two}
    if not stack:
        return name, {**plain, "units": (4,)}
    return name, {**plain, "units": (5, 3), "batch_normalization": True, "head": (4,)}


ARCHITECTURES: dict[str, dict[str, Any]] = {
    "dense": {"cell": "dense", "units": (5,)},
    "dense-deep": {"cell": "dense", "units": (5, 3), "head": (4,), "batch_normalization": True},
    "lstm-mean": {"cell": "lstm", "units": (4,), "pooling": "mean"},
    "bigru-max": {"cell": "gru", "units": (4,), "pooling": "max", "bidirectional": True},
    "bilstm-bare-stack-last": {"cell": "lstm", "units": (5, 3), "bidirectional": True},
    "bilstm-wide": {
        "cell": "lstm",
        "units": (4,),
        "pooling": "mean_max",
        "bidirectional": True,
        "ngrams": 9,
        "ngram_orders": (2, 3),
        "embedding_dropout": 0.2,
        "dropout": 0.1,
        "recurrent_dropout": 0.1,
        "head_dropout": 0.3,
    },
    **dict(
        _recurrent(*choice) for choice in product(CELLS, POOLINGS, (False, True), (False, True))
    ),
}
# Each costs seconds to compile. These stand for every pair of choices; `-m slow` runs them all.
EVERYDAY = (
    "dense",
    "dense-deep",
    "lstm-mean",
    "bigru-max",
    "bilstm-bare-stack-last",
    "bilstm-wide",
    "rnn-last",
    "birnn-stack-attention",
    "lstm-stack-last",
    "bilstm-attention",
    "gru-stack-mean_max",
    "bigru-stack-attention",
)
every_architecture = pytest.mark.parametrize(
    "name",
    [
        name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.slow)
        for name in ARCHITECTURES
    ],
)


def specification(name: str) -> ClassifierSpecification:
    return ClassifierSpecification(VOCABULARY, CLASSES, embedding=3, **ARCHITECTURES[name])


def random_weights(shapes: dict[str, tuple[int, ...]], seed: int = 0) -> dict[str, Any]:
    """Draw weights of which no two are alike; variances are positive."""
    generator = np.random.default_rng(seed)
    drawn = {}
    for name, shape in sorted(shapes.items()):
        scale = 2.0 if name == "embedding/embeddings" else 0.6
        values = generator.normal(0, scale, shape).astype(np.float32)
        if name.endswith("variance"):
            values = np.abs(values) + np.float32(0.1)
        if name.startswith(("head", "hidden")) and name.endswith(("bias", "beta")):
            values = values + np.float32(1)  # so that few rectifiers are shut
        drawn[name] = values
    return drawn


@cache
def random_classifier(name: str, seed: int = 0) -> keras.Model:
    """Build once for all tests: each network costs a second to compile."""
    model = build_classifier(specification(name))
    shapes = {k: v.shape for k, v in named_weights(model).items()}
    assign_weights(model, random_weights(shapes, seed))
    return model


def random_rows(generator: np.random.Generator, lengths: list[int]) -> list[np.ndarray]:
    return [generator.integers(1, VOCABULARY, n).astype(np.int32) for n in lengths]


def padded(rows: list[np.ndarray], time: int) -> np.ndarray:
    ids = np.zeros((len(rows), time), np.int32)
    for row, tokens in zip(ids, rows, strict=True):
        row[: len(tokens)] = tokens
    return ids


def model_inputs(name: str, ids: np.ndarray, seed: int = 1) -> Any:
    """Return what the model reads; n-gram rows depend on the row's tokens, not on padding."""
    if not ARCHITECTURES[name].get("ngrams"):
        return ids
    ngrams = np.zeros((len(ids), ids.shape[1] * 2), np.int32)
    for row, tokens in zip(ngrams, ids, strict=True):
        known = tokens[tokens > 0]
        found = np.unique((known * 7 + seed) % 9)
        row[: len(found)] = found
    return [ids, ngrams]


def probabilities(model: keras.Model, inputs: Any) -> np.ndarray:
    return np.asarray(model.predict_on_batch(inputs))
