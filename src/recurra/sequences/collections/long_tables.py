"""Long tables: one row for each step, a column that says which sequence it belongs to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.sequences._series_columns import MISSING_TEXTS
from recurra.sequences._series_rows import FileRows, row_error
from recurra.sequences.collections.channels import read_channels
from recurra.sequences.collections.collection import SequenceCollection

__all__ = ["read_long_table"]


def read_long_table(
    path: Path,
    source: str,
    name: str,
    *,
    series_id: str,
    time: str | None = None,
    values: Sequence[str] = (),
    constant: Sequence[str] = (),
) -> SequenceCollection:
    """Read a table with a row for each step of each sequence.

    Columns that are neither the id, the time nor values are fields of the sequences where they do
    not change within any of them.

    Args:
        path: CSV, TSV, JSON lines (each also with `.gz`) or Parquet.
        source: The file as the user named it.
        name: Name of the collection.
        series_id: Column that names the sequence of a row.
        time: Column to sort each sequence by; the rows' own order without one.
        values: Columns of the channels; all other columns of numbers when there are none.
        constant: Columns that must be the same in all rows of a sequence: labels, numbers to
            learn, groups.

    Raises:
        DataError: If a time comes twice.
        RowError: If a value is no number, or a sequence has two labels or none; names the line.
        UsageError: If columns do not exist or have two parts to play, or no channel is left.
    """
    rows = FileRows(path, source)
    total = rows.count()
    of_id = rows.find(series_id)
    others = {rows.find(one) for one in (series_id, time, *constant) if one is not None}
    texts = {key: _texts(rows, key) for key in _keys(rows)}
    order, starts, ids = _sequences(rows, texts[of_id], total)
    if time is not None:
        order = _sorted_by_time(rows, rows.find(time), order, starts, ids)
    steady = {key: _steady(found[order], starts) for key, found in texts.items()}
    chosen = [rows.find(one) for one in values]
    _check_channels(rows, chosen, {rows.find(one) for one in (series_id, *constant)})
    if not chosen:
        chosen = _channels(rows, [key for key in texts if key not in others], texts, steady)
    numbers = read_channels(rows, chosen)[order]
    fields = {
        rows.title(key): tuple(texts[key][order][starts[:-1]].tolist())
        for key, same in steady.items()
        if same and key not in chosen
    }
    for column in constant:
        _check_constant(rows, texts[rows.find(column)], order, starts, ids, column)
    return SequenceCollection(
        name=name,
        source=source,
        values=tuple(numbers[a:b] for a, b in itertools.pairwise(starts)),
        channels=tuple(rows.title(key) for key in chosen),
        places=tuple(f"{source}, {series_id} {one}" for one in ids),
        fields=fields,
        digest=rows.sha256(),
    )


def _keys(rows: FileRows) -> list[str]:
    return [f"#{k}" for k in range(1, len(rows.columns) + 1)]


def _texts(rows: FileRows, key: str) -> NDArray[np.object_]:
    """Return a column as texts, empty where missing."""
    import polars as pl

    found = rows.collect(rows.scan().select(pl.col(key).cast(pl.String)))[key]
    return np.array([(text or "").strip() for text in found.to_list()], dtype=object)


def _sequences(
    rows: FileRows, ids: NDArray[np.object_], total: int
) -> tuple[NDArray[np.int64], list[int], list[str]]:
    """Return the rows sequence by sequence, where each begins, and their ids as they come."""
    missing = np.flatnonzero(ids == "")
    if len(missing):
        raise row_error(rows, int(missing[0]), "the sequence's id is missing")
    names, first, codes = np.unique(ids.astype(str), return_index=True, return_inverse=True)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(first)] = np.arange(len(names))
    order = np.argsort(rank[codes], kind="stable")
    counts = np.bincount(rank[codes], minlength=len(names))
    starts = [0, *np.cumsum(counts).tolist()]
    assert starts[-1] == total  # noqa: S101 - every row is in one sequence
    return order.astype(np.int64), starts, names[np.argsort(first)].tolist()


def _sorted_by_time(
    rows: FileRows,
    key: str,
    order: NDArray[np.int64],
    starts: list[int],
    ids: list[str],
) -> NDArray[np.int64]:
    """Sort the rows of each sequence by their time: numbers as numbers, the rest as texts."""
    stamps = _stamps(rows, key)
    found = order.copy()
    for name, a, b in zip(ids, starts, starts[1:], strict=False):
        part = order[a:b]
        inner = np.argsort(stamps[part], kind="stable")
        found[a:b] = part[inner]
        ordered = stamps[found[a:b]]
        twice = np.flatnonzero(ordered[1:] == ordered[:-1])
        if len(twice):
            raise DataError(
                f"{rows.place(int(found[a + twice[0] + 1]))}: the time "
                f"{ordered[twice[0]]} of the sequence {name} comes twice"
            )
    return found


def _stamps(rows: FileRows, key: str) -> NDArray[np.generic]:
    texts = _texts(rows, key)
    missing = np.flatnonzero(texts == "")
    if len(missing):
        raise row_error(rows, int(missing[0]), "the time is missing")
    try:
        return texts.astype(np.float64)
    except ValueError:
        return texts.astype(str)  # ISO dates and times sort as texts


def _steady(texts: NDArray[np.object_], starts: list[int]) -> bool:
    """Say whether a column is the same in all rows of each sequence."""
    return all((texts[a:b] == texts[a]).all() for a, b in itertools.pairwise(starts))


def _channels(
    rows: FileRows,
    candidates: list[str],
    texts: dict[str, NDArray[np.object_]],
    steady: dict[str, bool],
) -> list[str]:
    """Return the columns of numbers that change within a sequence."""
    chosen = [key for key in candidates if not steady[key] and _numeric(texts[key])]
    if not chosen:
        raise UsageError(
            f"cannot tell which columns of {rows.name} hold the values "
            f"({', '.join(rows.columns)}); name them: --values COL[,COL...]"
        )
    return chosen


def _numeric(texts: NDArray[np.object_]) -> bool:
    present = [text for text in texts if text.lower() not in MISSING_TEXTS]
    try:
        np.array(present, dtype=object).astype(np.float64)
    except ValueError:
        return False
    return bool(present)


def _check_channels(rows: FileRows, chosen: list[str], others: set[str]) -> None:
    """Refuse a channel that comes twice, or that would tell the network the label."""
    for place, one in enumerate(chosen):
        if one in others:
            raise UsageError(
                f"the column {rows.title(one)!r} of {rows.name} is named among the values and for "
                "another part; leave it out of the values"
            )
        if one in chosen[:place]:
            raise UsageError(f"the column {rows.title(one)!r} comes twice among the values")


def _check_constant(
    rows: FileRows,
    texts: NDArray[np.object_],
    order: NDArray[np.int64],
    starts: list[int],
    ids: list[str],
    column: str,
) -> None:
    """Refuse sequences without one value in a column that all their rows share."""
    for name, a, b in zip(ids, starts, starts[1:], strict=False):
        part = np.sort(order[a:b])
        found = texts[part]
        if not found[0] and not found.any():
            raise row_error(
                rows, int(part[0]), f"the sequence {name} has nothing in the column {column!r}"
            )
        other = np.flatnonzero(found != found[0])
        if len(other):
            raise row_error(
                rows,
                int(part[other[0]]),
                f"the sequence {name} has more than one value in the column {column!r}, "
                f"{_shown(found[0])} and {_shown(found[other[0]])}; expected one a sequence",
            )


def _shown(text: str) -> str:
    return f"{text!r:.40}" if text else "nothing"
