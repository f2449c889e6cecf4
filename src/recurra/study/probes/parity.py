"""Parity: whether the ones so far are odd in number."""

from __future__ import annotations

import numpy as np

from recurra.study.probes.problem import Batch, one_hot

__all__ = ["parity", "parity_at_the_end"]


def parity(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw bits; asked after each is whether the ones so far are odd in number.

    Args:
        generator: Source of the examples.
        count: How many.
        length: Bits of each.

    Returns:
        Inputs `(count, length, 2)`, classes `(count, length)`.

    Source: Hochreiter & Schmidhuber 1997, section 5; Delétang et al. 2023.
    """
    bits = generator.integers(0, 2, (count, length))
    return Batch(one_hot(bits, 2), np.cumsum(bits, axis=1) % 2)


def parity_at_the_end(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw the same, asked after the last bit alone: classes `(count, 1)`."""
    inputs, targets = parity(generator, count, length)
    return Batch(inputs, targets[:, -1:])
