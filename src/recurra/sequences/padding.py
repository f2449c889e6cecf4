"""Padding of sequences to one length, and the masks that go with it.

Recurra pads and truncates at the end (`"post"`) by default, where Keras's `pad_sequences`
pads and truncates at the front: with lengths or a mask beside the array both are right, and
the end is where fused kernels can stop early.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from recurra.errors import ShapeError, UsageError

__all__ = ["lengths_to_mask", "pad_sequences"]

Side = Literal["pre", "post"]


def pad_sequences(
    sequences: Sequence[ArrayLike],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: Side = "post",
    truncating: Side = "post",
    value: float = 0,
) -> NDArray[Any]:
    """Pad sequences of different lengths into one array.

    The arguments are those of Keras's function of the same name; the defaults of `padding` and
    `truncating` are `"post"` here and `"pre"` there.

    Args:
        sequences: One array-like per row, shape `(time,)` or `(time, *features)`; all rows share
            the trailing axes.
        maxlen: Length of the result; the longest row when `None`.
        dtype: Data type of the result.
        padding: `"post"` puts the padding after each row, `"pre"` before it.
        truncating: `"post"` drops the end of rows that are too long, `"pre"` their beginning.
        value: The padding value.

    Returns:
        Array of shape `(batch, maxlen, *features)`.

    Raises:
        UsageError: If `padding`, `truncating` or `maxlen` is not one of the allowed values.
        ShapeError: If the rows disagree on their trailing axes.
    """
    _check_side("padding", padding)
    _check_side("truncating", truncating)
    if maxlen is not None and maxlen < 0:
        raise UsageError(f"maxlen must be 0 or more, not {maxlen}")
    rows = [_as_row(row, dtype) for row in sequences]
    time = max((len(row) for row in rows), default=0) if maxlen is None else maxlen
    padded = np.full((len(rows), time, *_features(rows)), value, dtype=dtype)
    for target, row in zip(padded, rows, strict=True):
        first = 0 if truncating == "post" else max(len(row) - time, 0)
        kept = row[first : first + time]
        if len(kept) > 0:
            start = 0 if padding == "post" else time - len(kept)
            target[start : start + len(kept)] = kept
    return padded


def lengths_to_mask(lengths: ArrayLike, time: int) -> NDArray[np.bool_]:
    """Say which steps of post-padded rows are real.

    Args:
        lengths: Real steps of each row, shape `(batch,)`, between 0 and `time`.
        time: Number of steps of the padded array.

    Returns:
        Booleans of shape `(batch, time)`: true for a real step, false for padding.

    Raises:
        ShapeError: If `lengths` is not one-dimensional or a length is outside `0..time`.
    """
    counts = np.asarray(lengths)
    if counts.ndim != 1:
        raise ShapeError(f"lengths must have shape (batch,), not {counts.shape}")
    if counts.size and (counts.min() < 0 or counts.max() > time):
        raise ShapeError(
            f"lengths must be between 0 and time={time}, not {counts.min()}..{counts.max()}"
        )
    return np.arange(time) < counts[:, None]


def _check_side(name: str, side: str) -> None:
    if side not in ("pre", "post"):
        raise UsageError(f"{name} must be 'pre' or 'post', not {side!r}")


def _as_row(row: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    array = np.asarray(row, dtype=dtype)
    if array.ndim == 0:
        raise ShapeError("each sequence must be a list or an array, not a single number")
    return array


def _features(rows: list[NDArray[Any]]) -> tuple[int, ...]:
    """Return the trailing axes that all rows share; empty rows of shape `(0,)` fit any."""
    shapes = {row.shape[1:] for row in rows if row.shape != (0,)}
    if len(shapes) > 1:
        raise ShapeError(f"sequences disagree on the axes after time: {sorted(shapes)}")
    return shapes.pop() if shapes else ()
