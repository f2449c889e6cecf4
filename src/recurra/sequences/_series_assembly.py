"""From rows of a file or frame to a table of regular series."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import SourceError, UsageError
from recurra.sequences import series_checks
from recurra.sequences._frequencies import DateTimes, Frequency, Int64Array, parse_frequency
from recurra.sequences._frequency_inference import anchor_for, infer_frequency
from recurra.sequences._series_columns import read_numbers
from recurra.sequences._series_groups import Groups, read_groups, read_static
from recurra.sequences._series_rows import SeriesRows, row_error
from recurra.sequences._series_times import TimeColumn, read_times
from recurra.sequences._zones import to_local, to_utc
from recurra.sequences.clocks import Clock
from recurra.sequences.series import SeriesTable

__all__ = ["Roles", "assemble", "clock_of"]

_MOST_STEPS_A_ROW = 20  # with a given frequency; a mistyped one would fill the memory


@dataclass(frozen=True)
class Roles:
    """Which columns are what, by name, and how to read them.

    Attributes:
        time: The time column, or those that make it up; none for rows in order.
        target: Columns to forecast.
        series_id: Column that tells series apart.
        known: Covariates known in the future too.
        past: Covariates known up to the origin.
        static: Values that a series has once.
        frequency: A step of the grid; told from the times by default.
        missing: `"error"` refuses missing values.
        time_zone: Zone of times without an offset.
        time_format: How times are written, in strptime codes.
        decimal: Sign before decimals.
        clock: The grid to use, instead of one told from the times.
    """

    time: tuple[str, ...]
    target: tuple[str, ...]
    series_id: str | None = None
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    frequency: str | None = None
    missing: str = "error"
    time_zone: str | None = None
    time_format: str | None = None
    decimal: str = "."
    clock: Clock | None = None


@dataclass(frozen=True, eq=False)
class _Grid:
    """Rows placed on a regular grid."""

    clock: Clock
    ticks: Int64Array


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
        raise SourceError(f"{rows.name} has columns ({', '.join(rows.columns)}) and no rows")
    rows.when = times.text if times.column is not None else None
    groups = read_groups(rows, roles.series_id, len(times.stamps))
    times = _localize(rows, times, groups)
    wanted = [key for keys in values_of.values() for key in keys]
    numbers = read_numbers(rows, wanted, values_of["past"] + values_of["known"], roles.decimal)
    counts = [sum(s in values_of[role] for s in numbers.sources) for role in _VALUE_ROLES]
    if times.column is None and roles.series_id is not None:
        times = TimeColumn(groups.positions())
    static_names, static = read_static(rows, groups, roles.static, roles.decimal)
    values, groups = _trim(numbers.values, groups, rows, counts)
    grid = _place(rows, times, groups, roles)
    if roles.missing == "error":
        _refuse_missing(rows, values, groups, grid, times, counts, numbers.names)
    starts = grid.ticks[groups.offsets[:-1]]
    values, offsets = _fill(values, groups, grid)
    return SeriesTable(
        name=name,
        source=rows.name,
        sha256=rows.sha256(),
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


def _localize(rows: SeriesRows, times: TimeColumn, groups: Groups) -> TimeColumn:
    """Read wall-clock times of a zone as UTC; of an hour that comes twice, the later row is second.

    Raises:
        RowError: If clocks jump over a time.
    """
    if times.integer or times.aware or times.zone is None:
        return times
    local = times.stamps.astype("datetime64[us]")
    first, second = to_utc(local, times.zone), to_utc(local, times.zone, np.ones(len(local), bool))
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


def _trim(
    values: NDArray[np.float64], groups: Groups, rows: SeriesRows, counts: Sequence[int]
) -> tuple[NDArray[np.float64], Groups]:
    """Drop rows after the last observed target, unless known covariates are there.

    Raises:
        DataError: If a series has no observed target at all.
    """
    values = values if groups.order is None else values[groups.order]
    targets, known = counts[0], counts[2]
    last = groups.last_rows(lambda at: np.isfinite(values[at, :targets]).any(axis=1))
    if (last < 0).any():
        which = groups.ids[int(np.argmax(last < 0))]
        series = f"the series {which!r} of {rows.name}" if which else rows.name
        raise SourceError(f"{series} has no observed value of a target")
    if known:
        future = groups.last_rows(lambda at: np.isfinite(values[at, -known:]).all(axis=1))
        return groups.cut(np.maximum(last, future) + 1, last + 1, values)
    return groups.cut(last + 1, last + 1, values)


def _place(rows: SeriesRows, times: TimeColumn, groups: Groups, roles: Roles) -> _Grid:
    """Check the times, find their grid, and return the tick of every row."""
    within = groups.within
    series_checks.check_order(rows, times, groups.order, within)
    stamps = times.stamps if groups.order is None else times.stamps[groups.order]
    clock = roles.clock or _clock(rows, times, stamps, within, roles)
    _check_kind(rows, times, clock)
    located: Any = stamps if times.integer else stamps.astype("datetime64[us]")
    ticks, exact = clock.locate(located)
    if not exact.all():
        off = ~exact
        raise series_checks.off_grid_error(rows, times, groups.order, off, clock.frequency)
    spans = ticks[groups.offsets[1:] - 1] - ticks[groups.offsets[:-1]] + 1
    missing = int(spans.sum()) - len(ticks)
    given = roles.frequency is not None or roles.clock is not None
    if missing > len(ticks) * (_MOST_STEPS_A_ROW if given else 1):
        raise series_checks.irregular_error(
            rows, times, groups.order, within, missing, clock.frequency
        )
    return _Grid(clock, ticks)


def clock_of(rows: SeriesRows, times: TimeColumn, roles: Roles) -> tuple[Clock, Int64Array]:
    """Find the grid of the times of one series, and their ticks."""
    bounds = np.asarray([0, len(times.stamps)], np.int64)
    groups = Groups(("",), None, bounds, bounds[1:])
    grid = _place(rows, _localize(rows, times, groups), groups, roles)
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
    import datetime as dt
    from zoneinfo import ZoneInfo

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


def _refuse_missing(
    rows: SeriesRows,
    values: NDArray[np.float64],
    groups: Groups,
    grid: _Grid,
    times: TimeColumn,
    counts: Sequence[int],
    names: Sequence[str],
) -> None:
    empty = series_checks.missing_rows(values, groups.observed(), counts[0], counts[1])
    steps = np.diff(grid.ticks)
    gaps = np.flatnonzero(groups.within & (steps > 1))
    if not empty.any() and not gaps.size:
        return
    at = np.flatnonzero(empty)
    columns = [name for i, name in enumerate(names) if np.isnan(values[at, i]).any()]
    raise series_checks.missing_error(
        rows,
        [groups.row(i) for i in at[:3].tolist()],
        len(at),
        [(groups.row(i + 1), int(steps[i]) - 1) for i in gaps.tolist()],
        int((steps[gaps] - 1).sum()),
        times,
        columns,
    )


def _fill(
    values: NDArray[np.float64], groups: Groups, grid: _Grid
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
