"""Tables with one series a row: an id, then the values along the row, as in the M4 competition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.sequences._frequencies import Int64Array
from recurra.sequences._series_columns import read_grid
from recurra.sequences._series_grid import clock_of
from recurra.sequences._series_groups import read_groups
from recurra.sequences._series_roles import Roles
from recurra.sequences._series_rows import FrameRows, SeriesRows, key, row_error
from recurra.sequences._series_times import TimeColumn, read_times
from recurra.sequences._time_formats import guess_formats
from recurra.sequences.clocks import Clock
from recurra.sequences.series import SeriesTable, digest_values

__all__ = ["WIDE_TARGET", "read_wide"]

WIDE_TARGET = "value"
_SHOWN = 3


def read_wide(rows: SeriesRows, roles: Roles, name: str) -> SeriesTable:
    """Read one series a row.

    Args:
        rows: The first column holds the ids; the others the values in the order of time, empty
            after the end of a series. When the headings are dates, they are the times.
        roles: Only `frequency`, `missing`, `decimal` and the time settings count.
        name: Name of the table.

    Returns:
        The table, with the target `value`; series begin with their first value.

    Raises:
        RowError: If an id is missing or comes twice, or a value is no number.
        DataError: If values are missing within a series and `roles.missing` is `"error"`.
        UsageError: If the first column holds times, so that rows are steps rather than series.
    """
    ids = _ids(rows)
    grid = read_grid(rows, [key(i) for i in range(1, len(rows.columns))], roles.decimal)
    clock, ticks = _times(rows, roles)
    seen = ~np.isnan(grid)
    if not seen.any(axis=1).all():
        raise row_error(rows, int(np.argmin(seen.any(axis=1))), "the series has no values")
    first = np.argmax(seen, axis=1)
    last = grid.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)
    if roles.missing == "error":
        _refuse_missing(rows, seen, first, last, ticks)
    values, offsets = _join(grid, ticks, first, last)
    return SeriesTable(
        name=name,
        source=rows.name,
        sha256=rows.sha256() or digest_values(values),
        ids=ids,
        id_column=rows.columns[0] or key(0),
        offsets=offsets,
        starts=ticks[first],
        clock=clock,
        columns=(WIDE_TARGET,),
        values=values,
        static_columns=(),
        static=np.empty((len(ids), 0)),
        targets=1,
    )


def _ids(rows: SeriesRows) -> tuple[str, ...]:
    count = rows.count()
    groups = read_groups(rows, key(0), count)
    if guess_formats(groups.ids[0]):
        raise UsageError(
            f"the first column of {rows.name} holds times ({groups.ids[0]!r}), so rows are steps "
            f"in time: name the time column and the target; it has: {', '.join(rows.columns)}"
        )
    if len(groups.ids) < count:
        again = int(np.argmax(groups.lengths > 1))
        row = groups.row(int(groups.offsets[again]) + 1)
        problem = f"the series {groups.ids[again]!r} is there already; expected one series a row"
        raise row_error(rows, row, problem)
    return groups.ids


def _times(rows: SeriesRows, roles: Roles) -> tuple[Clock, Int64Array]:
    """Return the clock, and the tick of each column of values."""
    import polars as pl

    titles = rows.columns[1:]
    if not all(guess_formats(title) for title in titles):
        frequency = roles.frequency or "1"
        return Clock("integer", frequency), np.arange(len(titles), dtype=np.int64)
    headings = FrameRows(pl.DataFrame({key(0): titles}), ["heading"], f"the header of {rows.name}")
    times = read_times(headings, [key(0)], roles.time_zone, roles.time_format)
    times = TimeColumn(times.stamps, False, times.aware, times.zone, times.date_only, "time")
    return clock_of(headings, times, roles)


def _refuse_missing(
    rows: SeriesRows,
    seen: NDArray[np.bool_],
    first: NDArray[np.intp],
    last: NDArray[np.intp],
    ticks: Int64Array,
) -> None:
    place = np.arange(seen.shape[1])
    holes = ~seen & (place > first[:, None]) & (place < last[:, None])
    if not holes.any() and (np.diff(ticks) == 1).all():
        return
    shown = [
        f"{rows.place(row).removeprefix(f'{rows.name}, ')}, column {rows.columns[1 + column]!r}"
        for row, column in np.argwhere(holes)[:_SHOWN].tolist()
    ]
    raise DataError(
        f"{rows.name} has {int(holes.sum())} values missing within series: {', '.join(shown)}. "
        "Fill them, or say what to do with them: missing='interpolate' or 'mask' (--missing)"
    )


def _join(
    grid: NDArray[np.float64], ticks: Int64Array, first: NDArray[np.intp], last: NDArray[np.intp]
) -> tuple[NDArray[np.float64], Int64Array]:
    """Put the observed spans of all rows one after another."""
    lengths = ticks[last] - ticks[first] + 1
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    values = np.full((int(offsets[-1]), 1), np.nan)
    for row, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        places = offsets[row] + ticks[a : b + 1] - ticks[a]
        values[places, 0] = grid[row, a : b + 1]
    return values, offsets
