"""Runs a language model from its weights alone, on NumPy arrays: whole sequences and by step.

Each part does what the layer of the same name does in `recurra.models`; a test holds the two
equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra import kernels
from recurra.errors import DataError, ShapeError
from recurra.runtime._parts import (
    Array,
    Shapes,
    Weights,
    add_cell,
    add_dense,
    checked_weights,
    dense,
    run_cell,
)
from recurra.runtime.language_specification import LanguageModelSpecification

__all__ = ["LanguageNetwork", "LanguageState", "LanguageStream", "check_ids", "language_shapes"]

LanguageState: TypeAlias = tuple[tuple[Array, ...], ...]

_WEIGHTS: dict[str, Any] = {
    "rnn": kernels.SimpleRNNWeights,
    "lstm": kernels.LSTMWeights,
    "gru": kernels.GRUWeights,
}


class LanguageNetwork:
    """A language model ready to compute.

    A state is what the network remembers of everything it has read: for each layer `(h,)` or, for
    an LSTM, `(h, c)`, each `(batch, units)`. It is given and returned, never kept: reading a
    sequence in pieces equals reading it whole.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: LanguageModelSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, language_shapes(specification))

    def initial_state(self, batch: int) -> LanguageState:
        """Return the state before anything was read, zeros for `batch` rows."""
        spec = self.specification
        kinds = 2 if spec.cell == "lstm" else 1
        return tuple(
            tuple(np.zeros((batch, units), np.float32) for _ in range(kinds))
            for units in spec.units
        )

    def run(
        self, inputs: NDArray[Any], state: LanguageState | None = None
    ) -> tuple[Array, LanguageState]:
        """Read on from a state.

        Args:
            inputs: Ids `(batch, time)`, or rolls `(batch, time, vocabulary)`.
            state: The state before them; None: nothing was read before.

        Returns:
            Logits `(batch, time, vocabulary)` of what comes after each position, and the state
            after the last one.

        Raises:
            DataError: If an id is outside the vocabulary.
            ShapeError: If rolls have another width.
        """
        outputs, state = self.outputs(inputs, state)
        return self.logits(outputs), state

    def outputs(
        self, inputs: NDArray[Any], state: LanguageState | None = None
    ) -> tuple[Array, LanguageState]:
        """Return the last layer's outputs `(batch, time, units)` and the state; see `run`."""
        spec = self.specification
        x = self._vectors(inputs)
        if state is None:
            state = self.initial_state(len(x))
        after = []
        for index, before in enumerate(state):
            x, ends = run_cell(self._weights, f"recurrent_{index}", spec.cell, x, before)
            after.append(ends)
        return x, tuple(after)

    def logits(self, outputs: Array) -> Array:
        """Score the vocabulary by the last layer's outputs, `(..., units)` to `(..., vocabulary)`.

        Where only some positions are asked for, it costs less to select their outputs first.
        """
        spec, weights = self.specification, self._weights
        if not spec.tie_weights:
            return dense(weights, "logits", outputs)
        if spec.has_projection:
            outputs = dense(weights, "projection", outputs)
        vectors = weights["embedding/embeddings"]
        flat = outputs.reshape(-1, outputs.shape[-1]) @ vectors.T
        return flat.reshape(*outputs.shape[:-1], len(vectors))

    def stream(self, state: LanguageState) -> LanguageStream:
        """Return a reader that goes on from a state one step at a time."""
        return LanguageStream(self, self._weights, state)

    def _vectors(self, inputs: NDArray[Any]) -> Array:
        spec = self.specification
        if spec.inputs == "tokens":
            check_ids(inputs, spec.vocabulary)
            vectors: Array = self._weights["embedding/embeddings"][inputs]
            return vectors
        if inputs.ndim != 3 or inputs.shape[2] != spec.vocabulary:
            raise ShapeError(
                f"the rolls have shape {inputs.shape}, expected (batch, time, {spec.vocabulary})"
            )
        return dense(self._weights, "embedding", np.asarray(inputs, np.float32))


class LanguageStream:
    """Reads one step at a time; its state is advanced in place.

    A step costs the same wherever it stands, and allocates nothing of the size of the weights.
    """

    def __init__(self, network: LanguageNetwork, weights: Weights, state: LanguageState) -> None:
        """Start from a state; see `LanguageNetwork.stream`."""
        spec = network.specification
        batch = len(state[0][0])
        self._network = network
        self._tokens = spec.inputs == "tokens"
        self._table = weights["embedding/embeddings" if self._tokens else "embedding/kernel"]
        self._x = np.empty((batch, spec.embedding), np.float32)
        self._layers = []
        for index, before in enumerate(state):
            layer = kernels.Stream(_cell_weights(weights, f"recurrent_{index}", spec.cell), batch)
            layer.reset(*before)
            self._layers.append(layer)

    def step(self, inputs: NDArray[Any]) -> Array:
        """Read one step.

        Args:
            inputs: Ids `(batch,)` within the vocabulary, or rolls `(batch, vocabulary)`, float32.

        Returns:
            Logits of what comes next, `(batch, vocabulary)`.
        """
        x = self._x
        if self._tokens:
            np.take(self._table, inputs, axis=0, out=x, mode="clip")
        else:
            np.matmul(inputs, self._table, out=x)
        for layer in self._layers:
            x = layer.step(x)
        return self._network.logits(x)


def language_shapes(specification: LanguageModelSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec = specification
    table = "embedding/embeddings" if spec.inputs == "tokens" else "embedding/kernel"
    shapes: Shapes = {table: (spec.vocabulary, spec.embedding)}
    width = spec.embedding
    for index, units in enumerate(spec.units):
        add_cell(shapes, f"recurrent_{index}", spec.cell, width, units)
        width = units
    if not spec.tie_weights:
        add_dense(shapes, "logits", width, spec.vocabulary)
    elif spec.has_projection:
        add_dense(shapes, "projection", width, spec.embedding)
    return shapes


def _cell_weights(weights: Weights, name: str, cell: str) -> Any:
    parts = (weights[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    return _WEIGHTS[cell](*parts)


def check_ids(ids: NDArray[Any], vocabulary: int) -> None:
    """Refuse ids outside the vocabulary.

    Raises:
        DataError: If there are some.
    """
    if ids.size and not (ids.min() >= 0 and ids.max() < vocabulary):
        raise DataError(
            f"token ids go from {ids.min()} to {ids.max()}, the network knows 0 to {vocabulary - 1}"
        )
