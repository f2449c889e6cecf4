"""Runs a text classifier from its weights alone, on NumPy arrays: no Keras, no JAX.

Each part does what the layer of the same name does in `recurra.models`; a test holds the two
equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._encoding import (
    add_encoder,
    add_hidden,
    attention,
    encode,
    hidden_layers,
    states_of,
)
from recurra.runtime._parts import Array, Shapes, add_dense, checked_weights, dense, softmax
from recurra.runtime.specification import ClassifierSpecification

__all__ = ["ClassifierNetwork", "expected_shapes"]


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
        weights, spec = self._weights, self.specification
        features = encode(weights, spec, self._vectors(ids), lengths)
        features = hidden_layers(weights, spec, features, spec.head, "head")
        logits = dense(weights, "logits", features)
        if ngrams is not None and spec.ngrams:
            logits += self._wide(ngrams)
        return softmax(logits)

    def attention(self, ids: NDArray[np.int32], lengths: NDArray[np.int64]) -> Array:
        """Return the attention weights, shape `(batch, time)`; each row sums to 1."""
        states = states_of(self._weights, self.specification, self._vectors(ids), lengths)
        return attention(self._weights, states, lengths)

    def _vectors(self, ids: NDArray[np.int32]) -> Array:
        return self._weights["embedding/embeddings"][ids]

    def _wide(self, ngrams: NDArray[np.int32]) -> Array:
        rows = self._weights["wide/embeddings"][ngrams]
        total: Array = np.where((ngrams > 0)[..., None], rows, np.float32(0)).sum(axis=1)
        return total


def expected_shapes(specification: ClassifierSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec = specification
    shapes: Shapes = {"embedding/embeddings": (spec.vocabulary, spec.embedding)}
    width = add_encoder(shapes, spec, spec.embedding)
    width = add_hidden(shapes, spec, spec.head, width, "head")
    add_dense(shapes, "logits", width, spec.classes)
    if spec.ngrams:
        shapes["wide/embeddings"] = (spec.ngrams, spec.classes)
    return shapes
