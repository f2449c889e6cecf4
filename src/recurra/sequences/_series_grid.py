"""The regular grid on which rows lie: from their times to a clock and ticks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences import series_checks
from recurra.sequences._frequencies import DateTimes, Frequency, Int64Array, parse_frequency
from recurra.sequences._frequency_inference import anchor_for, infer_frequency
from recurra.sequences._series_groups import Groups
from recurra.sequences._series_roles import Roles
from recurra.sequences._series_rows import SeriesRows, row_error
from recurra.sequences._series_times import TimeColumn
from recurra.sequences._zones import to_local, to_utc
from recurra.sequences.clocks import Clock

__all__ = ["Grid", "clock_of", "localize", "place"]

_MOST_STEPS_A_ROW = 20  # with a given frequency; a mistyped one would fill the memory


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows placed on a regular grid."""

    clock: Clock
    ticks: Int64Array


def localize(rows: SeriesRows, times: TimeColumn, groups: Groups) -> TimeColumn:
    """Read wall-clock times of a zone as UTC; of an hour that comes twice, the later row is second.

    Raises:
        RowError: If clocks jump over a time.
    """
    if times.integer or times.aware or times.zone is None:
        return times
    local = times.stamps.astype("datetime64[us]")
    first = np.array(to_utc(local, times.zone))
    second = to_utc(local, times.zone, np.ones(len(local), bool))
    lost = np.isnat(first)
    if lost.any():
        problem = f"clocks in {times.zone} jump over this time; is the time zone right?"
        raise row_error(rows, int(np.argmax(lost)), problem)
    twice = np.flatnonzero(first != second)
    if twice.size:
        repeated = groups.repeats(twice, times.stamps)
        first[twice[repeated]] = second[twice[repeated]]
    rows.when = times.text
    return TimeColumn(first.astype(np.int64), False, True, times.zone, False, times.column)


def place(rows: SeriesRows, times: TimeColumn, groups: Groups, roles: Roles) -> Grid:
    """Check the times, find their grid, and return the tick of every row."""
    within = groups.within
    series_checks.check_order(rows, times, groups)
    stamps = groups.take(times.stamps)
    clock = roles.clock or _clock(rows, times, stamps, within, roles)
    _check_kind(rows, times, clock)
    located: Any = stamps if times.integer else stamps.astype("datetime64[us]")
    ticks, exact = clock.locate(located)
    if not exact.all():
        off = ~exact
        raise series_checks.off_grid_error(rows, groups, off, clock.frequency)
    spans = ticks[groups.offsets[1:] - 1] - ticks[groups.offsets[:-1]] + 1
    missing = int(spans.sum()) - len(ticks)
    given = roles.frequency is not None or roles.clock is not None
    if missing > len(ticks) * (_MOST_STEPS_A_ROW if given else 1):
        raise series_checks.irregular_error(rows, times, groups, missing, clock.frequency)
    return Grid(clock, ticks)


def clock_of(rows: SeriesRows, times: TimeColumn, roles: Roles) -> tuple[Clock, Int64Array]:
    """Find the grid of the times of one series, and their ticks."""
    bounds = np.asarray([0, len(times.stamps)], np.int64)
    groups = Groups(("",), None, bounds, bounds[1:])
    grid = place(rows, localize(rows, times, groups), groups, roles)
    return grid.clock, grid.ticks


def _clock(
    rows: SeriesRows,
    times: TimeColumn,
    stamps: Int64Array,
    within: NDArray[np.bool_],
    roles: Roles,
) -> Clock:
    local: DateTimes | None = None
    if not times.integer:
        local = to_local(stamps.astype("datetime64[us]"), times.zone)
    step = _step(rows, times, roles.frequency) or infer_frequency(stamps, local, within)
    if step is None:
        raise UsageError(
            f"{rows.name} has one row a series: the frequency cannot be told from the times; say it"
        )
    if local is None:
        anchor = "0" if times.column is None else str(int(stamps.min()))
        return Clock("integer", str(step), anchor, column=times.column)
    first = anchor_for(step, local)
    return Clock(
        "datetime",
        str(step),
        _anchor_text(first, stamps, times, step),
        times.zone,
        times.date_only and not step.real_time,
        times.column,
    )


def _step(rows: SeriesRows, times: TimeColumn, frequency: str | None) -> Frequency | None:
    if frequency is None:
        return Frequency(1, "") if times.column is None else None
    step = parse_frequency(frequency)
    if times.integer and times.column is not None and step.unit and str(step) != "1y":
        raise UsageError(
            f"the times of {rows.name} are whole numbers, such as {times.text(0)}: the frequency "
            f"{frequency!r} must be a whole number; if they are dates, name their format "
            "(time_format, such as '%Y%m%d')"
        )
    if not times.integer and not step.unit:
        raise UsageError(f"the times of {rows.name} are dates: write the frequency with its unit")
    return step


def _anchor_text(
    first: np.datetime64, stamps: Int64Array, times: TimeColumn, step: Frequency
) -> str:
    if times.date_only and not step.real_time:
        return str(first.astype("datetime64[D]"))
    if times.zone is None:
        return str(first.astype(dt.datetime).isoformat())
    utc = np.datetime64(int(stamps.min()), "us")
    if not step.real_time:
        utc = to_utc(np.asarray([first]), times.zone)[0]
    moment = utc.astype(dt.datetime).replace(tzinfo=dt.UTC).astimezone(ZoneInfo(times.zone))
    return str(moment.isoformat())


def _check_kind(rows: SeriesRows, times: TimeColumn, clock: Clock) -> None:
    kind = "integer" if times.integer else "datetime"
    if clock.kind != kind or (clock.time_zone is None) != (times.zone is None):
        expected = "whole numbers" if clock.kind == "integer" else "dates"
        zone = f" in {clock.time_zone}" if clock.time_zone else ""
        raise UsageError(
            f"the times of {rows.name}, such as {times.text(0)}, do not fit the times that were "
            f"trained on: {expected}{zone}, such as {clock.anchor}"
        )
