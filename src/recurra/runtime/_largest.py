"""The largest values of each row, without sorting all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["largest"]

Floats = NDArray[np.floating[Any]]


def largest(values: Floats, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return the largest values of each row, falling, and their places; equal ones by place.

    Args:
        values: Shape `(rows, columns)`.
        count: How many, from 1 to `columns`.

    Returns:
        Values and columns, each `(rows, count)`.
    """
    rows = np.arange(len(values))[:, None]
    if count == 1:
        places = values.argmax(axis=1)[:, None]
        return values[rows, places], places
    flat = np.flatnonzero(values >= _reached(values, count))
    row, column = np.divmod(flat, values.shape[1])
    order = np.lexsort((column, -values.ravel()[flat], row))
    first = np.searchsorted(row, rows)
    places = column[order][first + np.arange(count)]
    return values[rows, places], places


def _reached(values: Floats, count: int) -> Floats:
    """Return a value that `count` or a few more of each row reach, `(rows, 1)`.

    The smallest of the `count` largest maxima of groups; partitioning whole rows takes ten times
    as long.
    """
    groups = max(count, values.shape[1] // 32)
    whole = values.shape[1] // groups * groups
    maxima = values[:, :whole].reshape(len(values), -1, groups).max(axis=1)
    reached: Floats = np.partition(maxima, -count, axis=1)[:, -count, None]
    return reached
