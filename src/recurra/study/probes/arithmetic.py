"""Modular arithmetic: sums of products modulo 5, read from left to right."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recurra.study.probes.problem import Batch, one_hot

__all__ = ["MODULUS", "arithmetic", "arithmetic_at_the_end"]

MODULUS = 5
_PLUS, _MINUS, _TIMES = range(MODULUS, MODULUS + 3)


def arithmetic(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw expressions such as `3 + 4 × 2 − 1`; asked after each number is the value so far.

    Numbers from 0 to 4, modulo 5, products before sums, no brackets. An even length begins with
    a plus or a minus.

    Args:
        generator: Source of the examples.
        count: How many.
        length: Numbers and signs of each.

    Returns:
        Inputs `(count, length, 8)`, classes `(count, length)`: -1 after a sign.

    Source: Delétang et al. 2023, "modular arithmetic (simple)".
    """
    symbols = generator.integers(0, MODULUS, (count, length))
    first = (length + 1) % 2  # place of the first number
    signs = symbols[:, 1 - first :: 2]
    signs[:] = generator.integers(_PLUS, _TIMES + 1, signs.shape)
    if first == 1:
        symbols[:, 0] = generator.integers(_PLUS, _TIMES, count)
    targets = np.full((count, length), -1)
    targets[:, first::2] = _values(symbols, first)
    return Batch(one_hot(symbols, MODULUS + 3), targets)


def arithmetic_at_the_end(generator: np.random.Generator, count: int, length: int) -> Batch:
    """Draw the same, asked after the last number alone: classes `(count, 1)`."""
    inputs, targets = arithmetic(generator, count, length)
    return Batch(inputs, targets[:, -1:])


def _values(symbols: npt.NDArray[Any], first: int) -> npt.NDArray[Any]:
    """Return the value after each number: the sum before the last product, and that product."""
    if first == 0:
        symbols = np.insert(symbols, 0, _PLUS, axis=1)
    total = product = np.zeros(len(symbols), int)
    values = []
    for sign, number in zip(symbols[:, 0::2].T, symbols[:, 1::2].T, strict=True):
        goes_on = sign == _TIMES
        total = np.where(goes_on, total, total + product)
        factor = np.where(goes_on, product, np.where(sign == _MINUS, -1, 1))
        product = factor * number % MODULUS
        values.append((total + product) % MODULUS)
    return np.stack(values, axis=1)
