"""Tables in columns, as backtests and searches for anomalies return them, read for pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.report.numbers import shorten

__all__ = ["Columns", "at", "by_value", "label", "numbers", "time_column"]

Columns: TypeAlias = Mapping[str, Sequence[Any]]


def by_value(values: Sequence[Any]) -> list[tuple[str, NDArray[np.int64]]]:
    """Return the different values in order, each with its rows."""
    names = np.asarray([str(value) for value in values])
    return [(str(name), np.flatnonzero(names == name)) for name in dict.fromkeys(names.tolist())]


def time_column(columns: Columns, beside: str, offset: int) -> str:
    """Return the name of the column at some distance from another."""
    names = list(columns)
    return names[names.index(beside) + offset]


def at(columns: Columns, name: str, rows: NDArray[np.int64]) -> list[Any]:
    """Return some rows of a column."""
    values = columns[name]
    return [values[row] for row in rows.tolist()]


def numbers(columns: Columns, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return some rows of a column of numbers, NaN for `None`."""
    values = [np.nan if value is None else value for value in at(columns, name, rows)]
    return np.asarray(values, dtype=np.float64)


def label(series: str, target: str) -> str:
    """Name a panel."""
    return shorten(f"{series}, {target}" if series else target, 60)
