"""Which rows of the batch are computed at which step.

Every cell runs over *packed* rows: the valid `(row, time)` positions, step after step, so that
padding costs nothing whatever the shape of the mask. Rows that are padded on the right are sorted
by length first; the rows of one step are then a slice and need no gather.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from recurra.errors import ShapeError, UsageError

__all__ = ["Array", "BoolArray", "IntArray", "Rows", "Schedule", "check_padding", "plan"]

Array: TypeAlias = npt.NDArray[np.floating[Any]]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.intp]
Rows: TypeAlias = slice | IntArray


@dataclass(frozen=True)
class Schedule:
    """The order of computation of one call.

    Attributes:
        batch: Rows of the batch.
        time: Time steps.
        backwards: Whether time runs from the last step to the first.
        order: Caller's row of each internal row; None when the rows stay as they came.
        rows: Internal rows of each step, in the order of processing.
        starts: Where each step's rows start among the packed rows; `time + 1` entries.
        dense: Whether every position is valid.
    """

    batch: int
    time: int
    backwards: bool
    order: IntArray | None
    rows: list[Rows]
    starts: list[int]
    dense: bool

    def steps(self, *, reverse: bool = False) -> Iterator[tuple[int, Rows, slice]]:
        """Yield `(step, rows, packed rows)` in the order of processing, or from its end."""
        sequence = range(self.time - 1, -1, -1) if reverse else range(self.time)
        for step in sequence:
            yield step, self.rows[step], slice(self.starts[step], self.starts[step + 1])

    def packed_rows(self) -> IntArray:
        """Return the internal row of every packed row, shape `(packed,)`."""
        every = np.arange(self.batch)
        return np.concatenate([every[:0], *(every[rows] for rows in self.rows)])

    def _positions(self) -> tuple[IntArray, IntArray]:
        rows = self.packed_rows()
        steps = np.repeat(np.arange(self.time), np.diff(self.starts))
        times = self.time - 1 - steps if self.backwards else steps
        return (rows if self.order is None else self.order[rows]), times

    def pack(self, x: Array) -> Array:
        """Gather the valid positions of `(batch, time, features)` into `(packed, features)`."""
        if self.dense:
            major = x.transpose(1, 0, 2)
            major = major[::-1] if self.backwards else major
            return np.ascontiguousarray(major).reshape(self.time * self.batch, x.shape[2])
        packed: Array = x[self._positions()]
        return packed

    def unpack(self, packed: Array) -> Array:
        """Scatter `(packed, features)` to `(batch, time, features)`, zeros elsewhere."""
        x = np.zeros((self.batch, self.time, packed.shape[1]), packed.dtype)
        x[self._positions()] = packed
        return x

    def enter(self, state: Array) -> Array:
        """Copy a caller's array into the internal order of rows (its last axis but one)."""
        copied: Array = state.copy() if self.order is None else state[..., self.order, :]
        return copied

    def leave(self, state: Array) -> Array:
        """Give an internal array `(..., batch, units)` back in the caller's order of rows."""
        if self.order is None:
            return state
        inverse = np.empty_like(self.order)
        inverse[self.order] = np.arange(self.batch)
        restored: Array = state[..., inverse, :]
        return restored


def plan(
    batch: int,
    time: int,
    mask: BoolArray | None,
    lengths: npt.ArrayLike | None,
    *,
    backwards: bool,
) -> Schedule:
    """Plan the computation of a batch.

    Args:
        batch: Rows of the batch.
        time: Time steps.
        mask: Valid positions, boolean, shape `(batch, time)`; None: all.
        lengths: Valid steps from the start of each row, integers, shape `(batch,)`; None: all.
        backwards: Whether time runs from the last step to the first.

    Returns:
        The schedule.

    Raises:
        ShapeError: If `mask` or `lengths` have another shape or dtype, or a length is outside
            `0 .. time`.
        UsageError: If both `mask` and `lengths` are given.
    """
    mask, counts = check_padding(batch, time, mask, lengths)
    if counts is not None:
        return _by_length(counts, batch, time, backwards)
    if mask is None or np.all(mask):
        return _dense(batch, time, backwards)
    counts = mask.sum(axis=1)
    if not np.array_equal(mask, np.arange(time) < counts[:, None]):
        return _scattered(mask, backwards)
    return _by_length(counts, batch, time, backwards)


def check_padding(
    batch: int, time: int, mask: BoolArray | None, lengths: npt.ArrayLike | None
) -> tuple[BoolArray | None, IntArray | None]:
    """Return the mask and the lengths as arrays, at most one of them.

    Raises:
        ShapeError: If shape or dtype are wrong, or a length is outside `0 .. time`.
        UsageError: If both are given.
    """
    if mask is not None and lengths is not None:
        message = "mask and lengths were both given; give the one that describes the padding"
        raise UsageError(message)
    checked = None if mask is None else _check_mask(mask, batch, time)
    return checked, None if lengths is None else _check_lengths(np.asarray(lengths), batch, time)


def _check_mask(mask: BoolArray, batch: int, time: int) -> BoolArray:
    if mask.dtype != np.bool_ or mask.shape != (batch, time):
        raise ShapeError(
            f"mask is {mask.dtype} of shape {mask.shape}, expected bool of shape "
            f"{(batch, time)}: True where a step of a row is valid"
        )
    return mask


def _check_lengths(lengths: npt.NDArray[Any], batch: int, time: int) -> IntArray:
    if lengths.shape != (batch,) or not (lengths.dtype.kind in "iu" or batch == 0):
        raise ShapeError(
            f"lengths are {lengths.dtype} of shape {lengths.shape}, expected integers of shape "
            f"{(batch,)}: the number of valid steps of each row"
        )
    if batch and (lengths.min() < 0 or lengths.max() > time):
        raise ShapeError(
            f"lengths run from {lengths.min()} to {lengths.max()}, expected 0 to {time}, "
            "the time steps of x"
        )
    return lengths.astype(np.intp)


def _dense(batch: int, time: int, backwards: bool) -> Schedule:
    rows: list[Rows] = [slice(0, batch)] * time
    return Schedule(batch, time, backwards, None, rows, [batch * t for t in range(time + 1)], True)


def _by_length(lengths: IntArray, batch: int, time: int, backwards: bool) -> Schedule:
    order = np.argsort(-lengths, kind="stable")
    times = np.arange(time)
    alive = np.searchsorted(np.sort(lengths), times, side="right")
    counts = batch - (alive[::-1] if backwards else alive)
    rows: list[Rows] = [slice(0, int(n)) for n in counts]
    return Schedule(batch, time, backwards, order, rows, _starts(counts), False)


def _scattered(mask: BoolArray, backwards: bool) -> Schedule:
    batch, time = mask.shape
    major = mask.T[::-1] if backwards else mask.T
    rows: list[Rows] = [np.flatnonzero(valid) for valid in major]
    return Schedule(batch, time, backwards, None, rows, _starts(major.sum(axis=1)), False)


def _starts(counts: IntArray) -> list[int]:
    return [0, *(int(n) for n in np.cumsum(counts))]
