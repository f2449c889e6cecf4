"""Sequences given from Python, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.sequences.collections.channels import to_float32

__all__ = ["as_sequences"]


def as_sequences(X: Any, channels: int | None = None) -> list[NDArray[np.float32]]:
    """Return sequences as arrays `(time, channels)`, float32.

    Args:
        X: A list of arrays `(time, channels)` of any lengths, or `(time,)` for one channel; or one
            array `(sequences, time, channels)` or `(sequences, time)`. NaN is a missing value.
        channels: How many there must be; as many as the first sequence has when `None`.

    Raises:
        DataError: If a sequence has no step, or holds something else than finite numbers and NaN.
        ShapeError: If a sequence has other axes or channels.
    """
    if isinstance(X, (str, bytes, dict)) or not hasattr(X, "__iter__"):
        raise DataError(f"a list of sequences is needed, not {type(X).__name__}")
    found: list[NDArray[np.float32]] = []
    for position, item in enumerate(X):
        row = _as_array(item, position)
        expected = channels if channels is not None else (found[0].shape[1] if found else None)
        if expected is not None and row.shape[1] != expected:
            raise ShapeError(
                f"sequence {position} has {row.shape[1]} channels, expected {expected} as in the "
                f"{'training' if channels is not None else 'first sequence'}"
            )
        found.append(row)
    return found


def _as_array(item: Any, position: int) -> NDArray[np.float32]:
    try:
        row = to_float32(item)
    except (TypeError, ValueError) as error:
        raise DataError(f"sequence {position} is no array of numbers: {error}") from error
    if row.ndim == 1:
        row = row[:, None]
    if row.ndim != 2 or not row.shape[1]:
        raise ShapeError(
            f"sequence {position} has shape {row.shape}, expected (time, channels) or (time,)"
        )
    if not len(row):
        raise DataError(f"sequence {position} has no step; leave it out")
    if np.isinf(row).any():
        raise DataError(
            f"sequence {position} holds an infinite value, or one too large for float32; "
            "write NaN for a missing value"
        )
    return row
