"""What can be wrong with times and values of series, said with the row and the time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences._frequencies import MICROSECONDS, Int64Array
from recurra.sequences._frequency_inference import step_text
from recurra.sequences._series_groups import Groups
from recurra.sequences._series_rows import SeriesRows, row_error, stamp
from recurra.sequences._series_times import TimeColumn

__all__ = [
    "check_order",
    "irregular_error",
    "missing_error",
    "missing_rows",
    "off_grid_error",
]

_SHOWN = 3


def check_order(rows: SeriesRows, times: TimeColumn, groups: Groups) -> None:
    """Refuse times that repeat or run backwards within a series.

    Args:
        rows: Where they come from.
        times: The times.
        groups: Which rows belong to which series.

    Raises:
        RowError: If there are any; names the first, and counts them.
    """
    stamps, within = groups.take(times.stamps), groups.within
    gaps = np.diff(stamps)
    again, back = within & (gaps == 0), within & (gaps < 0)
    if back.any():
        first = int(np.argmax(back))
        above = times.text(groups.row(first))
        problem = (
            f"the time is before that of the row above it in its series ({above}); sort the rows "
            f"by time{_total(back)}"
        )
        raise row_error(rows, groups.row(first + 1), problem)
    if again.any():
        first = int(np.argmax(again))
        other = rows.place(groups.row(first)).removeprefix(f"{rows.name}, ")
        hint = _daylight_hint(times, stamps[1:][again]) or (
            "; keep one row a time and series, or name the column that tells the series apart"
        )
        problem = f"the time is there already ({other}){_total(again)}{hint}"
        raise row_error(rows, groups.row(first + 1), problem)


def off_grid_error(
    rows: SeriesRows, groups: Groups, off: NDArray[np.bool_], frequency: str
) -> DataError:
    """Build the error of times that a given frequency does not reach."""
    first = int(np.argmax(off))
    problem = f"the time is not on the grid of the frequency {frequency}{_total(off)}"
    return row_error(rows, groups.row(first), problem)


def irregular_error(
    rows: SeriesRows, times: TimeColumn, groups: Groups, missing: int, frequency: str
) -> DataError:
    """Build the error of times that leave most of the finest grid empty."""
    stamps, within = groups.take(times.stamps), groups.within
    gaps = np.diff(stamps)
    values, counts = np.unique(gaps[within], return_counts=True)
    common = np.argsort(-counts, kind="stable")[:_SHOWN]
    total = int(counts.sum())
    shares = ", ".join(
        f"{step_text(int(values[i]), times.integer)} ({100 * counts[i] / total:.0f} %)"
        for i in common
    )
    odd = int(np.argmax(within & (gaps != values[common[0]])))
    place = rows.place(groups.row(odd + 1))
    return DataError(
        f"the times of {rows.name} are irregular: on a grid of {frequency}, {missing} steps would "
        f"be missing and only {len(stamps)} are there. The commonest steps are {shares}; the first "
        f"other one ends at {place}{stamp(rows, groups.row(odd + 1))}. "
        "Resample to regular times, or leave the time column out to take the rows in order"
    )


def missing_rows(
    values: NDArray[np.float64], observed: NDArray[np.bool_], own: int
) -> tuple[NDArray[np.bool_], list[int]]:
    """Say where a value is missing that should be there.

    Args:
        values: Targets, past and known columns, shape `(rows, columns)`.
        observed: Rows that are not the known future, shape `(rows,)`.
        own: How many columns are targets or past covariates, which the future does not have.

    Returns:
        Which rows, shape `(rows,)`, and which columns.
    """
    missing, columns = np.zeros(len(values), bool), []
    for column in range(values.shape[1]):
        empty = np.isnan(values[:, column])
        if column < own:
            empty &= observed
        if empty.any():
            missing |= empty
            columns.append(column)
    return missing, columns


def missing_error(
    rows: SeriesRows,
    empty: Sequence[int],
    empty_count: int,
    gaps: Sequence[tuple[int, int]],
    gap_count: int,
    times: TimeColumn,
    columns: Sequence[str],
) -> DataError:
    """Build the error of missing values and missing times.

    Args:
        rows: Where the values come from.
        empty: First rows with a missing value.
        empty_count: How many there are.
        gaps: Rows after a gap, and how many steps are missing before them.
        gap_count: How many steps are missing in all.
        times: The times.
        columns: Columns with a missing value.
    """
    parts = []
    if empty_count:
        shown = ", ".join(_where(rows, row) for row in empty[:_SHOWN])
        more = ", ..." if empty_count > _SHOWN else ""
        named = ", ".join(map(repr, columns))
        count = f"{empty_count} row{'s' if empty_count > 1 else ''}"
        parts.append(f"{count} without a value in {named}: {shown}{more}")
    if gap_count:
        shown = ", ".join(f"{count} before {_where(rows, row)}" for row, count in gaps[:_SHOWN])
        hint = _daylight_hint(times, times.stamps[[row for row, _ in gaps]])
        more = ", ..." if len(gaps) > _SHOWN else ""
        count = f"{gap_count} step{'s are' if gap_count > 1 else ' is'}"
        parts.append(f"{count} missing: {shown}{more}{hint}")
    return DataError(
        f"{rows.name} has values missing. {'. '.join(parts)}. "
        "Fill them, or say what to do with them (missing=..., --missing): 'interpolate' inside "
        "each window, from what is known there, or 'mask', so that the network does not see them"
    )


def _where(rows: SeriesRows, row: int) -> str:
    """Say where a row is without the name of the file, which stands before."""
    return f"{rows.place(row).removeprefix(f'{rows.name}, ')}{stamp(rows, row)}"


def _total(wrong: NDArray[np.bool_]) -> str:
    count = int(wrong.sum())
    return f" ({count} such rows in all)" if count > 1 else ""


def _daylight_hint(times: TimeColumn, stamps: Int64Array) -> str:
    """Suggest a time zone when what is odd lies at night where and when clocks are changed."""
    if times.integer or times.aware or times.zone or times.date_only:
        return ""
    moments = stamps.astype("datetime64[us]")
    month = moments.astype("datetime64[M]").astype(np.int64) % 12 + 1
    hour = stamps // MICROSECONDS["h"] % 24
    sunday = (stamps // MICROSECONDS["d"] + 3) % 7 == 6  # 1970-01-01 was a Thursday
    if (sunday & (hour <= 3) & np.isin(month, (3, 4, 9, 10, 11))).all():
        return (
            "; this looks like the change of clocks: name the time zone of the times, such as "
            "time_zone 'Europe/Berlin'"
        )
    return ""
