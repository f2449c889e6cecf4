"""The adding problem: two marked numbers among many, asked for their sum at the end."""

from __future__ import annotations

import numpy as np

from recurra.study.probes.problem import Batch

__all__ = ["adding"]


def adding(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw examples of the adding problem.

    Each step holds a number from 0 to 1 and a mark. One step of the first half and one of the
    second are marked; the answer is the sum of their numbers.

    Args:
        generator: Source of the examples.
        count: How many.
        length: Steps of each, 2 or more.

    Returns:
        Inputs `(count, length, 2)`, targets `(count, 1, 1)`.

    Source: Hochreiter & Schmidhuber 1997, experiment 4, as in Le, Jaitly & Hinton 2015.
    """
    rows, half = np.arange(count), length // 2
    inputs = np.zeros((count, length, 2), np.float32)
    inputs[:, :, 0] = generator.random((count, length))
    first = generator.integers(0, half, count)
    second = generator.integers(half, length, count)
    inputs[rows, first, 1] = inputs[rows, second, 1] = 1
    sums = inputs[rows, first, 0] + inputs[rows, second, 0]
    return Batch(inputs, sums[:, None, None])
