"""The score of many variants of one input, in batches of one size."""

from __future__ import annotations

import math

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._programs import Program, forward
from recurra.study.insight.subject import Subject

__all__ = ["Scorer", "rows_at_once"]

_BATCH = 128
_MOST_OUTPUTS = 1 << 23  # numbers that a model may put out at once


class Scorer:
    """Scores an input some of whose steps are exchanged; compiled once for all of them."""

    def __init__(self, subject: Subject) -> None:
        """Take the input and its model."""
        self._subject = subject
        self._rows = rows_at_once(subject, _BATCH)
        self._program = Program(
            subject.model, lambda inputs: subject.score(forward(subject.model, inputs))
        )

    def __call__(
        self, steps: NDArray[np.bool_], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        """Return the scores, `(rows,)`.

        Args:
            steps: True where a step is exchanged, `(rows, time)`.
            generator: Draws what steps are exchanged for.
        """
        found = [
            self._batch(steps[start : start + self._rows], generator)
            for start in range(0, len(steps), self._rows)
        ]
        return np.concatenate(found)

    def _batch(
        self, steps: NDArray[np.bool_], generator: np.random.Generator
    ) -> NDArray[np.float64]:
        padded = np.pad(steps, ((0, self._rows - len(steps)), (0, 0)))
        scores = self._program(self._subject.replace(padded, generator))
        return np.asarray(keras.ops.convert_to_numpy(scores), np.float64)[: len(steps)]


def rows_at_once(subject: Subject, most: int) -> int:
    """Return how many variants of an input a model may compute at once, at least 1.

    Args:
        subject: The input and its model; one that puts out a vocabulary for each step needs much
            memory.
        most: The most that are wanted.
    """
    given = keras.tree.map_structure(
        lambda one: keras.KerasTensor(np.shape(one), str(np.asarray(one).dtype)), subject.inputs
    )
    found = keras.tree.flatten(subject.model.compute_output_spec(given))
    outputs: int = sum(math.prod(tensor.shape) for tensor in found)
    return max(1, min(most, _MOST_OUTPUTS // max(1, outputs)))
