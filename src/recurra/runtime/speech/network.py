"""Runs a recognizer's network from its weights alone, on NumPy arrays: no Keras, no JAX.

Each part does what the layer of the same name does in `recurra.models.build_recognizer`; a test
holds the two equal for every architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import ShapeError
from recurra.runtime._parts import (
    Array,
    Shapes,
    add_dense,
    add_recurrent,
    checked_weights,
    dense,
    joined_sequence,
    run_cell,
    run_recurrent,
)
from recurra.runtime.series import stacked_frames
from recurra.runtime.speech.specification import RecognizerSpecification

__all__ = ["RecognizerNetwork", "RecognizerState", "recognizer_shapes"]


@dataclass(frozen=True, eq=False)
class RecognizerState:
    """Where a stream stands between two pieces.

    Attributes:
        layers: Last states of each recurrent layer; empty before the first step.
        pending: Frames that are too few for a step, `(batch, frames, features)`.
    """

    layers: tuple[tuple[Array, ...], ...]
    pending: Array


class RecognizerNetwork:
    """A network from frames of sound to symbols, ready to compute.

    Attributes:
        specification: The architecture.
    """

    def __init__(
        self, specification: RecognizerSpecification, weights: Mapping[str, NDArray[Any]]
    ) -> None:
        """Check and keep the weights.

        Raises:
            CorruptArtifactError: If names, shapes or dtypes are not those of the specification.
        """
        self.specification = specification
        self._weights = checked_weights(weights, recognizer_shapes(specification))

    def __call__(
        self, values: Array, lengths: NDArray[np.int64]
    ) -> tuple[Array, NDArray[np.int64]]:
        """Score the symbols at every step of whole clips.

        Args:
            values: Scaled frames, shape `(batch, frames, features)`, post-padded with 0.
            lengths: Frames of each row, at least 1, shape `(batch,)`.

        Returns:
            Log-probabilities `(batch, steps, outputs)`, without a meaning beyond the steps of a
            row, and how many steps each row has: a step for every `stride` frames.
        """
        spec = self.specification
        x, steps = stacked_frames(values, lengths, spec.stride)
        for index in range(len(spec.units)):
            if spec.cell == "dense":
                x = np.maximum(dense(self._weights, f"hidden_{index}", x), 0)
            else:
                x = joined_sequence(self._run(f"recurrent_{index}", x, steps))
        return self._answer(x), steps

    def step(
        self, values: Array, state: RecognizerState | None = None, *, last: bool = False
    ) -> tuple[Array, RecognizerState]:
        """Read the next piece of a stream.

        Args:
            values: Scaled frames, shape `(batch, frames, features)`; `frames` is free, also 0.
            state: Where the stream stands; `None` at its start.
            last: Whether the sound ends here: frames that wait for a whole step are read too.

        Returns:
            Log-probabilities of the steps that are complete now, `(batch, steps, outputs)`, and
            where the stream stands. All pieces together are what `__call__` gives.

        Raises:
            UsageError: If the network is bidirectional: it has to know the end first.
            ShapeError: If the values do not fit.
        """
        spec = self.specification
        spec.check_streams()
        if values.ndim != 3 or values.shape[2] != spec.features:
            raise ShapeError(
                f"the piece has shape {values.shape}, expected (batch, frames, {spec.features})"
            )
        before = state or RecognizerState((), values[:, :0])
        frames = np.concatenate([before.pending, values], axis=1, dtype=np.float32)
        whole = frames.shape[1] if last else frames.shape[1] // spec.stride * spec.stride
        x, layers = self._advance(frames[:, :whole], before.layers)
        return x, RecognizerState(layers, frames[:, whole:])

    def _advance(
        self, frames: Array, states: tuple[tuple[Array, ...], ...]
    ) -> tuple[Array, tuple[tuple[Array, ...], ...]]:
        spec, layers = self.specification, []
        batch, count = frames.shape[:2]
        if not count:
            return np.empty((batch, 0, spec.outputs), np.float32), states
        x = stacked_frames(frames, np.full(batch, count), spec.stride)[0]
        for index in range(len(spec.units)):
            if spec.cell == "dense":
                x = np.maximum(dense(self._weights, f"hidden_{index}", x), 0)
                continue
            before = states[index] if states else ()
            x, after = run_cell(self._weights, f"recurrent_{index}", spec.cell, x, before)
            layers.append(after)
        return self._answer(x), tuple(layers)

    def _run(self, name: str, x: Array, steps: NDArray[np.int64]) -> Any:
        spec = self.specification
        return run_recurrent(
            self._weights, name, spec.cell, x, bidirectional=spec.bidirectional, lengths=steps
        )

    def _answer(self, states: Array) -> Array:
        logits = dense(self._weights, "logits", states)
        shifted = logits - logits.max(axis=-1, keepdims=True)
        result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return result


def recognizer_shapes(specification: RecognizerSpecification) -> Shapes:
    """Return the name and shape of every weight that a specification has."""
    spec, shapes = specification, Shapes()
    width = spec.width
    for index, units in enumerate(spec.units):
        if spec.cell == "dense":
            add_dense(shapes, f"hidden_{index}", width, units)
            width = units
        else:
            width = add_recurrent(
                shapes,
                f"recurrent_{index}",
                spec.cell,
                width,
                units,
                bidirectional=spec.bidirectional,
            )
    add_dense(shapes, "logits", width, spec.outputs)
    return shapes
