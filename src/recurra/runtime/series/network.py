"""Runs a network over sequences of numbers from its weights alone, on NumPy arrays.

Each part does what the layer of the same name does in `recurra.models.build_sequence_network`; a
test holds the two equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.runtime._encoding import (
    add_encoder,
    add_hidden,
    attention,
    encode,
    hidden_layers,
    normalize,
    states_of,
)
from recurra.runtime._parts import (
    Array,
    Shapes,
    add_dense,
    checked_weights,
    dense,
    run_cell,
    softmax,
)
from recurra.runtime.series.specification import SequenceSpecification
from recurra.runtime.series.streaming import RunningPool, SequenceStream

__all__ = ["SequenceNetwork", "SequenceState", "expected_sequence_shapes", "stacked_frames"]


@dataclass(frozen=True, eq=False)
class SequenceState:
    """Where a stream stands between two chunks.

    Attributes:
        layers: Last states of each recurrent layer, each `(batch, units)`; none before the first
            frame.
        pool: What pooling knows of the frames so far.
        pending: Steps that are too few for a frame, `(batch, time, features)`.
    """

    layers: tuple[tuple[Array, ...], ...]
    pool: RunningPool
    pending: Array


class SequenceNetwork:
    """A network over sequences of numbers, ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: SequenceSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, expected_sequence_shapes(specification))

    def __call__(self, values: Array, lengths: NDArray[np.int64]) -> Array:
        """Answer for whole sequences.

        Args:
            values: Scaled values, shape `(batch, time, features)`, post-padded with 0.
            lengths: Steps of each row, at least 1, shape `(batch,)`.

        Returns:
            Probabilities `(batch, classes)`, or for regression `(batch, 1)`; float32.
        """
        frames, steps = stacked_frames(values, lengths, self.specification.stride)
        return self._answer(encode(self._weights, self.specification, frames, steps))

    def attention(self, values: Array, lengths: NDArray[np.int64]) -> Array:
        """Return the attention weights of frames, `(batch, frames)`; each row sums to 1.

        A frame is `stride` steps.
        """
        frames, steps = stacked_frames(values, lengths, self.specification.stride)
        states = states_of(self._weights, self.specification, frames, steps)
        return attention(self._weights, states, steps)

    def stream(self) -> SequenceStream:
        """Begin to read one sequence that comes in chunks.

        Raises:
            UsageError: If the network is bidirectional.
        """
        self.specification.check_streams()
        return SequenceStream(self.step, self.specification.features)

    def step(
        self, values: Array, state: SequenceState | None = None
    ) -> tuple[Array, SequenceState]:
        """Read the next chunk of a stream and answer for all that has come so far.

        Args:
            values: Scaled values, shape `(batch, time, features)`; `time` is free, also 0.
            state: Where the stream stands; `None` at its start.

        Returns:
            What `__call__` gives for the whole so far, and where the stream stands now.

        Raises:
            UsageError: If the network is bidirectional: it has to know the end first.
            DataError: If nothing has come yet.
            ShapeError: If the values do not fit.
        """
        spec = self.specification
        spec.check_streams()
        if values.ndim != 3 or values.shape[2] != spec.features:
            raise ShapeError(
                f"the chunk has shape {values.shape}, expected (batch, time, {spec.features})"
            )
        state = state or self._start(len(values))
        steps = np.concatenate([state.pending, values], axis=1, dtype=np.float32)
        whole = steps.shape[1] // spec.stride * spec.stride
        state = self._advance(steps[:, :whole], state)
        rest = steps[:, whole:]
        # An incomplete frame is answered for as if the sequence ended there, and read again.
        pool = self._advance(rest, state).pool
        if not pool.weight.all():
            raise DataError("no step has come yet; give at least one")
        return self._answer(self._features(pool)), SequenceState(state.layers, state.pool, rest)

    def _start(self, batch: int) -> SequenceState:
        spec = self.specification
        width = spec.width if spec.cell == "dense" else spec.units[-1]
        pending = np.zeros((batch, 0, spec.features), np.float32)
        return SequenceState((), RunningPool.empty(batch, width), pending)

    def _advance(self, steps: Array, state: SequenceState) -> SequenceState:
        if not steps.shape[1]:
            return state
        spec, weights, layers = self.specification, self._weights, []
        x = stacked_frames(steps, np.full(len(steps), steps.shape[1]), spec.stride)[0]
        for index in range(0 if spec.cell == "dense" else len(spec.units)):
            name = f"recurrent_{index}"
            before = state.layers[index] if state.layers else ()
            x, after = run_cell(weights, name, spec.cell, x, before)
            layers.append(after)
            if spec.batch_normalization:
                x = normalize(weights, f"{name}_normalization", x)
        return SequenceState(tuple(layers), state.pool.read(weights, spec, x), state.pending)

    def _features(self, pool: RunningPool) -> Array:
        spec, pooled = self.specification, pool.pooled(self.specification)
        if spec.cell != "dense":
            return pooled
        return hidden_layers(self._weights, spec, pooled, spec.units, "hidden")

    def _answer(self, features: Array) -> Array:
        spec, weights = self.specification, self._weights
        features = hidden_layers(weights, spec, features, spec.head, "head")
        output = dense(weights, spec.output_layer, features)
        return softmax(output) if spec.task == "classification" else output


def stacked_frames(
    values: Array, lengths: NDArray[np.int64], stride: int
) -> tuple[Array, NDArray[np.int64]]:
    """Lay every `stride` steps side by side; the last frame is filled up with zeros.

    Args:
        values: Shape `(batch, time, features)`, 0 beyond each row's length.
        lengths: Steps of each row, `(batch,)`.
        stride: Steps of a frame.

    Returns:
        Frames `(batch, ceil(time / stride), stride * features)`, and how many each row has.
    """
    if stride == 1:
        return values, lengths
    batch, time, features = values.shape
    padded = np.pad(values, ((0, 0), (0, -time % stride), (0, 0)))
    return padded.reshape(batch, -1, stride * features), -(-lengths // stride)


def expected_sequence_shapes(specification: SequenceSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    shapes: Shapes = {}
    width = add_encoder(shapes, specification, specification.width)
    width = add_hidden(shapes, specification, specification.head, width, "head")
    add_dense(shapes, specification.output_layer, width, specification.outputs)
    return shapes
