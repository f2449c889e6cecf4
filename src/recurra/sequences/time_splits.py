"""Splits by time: training rows first, then validation, then test, in every series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError
from recurra.sequences.windows import Windows

__all__ = ["TimeSplit", "split_by_time"]

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TimeSplit:
    """How many rows of each series belong to which part.

    Attributes:
        train: Rows that anything may be fitted on, shape `(series,)`; 0 for series too short.
        seen: Rows up to the end of the validation part.
        end: Rows up to the end of the test part.
    """

    train: Rows
    seen: Rows
    end: Rows

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which series are long enough to train on."""
        return self.train > 0

    def train_windows(self, lookback: int, horizon: int) -> Windows:
        """Return the windows whose inputs and targets lie in the training rows.

        A series shorter than the look-back begins with shorter histories, at least as long as half
        of its training rows before the horizon.
        """
        last = self.train - horizon
        first = np.minimum(lookback, np.maximum(last // 2, 1))
        return Windows.between(np.where(self.usable, first, 1), np.where(self.usable, last, 0))

    def validation_windows(self, horizon: int, most: int) -> Windows:
        """Return the windows whose targets lie in the validation rows; about `most` at most."""
        return _between(self.train, self.seen - horizon, self.usable, most)

    def test_windows(self, horizon: int) -> Windows:
        """Return the windows whose targets lie in the test rows."""
        return _between(self.seen, self.end - horizon, self.usable)


def split_by_time(
    rows: ArrayLike, horizon: int, validation: float | int, test: float | int
) -> TimeSplit:
    """Split each series: the last rows test, those before validate, the first ones train.

    A share is at least one horizon. Series that are too short for a test part have none; series
    too short for a validation window and a training window are not used.

    Args:
        rows: Observed rows of each series, shape `(series,)`.
        horizon: Steps of a forecast.
        validation: Share of the rows, or number of rows.
        test: Share of the rows, or number of rows; 0 for none.

    Raises:
        DataError: If no series is long enough.
    """
    lengths = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    held_out = _part(lengths, test, horizon)
    checked = _part(lengths, validation, horizon)
    smallest = horizon + 1  # a training window reads one row at least
    if isinstance(test, float):
        held_out = np.where(lengths - held_out - checked >= smallest, held_out, 0)
    train = lengths - held_out - checked
    usable = (train >= smallest) & (checked >= horizon)
    if not usable.any():
        raise DataError(
            f"the longest series has {lengths.max(initial=0)} observed rows; a horizon of "
            f"{horizon} with {_words(validation)} for validation and {_words(test)} for testing "
            f"needs at least {_needed(horizon, validation, test)}: give a shorter horizon or "
            "smaller parts"
        )
    return TimeSplit(np.where(usable, train, 0), lengths - held_out, lengths)


def _part(lengths: Rows, size: float | int, horizon: int) -> Rows:
    if isinstance(size, int):
        return np.full_like(lengths, size)
    if size == 0:
        return np.zeros_like(lengths)
    result: Rows = np.maximum(np.rint(size * lengths).astype(np.int64), horizon)
    return result


def _between(first: Rows, last: Rows, usable: NDArray[np.bool_], most: int = 0) -> Windows:
    windows = Windows.between(np.where(usable, first, 1), np.where(usable, last, 0))
    if not most or len(windows) <= most:
        return windows
    return Windows.between(
        np.where(usable, first, 1), np.where(usable, last, 0), -(-len(windows) // most)
    )


def _words(size: float | int) -> str:
    return f"{size} rows" if isinstance(size, int) else f"{size:.0%} of the rows"


def _needed(horizon: int, validation: float | int, test: float | int) -> int:
    """Return the fewest rows that a series needs."""
    fixed = validation if isinstance(validation, int) else horizon
    return horizon + 1 + max(fixed, horizon) + (test if isinstance(test, int) else 0)
