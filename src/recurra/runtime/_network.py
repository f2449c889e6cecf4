"""Runs a classifier from its weights alone, on NumPy arrays: no Keras, no JAX.

Each part does what the layer of the same name does in `recurra.models`; a test holds the two
equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._parts import (
    Array,
    Shapes,
    add_dense,
    add_recurrent,
    checked_weights,
    dense,
    joined_sequence,
    joined_states,
    run_recurrent,
    softmax,
)
from recurra.runtime.specification import ClassifierSpecification

__all__ = ["ClassifierNetwork", "expected_shapes"]

_EPSILON = 1e-3  # Keras's BatchNormalization


class ClassifierNetwork:
    """A text classifier ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: ClassifierSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, expected_shapes(specification))

    def __call__(
        self,
        ids: NDArray[np.int32],
        lengths: NDArray[np.int64],
        ngrams: NDArray[np.int32] | None = None,
    ) -> Array:
        """Return class probabilities.

        Args:
            ids: Token ids, shape `(batch, time)`, post-padded with 0.
            lengths: Tokens in each row, at least 1, shape `(batch,)`.
            ngrams: Rows of the n-gram table, 0 for none, shape `(batch, n)`.

        Returns:
            Probabilities of shape `(batch, classes)`, float32.
        """
        vectors = self._weights["embedding/embeddings"][ids]
        features = self._encode(vectors, lengths)
        features = self._hidden_layers(features, self.specification.head, "head")
        logits = self._dense(features, "logits")
        if ngrams is not None and self.specification.ngrams:
            logits += self._wide(ngrams)
        return softmax(logits)

    def attention(self, ids: NDArray[np.int32], lengths: NDArray[np.int64]) -> Array:
        """Return the attention weights, shape `(batch, time)`; each row sums to 1."""
        vectors = self._weights["embedding/embeddings"][ids]
        return self._attention(self._states(vectors, lengths), lengths)

    def _encode(self, vectors: Array, lengths: NDArray[np.int64]) -> Array:
        spec = self.specification
        if spec.cell == "dense":
            return self._hidden_layers(_mean(vectors, lengths), spec.units, "hidden")
        states = self._states(vectors, lengths)
        if spec.pooling == "last":
            return states
        if spec.pooling == "attention":
            weights = self._attention(states, lengths)
            context: Array = np.einsum("bt,btf->bf", weights, states)
            return context
        pooled = []
        if spec.pooling in ("mean", "mean_max"):
            pooled.append(_mean(states, lengths))
        if spec.pooling in ("max", "mean_max"):
            pooled.append(_maximum(states, lengths))
        return np.concatenate(pooled, axis=-1)

    def _states(self, vectors: Array, lengths: NDArray[np.int64]) -> Array:
        """Return `(batch, time, features)`, or the last state when only that is read."""
        spec = self.specification
        states = vectors
        for index in range(len(spec.units)):
            last = index == len(spec.units) - 1 and spec.pooling == "last"
            states = self._recurrent(states, lengths, f"recurrent_{index}", last_state=last)
            if spec.batch_normalization:
                states = self._normalize(states, f"recurrent_{index}_normalization")
        return states

    def _recurrent(
        self, x: Array, lengths: NDArray[np.int64], name: str, *, last_state: bool
    ) -> Array:
        spec = self.specification
        runs = run_recurrent(
            self._weights, name, spec.cell, x, bidirectional=spec.bidirectional, lengths=lengths
        )
        return joined_states(runs)[0] if last_state else joined_sequence(runs)

    def _attention(self, states: Array, lengths: NDArray[np.int64]) -> Array:
        hidden = np.tanh(self._dense(states, "attention_hidden"))
        scores = (hidden @ self._weights["attention_scores/kernel"])[..., 0]
        return softmax(np.where(_valid(lengths, states.shape[1]), scores, np.float32(-1e9)))

    def _hidden_layers(self, features: Array, units: tuple[int, ...], name: str) -> Array:
        for index in range(len(units)):
            features = np.maximum(self._dense(features, f"{name}_{index}"), 0)
            if self.specification.batch_normalization:
                features = self._normalize(features, f"{name}_{index}_normalization")
        return features

    def _dense(self, features: Array, name: str) -> Array:
        return dense(self._weights, name, features)

    def _normalize(self, features: Array, name: str) -> Array:
        gamma, beta, mean, variance = (
            self._weights[f"{name}/{part}"]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + np.float32(_EPSILON))
        result: Array = features * scale + (beta - mean * scale)
        return result

    def _wide(self, ngrams: NDArray[np.int32]) -> Array:
        rows = self._weights["wide/embeddings"][ngrams]
        total: Array = np.where((ngrams > 0)[..., None], rows, np.float32(0)).sum(axis=1)
        return total


def expected_shapes(specification: ClassifierSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec = specification
    shapes: Shapes = {"embedding/embeddings": (spec.vocabulary, spec.embedding)}
    width = _add_encoder(shapes, spec)
    width = _add_hidden(shapes, spec.head, width, "head", spec)
    add_dense(shapes, "logits", width, spec.classes)
    if spec.ngrams:
        shapes["wide/embeddings"] = (spec.ngrams, spec.classes)
    return shapes


def _add_encoder(shapes: Shapes, spec: ClassifierSpecification) -> int:
    """Add the weights up to the pooling; return the width of what the head reads."""
    if spec.cell == "dense":
        return _add_hidden(shapes, spec.units, spec.embedding, "hidden", spec)
    width = spec.embedding
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


def _add_hidden(
    shapes: Shapes,
    units: tuple[int, ...],
    width: int,
    name: str,
    spec: ClassifierSpecification,
) -> int:
    for index, columns in enumerate(units):
        add_dense(shapes, f"{name}_{index}", width, columns)
        if spec.batch_normalization:
            _add_normalization(shapes, f"{name}_{index}_normalization", columns)
        width = columns
    return width


def _add_normalization(shapes: Shapes, name: str, width: int) -> None:
    for part in ("gamma", "beta", "moving_mean", "moving_variance"):
        shapes[f"{name}/{part}"] = (width,)


def _valid(lengths: NDArray[np.int64], time: int) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = np.arange(time) < lengths[:, None]
    return result


def _mean(states: Array, lengths: NDArray[np.int64]) -> Array:
    valid = _valid(lengths, states.shape[1]).astype(np.float32)
    result: Array = np.einsum("bt,btf->bf", valid, states) / lengths[:, None].astype(np.float32)
    return result


def _maximum(states: Array, lengths: NDArray[np.int64]) -> Array:
    valid = _valid(lengths, states.shape[1])[..., None]
    result: Array = np.where(valid, states, np.float32(-1e9)).max(axis=1)
    return result
