"""Copy memory: some symbols, a long blank, then the symbols are asked in their order."""

from __future__ import annotations

import numpy as np

from recurra.study.probes.problem import Batch, one_hot

__all__ = ["ALPHABET", "SYMBOLS", "copying"]

SYMBOLS = 5
ALPHABET = 8


def copying(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw examples of copy memory.

    Five symbols of eight, a blank of `length` steps whose last is the sign to begin, then five
    blank steps at which the symbols are asked in their order: each is kept for `length + 5`
    steps. The literature has ten symbols, which take more than seconds to learn.

    Args:
        generator: Source of the examples.
        count: How many.
        length: Steps of the blank, 1 or more.

    Returns:
        Inputs `(count, length + 10, 10)`, classes `(count, 5)`.

    Source: Hochreiter & Schmidhuber 1997, experiment 2, as in Arjovsky, Shah & Bengio 2016.
    """
    targets = generator.integers(0, ALPHABET, (count, SYMBOLS))
    symbols = np.full((count, length + 2 * SYMBOLS), ALPHABET)
    symbols[:, :SYMBOLS] = targets
    symbols[:, length + SYMBOLS - 1] = ALPHABET + 1
    return Batch(one_hot(symbols, ALPHABET + 2), targets)
