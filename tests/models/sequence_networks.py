"""Small networks over sequences of numbers with random, asymmetric weights."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
from networks import random_weights

from recurra.models import assign_weights, build_sequence_network, named_weights
from recurra.runtime.series import SequenceNetwork, SequenceSpecification

FEATURES = 3
DEEP: dict[str, Any] = {"units": (5, 3), "head": (4,), "batch_normalization": True}
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "dense": {"cell": "dense", "units": (5,)},
    "dense-deep-stride": {"cell": "dense", "stride": 3, **DEEP},
    "gru-last": {"units": (4,)},
    "lstm-mean-stride": {"cell": "lstm", "units": (4,), "pooling": "mean", "stride": 2},
    "rnn-max": {"cell": "rnn", "units": (4,), "pooling": "max"},
    "gru-deep-mean_max-stride": {"pooling": "mean_max", "stride": 3, **DEEP},
    "lstm-deep-attention": {"cell": "lstm", "pooling": "attention", **DEEP},
    "bigru-attention-stride": {
        "units": (4,),
        "bidirectional": True,
        "pooling": "attention",
        "stride": 2,
        "dropout": 0.1,
        "recurrent_dropout": 0.1,
        "input_dropout": 0.1,
        "head_dropout": 0.1,
    },
    "bilstm-deep-mean_max": {
        "cell": "lstm",
        "bidirectional": True,
        "pooling": "mean_max",
        **DEEP,
    },
    "gru-regression": {"units": (4,), "task": "regression", "outputs": 1, "pooling": "mean"},
}
every_architecture = pytest.mark.parametrize("name", list(ARCHITECTURES))
STREAMING = [name for name, options in ARCHITECTURES.items() if "bidirectional" not in options]


def specification(name: str) -> SequenceSpecification:
    return SequenceSpecification(FEATURES, **{"outputs": 3, **ARCHITECTURES[name]})


@cache
def random_network(name: str) -> keras.Model:
    model = build_sequence_network(specification(name))
    shapes = {k: v.shape for k, v in named_weights(model).items()}
    assign_weights(model, random_weights(shapes))
    return model


@cache
def numpy_network(name: str) -> SequenceNetwork:
    return SequenceNetwork(specification(name), named_weights(random_network(name)))


def random_rows(lengths: list[int], seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(n, FEATURES)).astype(np.float32) for n in lengths]


def padded(rows: list[np.ndarray], time: int) -> list[np.ndarray]:
    """Return values and mask."""
    values = np.zeros((len(rows), time, FEATURES), np.float32)
    mask = np.zeros((len(rows), time), np.int32)
    for k, row in enumerate(rows):
        values[k, : len(row)], mask[k, : len(row)] = row, 1
    return [values, mask]
