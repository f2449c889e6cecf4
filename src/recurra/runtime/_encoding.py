"""Encodes sequences of vectors into one vector each, and reads that: what classifiers share.

The same parts with the same weights as `recurra.models._encoders`, on NumPy arrays.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._parts import (
    Array,
    Shapes,
    Weights,
    add_dense,
    add_recurrent,
    dense,
    joined_sequence,
    joined_states,
    run_recurrent,
    softmax,
)

__all__ = [
    "EPSILON",
    "EncoderSpecification",
    "add_encoder",
    "add_hidden",
    "attention",
    "attention_scores",
    "encode",
    "hidden_layers",
    "normalize",
    "states_of",
    "valid_steps",
]

EPSILON = 1e-3  # Keras's BatchNormalization


class EncoderSpecification(Protocol):
    """The fields of a specification that say how a sequence becomes a vector."""

    @property
    def cell(self) -> str:
        """`dense`, `rnn`, `lstm` or `gru`."""

    @property
    def units(self) -> tuple[int, ...]:
        """Units of each layer."""

    @property
    def bidirectional(self) -> bool:
        """Whether each layer reads from both ends."""

    @property
    def pooling(self) -> str:
        """What is read of the states."""

    @property
    def batch_normalization(self) -> bool:
        """Whether every layer is normalised."""


def encode(
    weights: Weights, spec: EncoderSpecification, vectors: Array, lengths: NDArray[np.int64]
) -> Array:
    """Return one vector a sequence, `(batch, width)`.

    Args:
        weights: All weights of the network.
        spec: The architecture.
        vectors: What the first layer reads, `(batch, time, features)`.
        lengths: Steps of each row, at least 1, `(batch,)`.
    """
    if spec.cell == "dense":
        return hidden_layers(weights, spec, _mean(vectors, lengths), spec.units, "hidden")
    states = states_of(weights, spec, vectors, lengths)
    if spec.pooling == "last":
        return states
    if spec.pooling == "attention":
        context: Array = np.einsum("bt,btf->bf", attention(weights, states, lengths), states)
        return context
    pooled = []
    if spec.pooling in ("mean", "mean_max"):
        pooled.append(_mean(states, lengths))
    if spec.pooling in ("max", "mean_max"):
        pooled.append(_maximum(states, lengths))
    return np.concatenate(pooled, axis=-1)


def states_of(
    weights: Weights, spec: EncoderSpecification, vectors: Array, lengths: NDArray[np.int64]
) -> Array:
    """Return `(batch, time, features)`, or the last state when only that is read."""
    states = vectors
    for index in range(len(spec.units)):
        name = f"recurrent_{index}"
        runs = run_recurrent(
            weights, name, spec.cell, states, bidirectional=spec.bidirectional, lengths=lengths
        )
        last = index == len(spec.units) - 1 and spec.pooling == "last"
        states = joined_states(runs)[0] if last else joined_sequence(runs)
        if spec.batch_normalization:
            states = normalize(weights, f"{name}_normalization", states)
    return states


def attention(weights: Weights, states: Array, lengths: NDArray[np.int64]) -> Array:
    """Return the attention weights, `(batch, time)`; each row sums to 1."""
    scores = attention_scores(weights, states)
    return softmax(np.where(valid_steps(lengths, states.shape[1]), scores, np.float32(-1e9)))


def attention_scores(weights: Weights, states: Array) -> Array:
    """Return the scores of attention before its softmax, `(batch, time)`."""
    hidden = np.tanh(dense(weights, "attention_hidden", states))
    scores: Array = (hidden @ weights["attention_scores/kernel"])[..., 0]
    return scores


def hidden_layers(
    weights: Weights,
    spec: EncoderSpecification,
    features: Array,
    units: tuple[int, ...],
    name: str,
) -> Array:
    """Compute the dense layers `name_0`, `name_1`, ..., with rectifiers."""
    for index in range(len(units)):
        features = np.maximum(dense(weights, f"{name}_{index}", features), 0)
        if spec.batch_normalization:
            features = normalize(weights, f"{name}_{index}_normalization", features)
    return features


def normalize(weights: Weights, name: str, features: Array) -> Array:
    """Apply a batch normalisation with its moving statistics."""
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + np.float32(EPSILON))
    result: Array = features * scale + (beta - mean * scale)
    return result


def add_encoder(shapes: Shapes, spec: EncoderSpecification, width: int) -> int:
    """Add the weights up to the pooling; return the width of what the head reads."""
    if spec.cell == "dense":
        return add_hidden(shapes, spec, spec.units, width, "hidden")
    for index, units in enumerate(spec.units):
        name = f"recurrent_{index}"
        width = add_recurrent(
            shapes, name, spec.cell, width, units, bidirectional=spec.bidirectional
        )
        if spec.batch_normalization:
            _add_normalization(shapes, f"{name}_normalization", width)
    if spec.pooling == "attention":
        add_dense(shapes, "attention_hidden", width, spec.units[-1])
        shapes["attention_scores/kernel"] = (spec.units[-1], 1)
    return width * 2 if spec.pooling == "mean_max" else width


def add_hidden(
    shapes: Shapes, spec: EncoderSpecification, units: tuple[int, ...], width: int, name: str
) -> int:
    """Add the weights of dense layers; return the width of the last."""
    for index, columns in enumerate(units):
        add_dense(shapes, f"{name}_{index}", width, columns)
        if spec.batch_normalization:
            _add_normalization(shapes, f"{name}_{index}_normalization", columns)
        width = columns
    return width


def valid_steps(lengths: NDArray[np.int64], time: int) -> NDArray[np.bool_]:
    """Return which steps are no padding, `(batch, time)`."""
    result: NDArray[np.bool_] = np.arange(time) < lengths[:, None]
    return result


def _add_normalization(shapes: Shapes, name: str, width: int) -> None:
    for part in ("gamma", "beta", "moving_mean", "moving_variance"):
        shapes[f"{name}/{part}"] = (width,)


def _mean(states: Array, lengths: NDArray[np.int64]) -> Array:
    valid = valid_steps(lengths, states.shape[1]).astype(np.float32)
    result: Array = np.einsum("bt,btf->bf", valid, states) / lengths[:, None].astype(np.float32)
    return result


def _maximum(states: Array, lengths: NDArray[np.int64]) -> Array:
    valid = valid_steps(lengths, states.shape[1])[..., None]
    result: Array = np.where(valid, states, np.float32(-1e9)).max(axis=1)
    return result
