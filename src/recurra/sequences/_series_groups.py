"""Which rows belong to which series."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences._frequencies import Int64Array
from recurra.sequences._series_columns import read_numbers
from recurra.sequences._series_rows import SeriesRows, row_error

__all__ = ["Groups", "read_groups", "read_static"]


@dataclasses.dataclass(frozen=True, eq=False)
class Groups:
    """Rows by series, in the order in which the series first come.

    Attributes:
        ids: One id a series.
        order: Row of the source at each position; `None` when position and row are the same.
        offsets: Positions of series `s` are `offsets[s]:offsets[s + 1]`.
        ends: Where the observed part of each series ends; as `offsets[1:]` at first.
    """

    ids: tuple[str, ...]
    order: Int64Array | None
    offsets: Int64Array
    ends: Int64Array

    @property
    def lengths(self) -> Int64Array:
        """Rows of each series."""
        return np.diff(self.offsets)

    @property
    def within(self) -> NDArray[np.bool_]:
        """Which neighbouring positions are of the same series, shape `(rows - 1,)`."""
        within = np.ones(max(int(self.offsets[-1]) - 1, 0), bool)
        within[self.offsets[1:-1] - 1] = False
        return within

    def row(self, position: int) -> int:
        """Return the row of the source at a position."""
        return position if self.order is None else int(self.order[position])

    def take(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of rows by position."""
        return values[: self.offsets[-1]] if self.order is None else values[self.order]

    def positions(self) -> Int64Array:
        """Count the rows within each series from 0; in the order of the source."""
        counted = np.arange(self.offsets[-1]) - np.repeat(self.offsets[:-1], self.lengths)
        if self.order is None:
            return counted
        back = np.empty_like(counted)
        back[self.order] = counted
        return back

    def repeats(self, rows: Int64Array, stamps: Int64Array) -> NDArray[np.bool_]:
        """Say which of some rows have a time that an earlier one of their series has.

        Args:
            rows: Rows of the source.
            stamps: Times of all rows of the source.
        """
        position = np.empty(int(self.offsets[-1]), np.int64)
        position[slice(None) if self.order is None else self.order] = np.arange(len(position))
        at = position[rows]
        series = np.searchsorted(self.offsets, at, side="right")
        sort = np.lexsort((at, stamps[rows], series))
        same = (np.diff(series[sort]) == 0) & (np.diff(stamps[rows][sort]) == 0)
        repeated = np.zeros(len(rows), bool)
        repeated[sort[1:][same]] = True
        return repeated

    def last_rows(self, holds: Callable[[Int64Array], Any]) -> Int64Array:
        """Return how many rows come before the last one for which something holds, or -1."""
        last = self.lengths - 1
        searched = np.arange(len(self.ids))
        while searched.size:
            searched = searched[~holds(self.offsets[searched] + last[searched])]
            last[searched] -= 1
            searched = searched[last[searched] >= 0]
        return last

    def cut(
        self, lengths: Int64Array, observed: Int64Array, values: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], Groups]:
        """Keep the first rows of each series.

        Args:
            lengths: Rows to keep of each series.
            observed: How many of them are observed.
            values: Values by position.
        """
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        groups = dataclasses.replace(self, offsets=offsets, ends=offsets[:-1] + observed)
        if offsets[-1] == self.offsets[-1]:
            return values, groups
        if len(lengths) == 1:
            order = None if self.order is None else self.order[: lengths[0]]
            return values[: lengths[0]], dataclasses.replace(groups, order=order)
        kept = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1] - offsets[:-1], lengths)
        order = kept if self.order is None else self.order[kept]
        return values[kept], dataclasses.replace(groups, order=order)

    def observed(self) -> NDArray[np.bool_]:
        """Say which positions are not the known future."""
        past_end = np.arange(self.offsets[-1]) >= np.repeat(self.ends, self.lengths)
        observed: NDArray[np.bool_] = ~past_end
        return observed


def read_groups(rows: SeriesRows, column: str | None, count: int) -> Groups:
    """Group rows by an id.

    Args:
        rows: The file or frame.
        column: Name of the column of ids; `None` for a single series.
        count: Number of rows.

    Raises:
        RowError: If an id is missing.
    """
    import polars as pl

    if column is None:
        bounds = np.asarray([0, count], np.int64)
        return Groups(("",), None, bounds, bounds[1:])
    key = rows.find(column)
    text = pl.col(key).cast(pl.String).str.strip_chars()
    missing = text.is_null() | (text == "")
    ids = rows.collect(rows.scan().select(pl.when(~missing).then(text).alias(key)))[key]
    if ids.null_count():
        problem = f"the series id (column {column!r}) is missing"
        raise row_error(rows, int(ids.is_null().arg_max() or 0), problem)
    names = ids.unique(maintain_order=True)
    codes = ids.cast(pl.Enum(names)).to_physical().to_numpy()
    counts = np.bincount(codes, minlength=len(names))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    order = None if (codes[1:] >= codes[:-1]).all() else np.argsort(codes, kind="stable")
    return Groups(tuple(names.to_list()), order, offsets, offsets[1:])


def read_static(
    rows: SeriesRows, groups: Groups, columns: Sequence[str], decimal: str
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Read the values that a series has once.

    Args:
        rows: The file or frame.
        groups: Which rows belong to which series.
        columns: Names of the columns.
        decimal: Sign before decimals.

    Returns:
        Names, `column=value` for categories, and values of shape `(series, names)`.

    Raises:
        RowError: If a value changes within a series.
        UsageError: If a series has no value.
    """
    if not columns:
        return (), np.empty((len(groups.ids), 0))
    keys = [rows.find(column) for column in columns]
    numbers = read_numbers(rows, keys, keys, decimal)
    static = np.empty((len(groups.ids), len(numbers.names)))
    for i, name in enumerate(numbers.names):
        static[:, i] = _constant(rows, groups, numbers.values[:, i], name.split("=")[0])
    return numbers.names, static


def _constant(rows: SeriesRows, groups: Groups, values: Any, name: str) -> NDArray[np.float64]:
    ordered = groups.take(values)
    constant = np.fmax.reduceat(ordered, groups.offsets[:-1])
    if np.isnan(constant).any():
        which = groups.ids[int(np.argmax(np.isnan(constant)))]
        raise UsageError(f"the static column {name!r} of {rows.name} has no value for {which!r}")
    differs = ordered != np.repeat(constant, groups.lengths)
    differs &= ~np.isnan(ordered)
    if differs.any():
        problem = (
            f"the static column {name!r} changes within its series; if it changes with time, it "
            "is a past or a known covariate"
        )
        raise row_error(rows, groups.row(int(np.argmax(differs))), problem)
    return np.asarray(constant, np.float64)
