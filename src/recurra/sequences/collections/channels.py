"""Values of channels as float32, which networks read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences._series_columns import read_numbers
from recurra.sequences._series_rows import SeriesRows, row_error

__all__ = ["read_channels", "to_float32"]


def to_float32(values: Any) -> NDArray[np.float32]:
    """Return numbers as float32; those too large for it are infinite, for the caller to refuse."""
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype=np.float32)


def read_channels(rows: SeriesRows, columns: Sequence[str]) -> NDArray[np.float32]:
    """Read columns of a table, shape `(rows, columns)`, NaN where missing.

    Args:
        rows: The table.
        columns: Keys of the columns.

    Raises:
        RowError: If a value is no number, or too large; names the line.
    """
    numbers = to_float32(read_numbers(rows, columns, (), ".").values)
    large = np.argwhere(np.isinf(numbers))
    if len(large):
        row, column = large[0]
        title = rows.title(columns[int(column)])
        raise row_error(
            rows, int(row), f"the value in the column {title!r} is too large for float32"
        )
    return numbers
