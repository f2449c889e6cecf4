"""Runs a tagger from its weights alone, on NumPy arrays: no Keras, no JAX.

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
from recurra.runtime.tagging.chain import marginals, viterbi
from recurra.runtime.tagging.specification import TaggerSpecification
from recurra.sequences.tagging import TaggerBatch

__all__ = ["TaggerNetwork", "tagger_shapes"]

_NEVER = np.float32(-1e4)  # added to the score of what must not follow


class TaggerNetwork:
    """A tagger ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self,
        specification: TaggerSpecification,
        weights: Mapping[str, NDArray[Any]],
        forbidden: NDArray[np.bool_] | None = None,
    ) -> None:
        """Check and keep the weights.

        Args:
            specification: The architecture.
            weights: By name.
            forbidden: Tags that may not follow others, see `forbidden_transitions`; heeded by a
                conditional random field.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, tagger_shapes(specification))
        self._transitions = self._weights.get("transitions/embeddings")
        if self._transitions is not None and forbidden is not None:
            refused = np.pad(forbidden, ((0, 1), (0, 0)))
            self._transitions = self._transitions + _NEVER * refused.astype(np.float32)

    def logits(self, batch: TaggerBatch, lengths: NDArray[np.int64]) -> Array:
        """Return a score for every tag at every token.

        Args:
            batch: Words and characters.
            lengths: Tokens of each sentence, at least 1, shape `(batch,)`.

        Returns:
            Shape `(batch, time, tags)`; at padding without a meaning.
        """
        spec = self.specification
        states = self.vectors(batch)
        for index in range(len(spec.units)):
            name = f"recurrent_{index}"
            if spec.cell == "dense":
                states = np.maximum(dense(self._weights, f"hidden_{index}", states), 0)
            else:
                states = joined_sequence(self._run(name, states, lengths))
        return dense(self._weights, "logits", states)

    def vectors(self, batch: TaggerBatch) -> Array:
        """Return what is known of each token alone, shape `(batch, time, features)`."""
        parts = []
        if self.specification.embedding:
            parts.append(self._weights["embedding/embeddings"][batch.words])
        if self.specification.character_units:
            parts.append(self._spellings(batch.characters)[batch.forms])
        return np.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]

    def tags(self, logits: Array, lengths: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the best tags, shape `(batch, time)`, 0 at padding."""
        if self._transitions is not None:
            return viterbi(logits, self._transitions, lengths)
        best: NDArray[np.int32] = logits.argmax(axis=-1).astype(np.int32)
        best[np.arange(best.shape[1]) >= lengths[:, None]] = 0
        return best

    def probabilities(self, logits: Array, lengths: NDArray[np.int64]) -> Array:
        """Return the probability of every tag, shape `(batch, time, tags)`.

        Of a conditional random field the marginals over all sequences of tags.
        """
        if self._transitions is not None:
            return np.asarray(marginals(logits, self._transitions, lengths), np.float32)
        return softmax(logits)

    def _spellings(self, characters: NDArray[np.int32]) -> Array:
        """Return a vector of every form, shape `(forms, features)`."""
        vectors = self._weights["character_embedding/embeddings"][characters]
        lengths = (characters != 0).sum(axis=1)
        if self.specification.cell == "dense":
            mean = vectors * (characters != 0)[..., None]
            mean = mean.sum(axis=1) / np.maximum(1, lengths)[:, None].astype(np.float32)
            return np.maximum(dense(self._weights, "spelling", mean), 0)
        return joined_states(self._run("spelling", vectors, lengths))[0]

    def _run(self, name: str, x: Array, lengths: NDArray[np.int64]) -> Any:
        spec = self.specification
        return run_recurrent(
            self._weights, name, spec.cell, x, bidirectional=spec.bidirectional, lengths=lengths
        )


def tagger_shapes(specification: TaggerSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec = specification
    shapes: Shapes = {}
    width = spec.embedding
    if spec.embedding:
        shapes["embedding/embeddings"] = (spec.words, spec.embedding)
    if spec.character_units:
        shapes["character_embedding/embeddings"] = (spec.characters, spec.character_embedding)
        width += _add_layer(
            shapes, "spelling", spec, spec.character_embedding, spec.character_units
        )
    for index, units in enumerate(spec.units):
        name = "hidden" if spec.cell == "dense" else "recurrent"
        width = _add_layer(shapes, f"{name}_{index}", spec, width, units)
    add_dense(shapes, "logits", width, spec.tags)
    if spec.crf:
        shapes["transitions/embeddings"] = (spec.tags + 2, spec.tags)
    return shapes


def _add_layer(
    shapes: Shapes, name: str, spec: TaggerSpecification, features: int, units: int
) -> int:
    if spec.cell == "dense":
        add_dense(shapes, name, features, units)
        return units
    return add_recurrent(shapes, name, spec.cell, features, units, bidirectional=spec.bidirectional)
