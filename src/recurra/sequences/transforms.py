"""Transforms of targets, and which values they can take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences.series import SeriesTable

__all__ = ["TRANSFORMS", "check_transform", "transform_targets"]

TRANSFORMS = ("none", "log1p")
_CHUNK_ROWS = 1 << 20


def transform_targets(targets: NDArray[Any], transform: str) -> NDArray[Any]:
    """Apply a transform; NaN stays.

    Raises:
        DataError: If a value is outside its domain.
    """
    if transform == "none":
        return targets
    if (targets <= -1).any():
        raise _domain_error(float(np.nanmin(targets)), "came")
    changed: NDArray[Any] = np.log1p(targets)
    return changed


def check_transform(table: SeriesTable, transform: str) -> None:
    """Refuse targets that a transform cannot take.

    Args:
        table: The series; read in parts.
        transform: A name of `TRANSFORMS`.

    Raises:
        DataError: If there are any; names the first and its time.
    """
    if transform == "none":
        return
    for start in range(0, len(table.values), _CHUNK_ROWS):
        rows = table.values[start : start + _CHUNK_ROWS, : table.targets]
        wrong = rows <= -1
        if wrong.any():
            row, column = (int(place) for place in np.argwhere(wrong)[0])
            where = f"is the {table.columns[column]!r} at {table.place(start + row)}"
            raise _domain_error(float(rows[row, column]), where)


def _domain_error(value: float, where: str) -> DataError:
    return DataError(
        f"transform='log1p' needs targets above -1, {value:g} {where}; leave the transform out"
    )
