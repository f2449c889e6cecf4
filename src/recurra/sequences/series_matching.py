"""New data with the columns that a model was trained on, categories included."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences.series import SeriesTable

__all__ = ["match_columns"]


def match_columns(table: SeriesTable, like: SeriesTable) -> SeriesTable:
    """Give a table the columns of another.

    A category that the new data do not have becomes a column of zeros; one that only the new data
    have counts as none of the known ones.

    Args:
        table: New data, read with the same roles.
        like: The data that were trained on, or a part of them.

    Returns:
        The table itself when nothing differs.

    Raises:
        DataError: If a column is missing, or texts have come where numbers were.
    """
    same = (table.columns, table.static_columns) == (like.columns, like.static_columns)
    if same and (table.targets, table.past) == (like.targets, like.past):
        return table
    roles = (
        (table.target_names, like.target_names),
        (table.past_names, like.past_names),
        (table.known_names, like.known_names),
    )
    parts, start = [], 0
    for names, wanted in roles:
        parts.append(_match(table.values[:, start : start + len(names)], names, wanted))
        start += len(names)
    return dataclasses.replace(
        table,
        columns=like.columns,
        values=np.concatenate(parts, axis=1),
        static_columns=like.static_columns,
        static=_match(table.static, table.static_columns, like.static_columns),
        targets=like.targets,
        past=like.past,
        known=like.known,
    )


def _match(values: NDArray[Any], names: Sequence[str], wanted: Sequence[str]) -> NDArray[Any]:
    result = np.empty((len(values), len(wanted)), values.dtype)
    for i, name in enumerate(wanted):
        if name in names:
            result[:, i] = values[:, list(names).index(name)]
            continue
        siblings = [j for j, other in enumerate(names) if _category(other) == _category(name)]
        if not (siblings and _category(name)):
            raise _mismatch(names, wanted)
        result[:, i] = np.where(np.isnan(values[:, siblings[0]]), np.nan, 0)
    known = {_category(name) for name in wanted} - {""}
    if any(name not in wanted and _category(name) not in known for name in names):
        raise _mismatch(names, wanted)
    return result


def _category(name: str) -> str:
    """Return the column that a column of zeros and ones was made from; empty for numbers."""
    before, sign, _ = name.partition("=")
    return before if sign else ""


def _mismatch(names: Sequence[str], wanted: Sequence[str]) -> DataError:
    return DataError(
        f"the data have the columns {', '.join(names) or 'none'}; the forecaster was trained on "
        f"{', '.join(wanted) or 'none'}"
    )
