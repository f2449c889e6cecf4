"""Temporal order: two signs far apart among distractors, asked which came in which order."""

from __future__ import annotations

import numpy as np

from recurra.study.probes.problem import Batch, one_hot

__all__ = ["temporal_order"]

_DISTRACTORS, _SIGNS = 4, 2


def temporal_order(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw examples of temporal order.

    Every step holds one of four distractors, but one step in the second tenth of the sequence
    and one in the sixth hold one of two signs. The answer is which signs they were, in order.

    Args:
        generator: Source of the examples.
        count: How many.
        length: Steps of each, 10 or more.

    Returns:
        Inputs `(count, length, 6)`, classes `(count, 1)`: twice the first sign plus the second.

    Source: Hochreiter & Schmidhuber 1997, experiment 6a, at the places of Pascanu et al. 2013.
    """
    rows = np.arange(count)
    symbols = generator.integers(0, _DISTRACTORS, (count, length))
    first, second = generator.integers(0, _SIGNS, (2, count))
    early = generator.integers(length // 10, length // 5, count)
    late = generator.integers(length // 2, length * 6 // 10, count)
    symbols[rows, early] = _DISTRACTORS + first
    symbols[rows, late] = _DISTRACTORS + second
    return Batch(one_hot(symbols, _DISTRACTORS + _SIGNS), (_SIGNS * first + second)[:, None])
