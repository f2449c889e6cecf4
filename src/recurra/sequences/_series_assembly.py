"""From rows of a file or frame to a table of regular series."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.errors import SourceError, UsageError
from recurra.sequences import series_checks
from recurra.sequences._frequencies import Int64Array
from recurra.sequences._series_columns import read_numbers
from recurra.sequences._series_grid import Grid, localize, place
from recurra.sequences._series_groups import Groups, read_groups, read_static
from recurra.sequences._series_roles import Roles
from recurra.sequences._series_rows import SeriesRows
from recurra.sequences._series_times import TimeColumn, read_times
from recurra.sequences.series import SeriesTable, digest_values

__all__ = ["assemble"]


def assemble(rows: SeriesRows, roles: Roles, name: str) -> SeriesTable:
    """Read rows as series.

    Args:
        rows: The file or frame.
        roles: Which columns are what.
        name: Name of the table.

    Returns:
        The table.

    Raises:
        DataError: If times or values cannot be used; names rows and times.
        UsageError: If columns do not exist or cannot be told.
    """
    roles = _resolve(rows, roles)
    time_keys = [rows.find(column) for column in roles.time]
    values_of = {role: [rows.find(c) for c in getattr(roles, role)] for role in _VALUE_ROLES}
    times = read_times(rows, time_keys, roles.time_zone, roles.time_format)
    if not len(times.stamps):
        rows.count()
    rows.when = times.text if times.column is not None else None
    groups = read_groups(rows, roles.series_id, len(times.stamps))
    times = localize(rows, times, groups)
    wanted = [key for keys in values_of.values() for key in keys]
    numbers = read_numbers(rows, wanted, values_of["past"] + values_of["known"], roles.decimal)
    counts = [sum(s in values_of[role] for s in numbers.sources) for role in _VALUE_ROLES]
    if times.column is None and roles.series_id is not None:
        times = TimeColumn(groups.positions(), integer=True)
    static_names, static = read_static(rows, groups, roles.static, roles.decimal)
    values, groups = _trim(numbers.values, groups, rows, counts)
    grid = place(rows, times, groups, roles)
    if roles.missing == "error":
        _refuse_missing(rows, values, groups, grid, times, counts, numbers.names)
    starts = grid.ticks[groups.offsets[:-1]]
    values, offsets = _fill(values, groups, grid)
    return SeriesTable(
        name=name,
        source=rows.name,
        sha256=rows.sha256() or digest_values(values),
        ids=groups.ids,
        id_column=roles.series_id,
        offsets=offsets,
        starts=starts,
        clock=grid.clock,
        columns=numbers.names,
        values=values,
        static_columns=static_names,
        static=static,
        targets=counts[0],
        past=counts[1],
        known=counts[2],
    )


_VALUE_ROLES = ("target", "past", "known")


def _resolve(rows: SeriesRows, roles: Roles) -> Roles:
    """Split names joined by commas, and refuse columns that have two roles.

    Raises:
        UnknownNameError: If a column does not exist.
        UsageError: If a column has two roles.
    """
    named = {role: _split(rows, getattr(roles, role)) for role in (*_VALUE_ROLES, "time", "static")}
    first: dict[str, str] = {}
    ids = () if roles.series_id is None else (roles.series_id,)
    for role, names in {**named, "series_id": ids}.items():
        for name in names:
            other = first.setdefault(rows.find(name), role)
            if other != role or names.count(name) > 1:
                raise UsageError(f"the column {name!r} is named twice: as {other} and as {role}")
    return dataclasses.replace(
        roles,
        time=named["time"],
        target=named["target"],
        past=named["past"],
        known=named["known"],
        static=named["static"],
    )


def _split(rows: SeriesRows, names: Sequence[str]) -> tuple[str, ...]:
    parts = ([name] if name in rows.columns else name.split(",") for name in names)
    return tuple(
        part if part in rows.columns else part.strip() for several in parts for part in several
    )


def _trim(
    values: NDArray[np.float64], groups: Groups, rows: SeriesRows, counts: Sequence[int]
) -> tuple[NDArray[np.float64], Groups]:
    """Drop rows after the last observed target, unless known covariates are there.

    Raises:
        DataError: If a series has no observed target at all.
    """
    values = groups.take(values)
    targets, known = counts[0], counts[2]
    last = groups.last_rows(lambda at: np.isfinite(values[at, :targets]).any(axis=1))
    if (last < 0).any():
        which = groups.ids[int(np.argmax(last < 0))]
        series = f"the series {which!r} of {rows.name}" if which else rows.name
        advice = "; leave its rows out" if which else ""
        raise SourceError(f"{series} has no observed value of a target{advice}")
    if known:
        future = groups.last_rows(lambda at: np.isfinite(values[at, -known:]).all(axis=1))
        return groups.cut(np.maximum(last, future) + 1, last + 1, values)
    return groups.cut(last + 1, last + 1, values)


def _refuse_missing(
    rows: SeriesRows,
    values: NDArray[np.float64],
    groups: Groups,
    grid: Grid,
    times: TimeColumn,
    counts: Sequence[int],
    names: Sequence[str],
) -> None:
    empty, columns = series_checks.missing_rows(values, groups.observed(), counts[0] + counts[1])
    steps = np.diff(grid.ticks)
    gaps = np.flatnonzero(groups.within & (steps > 1))
    if not empty.any() and not gaps.size:
        return
    at = np.flatnonzero(empty)
    raise series_checks.missing_error(
        rows,
        [groups.row(i) for i in at[:3].tolist()],
        len(at),
        [(groups.row(i + 1), int(steps[i]) - 1) for i in gaps.tolist()],
        int((steps[gaps] - 1).sum()),
        times,
        [names[column] for column in columns],
    )


def _fill(
    values: NDArray[np.float64], groups: Groups, grid: Grid
) -> tuple[NDArray[np.float64], Int64Array]:
    """Insert rows of NaN where ticks are missing."""
    first, last = grid.ticks[groups.offsets[:-1]], grid.ticks[groups.offsets[1:] - 1]
    spans = last - first + 1
    offsets = np.concatenate([[0], np.cumsum(spans)]).astype(np.int64)
    if offsets[-1] == len(values):
        return values, offsets
    filled = np.full((int(offsets[-1]), values.shape[1]), np.nan)
    shift = np.repeat(offsets[:-1] - first, groups.lengths)
    filled[grid.ticks + shift] = values
    return filled, offsets
