"""What is refused before a forecaster is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, LeakageError
from recurra.sequences import SeriesTable, TimeSplit

__all__ = ["check_known", "check_observed"]

_SAME = 0.999999  # correlation at which a known column is the target itself
_CHECKED_ROWS = 100_000
_CHUNK_ROWS = 1 << 20


def check_known(table: SeriesTable, split: TimeSplit) -> None:
    """Refuse a known column that is a target under another name.

    Raises:
        LeakageError: If there is one.
    """
    series = int(np.argmax(split.train))
    begin = table.offsets[series]
    rows = table.values[begin : begin + min(int(split.train[series]), _CHECKED_ROWS)]
    for column in range(table.targets + table.past, len(table.columns)):
        for target in range(table.targets):
            if _correlation(rows[:, column], rows[:, target]) > _SAME:
                raise LeakageError(
                    f"the known column {table.columns[column]!r} is the target "
                    f"{table.columns[target]!r} under another name: its future values would be "
                    "the answer. Leave it out, or give it as a past column"
                )


def check_observed(table: SeriesTable) -> None:
    """Refuse a column without any value.

    Raises:
        DataError: If there is one.
    """
    empty = np.ones(len(table.columns), dtype=bool)
    for start in range(0, len(table.values), _CHUNK_ROWS):
        empty &= np.isnan(table.values[start : start + _CHUNK_ROWS]).all(axis=0)
        if not empty.any():
            return
    named = ", ".join(repr(table.columns[k]) for k in np.flatnonzero(empty))
    raise DataError(f"no row of {table.name} has a value in {named}; leave such columns out")


def _correlation(left: NDArray[Any], right: NDArray[Any]) -> float:
    both = np.isfinite(left) & np.isfinite(right)
    if both.sum() < 3:
        return 0.0
    a, b = left[both] - left[both].mean(), right[both] - right[both].mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return abs(float((a * b).sum())) / size if size > 0 else 0.0
