"""Windows over time series: counted, never listed; their values are read when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import ShapeError, UsageError

__all__ = ["Windows", "read_windows"]

_POOL = 1 << 16


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of some series whose origins lie in a range.

    The origin of a window is the number of rows of its series that are known: a window with origin
    `p` reads the rows before `p` and forecasts `p`, `p + 1`, ... Windows are counted, never
    listed, so a hundred million cost nothing.

    Attributes:
        first: First origin of each series, int64, shape `(series,)`.
        counts: Windows of each series, int64, shape `(series,)`.
        stride: Steps from one origin to the next.
    """

    first: NDArray[np.int64]
    counts: NDArray[np.int64]
    stride: int = 1

    @classmethod
    def between(cls, first: ArrayLike, last: ArrayLike, stride: int = 1) -> Windows:
        """Describe the windows with origins from `first` to `last`, both included.

        Args:
            first: First origin of each series, shape `(series,)`.
            last: Last possible origin of each series; before `first` where there is none.
            stride: Steps from one origin to the next.

        Raises:
            UsageError: If `stride` is less than 1.
            ShapeError: If `first` and `last` are of different shapes.
        """
        if stride < 1:
            raise UsageError(f"stride must be 1 or more, not {stride}")
        start = np.atleast_1d(np.asarray(first, dtype=np.int64))
        end = np.atleast_1d(np.asarray(last, dtype=np.int64))
        if start.shape != end.shape or start.ndim != 1:
            raise ShapeError(f"first and last must be alike, not {start.shape} and {end.shape}")
        counts = np.maximum((end - start) // stride + 1, 0)
        return cls(start, counts, stride)

    def __len__(self) -> int:
        return int(self.counts.sum())

    def locate(self, numbers: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the series and the origin of windows.

        Args:
            numbers: Numbers of windows, from 0, shape `(batch,)`.

        Returns:
            Series and origins, int64, shape `(batch,)` each.

        Raises:
            ShapeError: If there is no such window.
        """
        wanted = np.asarray(numbers, dtype=np.int64)
        ends = np.cumsum(self.counts)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= ends[-1]):
            raise ShapeError(f"there are {len(self)} windows, number {wanted.max()} was asked for")
        series = np.searchsorted(ends, wanted, side="right")
        within = wanted - (ends[series] - self.counts[series])
        return series, self.first[series] + within * self.stride

    def batches(self, size: int) -> Iterator[NDArray[np.int64]]:
        """Yield the numbers of all windows in order, at most `size` at a time."""
        for start in range(0, len(self), size):
            yield np.arange(start, min(start + size, len(self)))

    def shuffled(self, generator: np.random.Generator, most: int) -> NDArray[np.int64]:
        """Return the numbers of windows for one epoch, in random order.

        All of them where there are at most `most`; otherwise `most` different ones.
        """
        if len(self) <= most:
            return generator.permutation(len(self))
        drawn = np.unique(generator.integers(0, len(self), most + most // 8 + _POOL))
        return generator.permutation(drawn)[:most]


def read_windows(
    values: NDArray[Any],
    offsets: NDArray[np.int64],
    series: NDArray[np.int64],
    origins: NDArray[np.int64],
    before: int,
    after: int,
) -> NDArray[Any]:
    """Read the rows around some origins.

    Args:
        values: Rows of all series, one series after the other, shape `(rows, columns)`; may be
            mapped from a file.
        offsets: Where each series begins, shape `(series + 1,)`.
        series: Series of each window, shape `(batch,)`.
        origins: Origin of each window, shape `(batch,)`.
        before: Rows to read before the origin.
        after: Rows to read from the origin on.

    Returns:
        Shape `(batch, before + after, columns)`, dtype of `values`; NaN where a series has no row.
    """
    steps = np.arange(-before, after)
    within = origins[:, None] + steps
    begin, end = offsets[series][:, None], offsets[series + 1][:, None]
    rows = begin + within
    outside = (within < 0) | (rows >= end)
    if not outside.any():
        return values[rows]
    found = values[np.where(outside, begin.clip(max=len(values) - 1), rows)]
    found[outside] = np.nan
    return found
