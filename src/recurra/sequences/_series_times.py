"""The time column of a table: whole numbers, dates or date-times, of any kind of column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences._series_columns import MISSING_TEXTS
from recurra.sequences._series_rows import SeriesRows, describe, row_error
from recurra.sequences._time_formats import TimeFormat, custom_format, guess_formats
from recurra.sequences._zones import check_zone

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TimeColumn", "read_times"]

_PARTS = ("year", "month", "day", "hour", "minute", "second")
_WHOLE = re.compile(r"[+-]?\d{1,18}")


@dataclass(frozen=True, eq=False)
class TimeColumn:
    """Times of rows.

    Attributes:
        stamps: Whole numbers, or microseconds since 1970: of UTC when `aware`, of the wall clock
            otherwise; int64, shape `(rows,)`.
        integer: Whether they are whole numbers.
        aware: Whether they are UTC.
        zone: Time zone of the times, or to read them in; `None` for times without one.
        date_only: Whether they are dates.
        column: Name of the column; `None` when the rows are taken in order.
    """

    stamps: NDArray[np.int64]
    integer: bool = False
    aware: bool = False
    zone: str | None = None
    date_only: bool = False
    column: str | None = None

    def text(self, row: int) -> str:
        """Write the time of a row as it came, in UTC when it had an offset."""
        value = int(self.stamps[row])
        if self.integer:
            return str(value)
        if self.date_only:
            return str(np.datetime64(value, "us").astype("datetime64[D]"))
        text = str(np.datetime64(value, "us")).replace("T", " ").removesuffix(".000000")
        return f"{text}+00:00" if self.aware else text


def read_times(
    rows: SeriesRows, columns: Sequence[str], zone: str | None, time_format: str | None
) -> TimeColumn:
    """Read the times of all rows.

    Args:
        rows: The file or frame.
        columns: Keys of the time column, or of several that make it up; none for rows in order.
        zone: Time zone of times without an offset, and of the result.
        time_format: How times are written, in strptime codes.

    Returns:
        The times.

    Raises:
        RowError: If a time is missing or cannot be read; names the line.
        UsageError: If the way of writing cannot be told, or the zone is not known.
    """
    import polars as pl

    zone = check_zone(zone) if zone else None
    frame = rows.scan()
    if not columns:
        return TimeColumn(np.arange(rows.count(), dtype=np.int64), integer=True)
    name = ",".join(rows.title(column) for column in columns)
    if len(columns) == 1:
        return _single(rows, frame, columns[0], zone, time_format)
    titles = [rows.title(column).lower() for column in columns]
    if set(titles) <= set(_PARTS):
        return _parts(rows, frame, dict(zip(titles, columns, strict=True)), zone, name)
    joined = pl.concat_str(pl.col(columns).cast(pl.String).str.strip_chars(), separator=" ")
    frame = frame.with_columns(joined.alias(columns[0]))
    return _texts(rows, frame, columns[0], zone, time_format, name)


def _single(
    rows: SeriesRows, frame: pl.LazyFrame, column: str, zone: str | None, time_format: str | None
) -> TimeColumn:
    import polars as pl

    kind, name = frame.collect_schema()[column], rows.title(column)
    if time_format is not None and kind.is_integer():
        frame, kind = frame.with_columns(pl.col(column).cast(pl.String)), pl.String()
    if kind == pl.String:
        return _texts(rows, frame, column, zone, time_format, name)
    if kind.is_integer():
        return TimeColumn(
            _stamps(rows, frame, column, pl.col(column), "a whole number"),
            integer=True,
            column=name,
        )
    if kind == pl.Date:
        stamps = _stamps(rows, frame, column, pl.col(column).cast(pl.Datetime("us")), "a date")
        return TimeColumn(stamps, date_only=True, column=name)
    if isinstance(kind, pl.Datetime):
        own = kind.time_zone
        utc = pl.col(column).dt.convert_time_zone("UTC") if own else pl.col(column)
        stamps = _stamps(rows, frame, column, utc.dt.cast_time_unit("us"), "a time")
        named = None if own is None else zone or (own if "/" in own else "UTC")
        return TimeColumn(stamps, aware=bool(own), zone=named or zone, column=name)
    raise UsageError(
        f"the time column {name!r} of {rows.name} is of type {kind}, expected dates, date-times, "
        "texts or whole numbers"
    )


def _stamps(
    rows: SeriesRows, frame: pl.LazyFrame, column: str, times: pl.Expr, expected: str
) -> NDArray[np.int64]:
    """Collect times as int64; the first row that has none is an error."""
    import polars as pl

    stamps = rows.collect(frame.select(times.cast(pl.Int64).alias("time")))["time"]
    if stamps.null_count():
        bad = stamps.is_null().arg_max()
        raise _unreadable(rows, frame, column, int(bad or 0), stamps.null_count(), expected)
    return stamps.to_numpy()


def _unreadable(
    rows: SeriesRows, frame: pl.LazyFrame, column: str, row: int, count: int, expected: str
) -> Exception:
    came = rows.collect(frame.select(column).slice(row, 1)).item()
    total = f" ({count} such rows in all)" if count > 1 else ""
    if came is None or (isinstance(came, str) and came.strip().lower() in MISSING_TEXTS):
        return row_error(rows, row, f"the time (column {rows.title(column)!r}) is missing{total}")
    return row_error(rows, row, f"the time {describe(came)} does not read as {expected}{total}")


def _texts(
    rows: SeriesRows,
    frame: pl.LazyFrame,
    column: str,
    zone: str | None,
    time_format: str | None,
    name: str,
) -> TimeColumn:
    import polars as pl

    text = pl.col(column).str.strip_chars()
    given = frame.select(text).filter(~text.str.to_lowercase().is_in(MISSING_TEXTS)).head(1)
    first = rows.collect(given)
    if not first.height:
        rows.count()
        raise UsageError(f"the time column {name!r} of {rows.name} has no times")
    sample = first.item()
    if time_format is None and _WHOLE.fullmatch(sample):
        whole = text.cast(pl.Int64, strict=False)
        stamps = _stamps(rows, frame, column, whole, f"a whole number, as {sample!r} does")
        return TimeColumn(stamps, integer=True, column=name)
    chosen = _choose(rows, frame, column, sample, time_format)
    parsed = _guarded(rows, chosen, column)
    stamps = _stamps(rows, frame, column, parsed, f"a time, as {sample!r} does")
    own = (zone or "UTC") if chosen.aware else zone
    return TimeColumn(
        stamps,
        aware=chosen.aware,
        zone=None if chosen.date_only else own,
        date_only=chosen.date_only,
        column=name,
    )


def _guarded(rows: SeriesRows, chosen: TimeFormat, column: str) -> pl.Expr:
    """Refuse codes that polars cannot read before any row is read with them."""
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        pl.DataFrame({column: ["x"]}).select(chosen.parse(column))
    except (PolarsError, pl.exceptions.PanicException) as error:
        first = str(error).splitlines()[0]
        raise UsageError(f"time_format {chosen.codes!r} cannot be used: {first}") from None
    return chosen.parse(column)


def _choose(
    rows: SeriesRows, frame: pl.LazyFrame, column: str, sample: str, time_format: str | None
) -> TimeFormat:
    if time_format is not None:
        return custom_format(time_format)
    formats = guess_formats(sample)
    if not formats:
        raise UsageError(
            f"the first time of {rows.name} (column {rows.title(column)!r}) is {sample!r}, which "
            "reads as no date; expected ISO times such as 2021-05-01 13:00, or name the format "
            "in strptime codes (time_format, such as '%d.%m.%y'), or leave the time column out "
            "to take the rows in order"
        )
    if len(formats) == 1:
        return formats[0]
    misfits = rows.collect(
        frame.select(fmt.parse(column).is_null().sum().alias(fmt.codes) for fmt in formats)
    ).row(0, named=True)
    fitting = [fmt for fmt in formats if misfits[fmt.codes] == min(misfits.values())]
    if len(fitting) > 1:
        codes = " or ".join(repr(fmt.codes.removesuffix("%.f")) for fmt in fitting)
        raise UsageError(
            f"the times of {rows.name} (column {rows.title(column)!r}), such as {sample!r}, may "
            f"have the day or the month first; say which: time_format {codes}"
        )
    return fitting[0]


def _parts(
    rows: SeriesRows, frame: pl.LazyFrame, parts: dict[str, str], zone: str | None, name: str
) -> TimeColumn:
    """Join columns named year, month, day, hour, minute, second."""
    import polars as pl

    if "year" not in parts:
        raise UsageError(f"the time columns {name} need a year")
    numbers: dict[str, Any] = {
        part: _as_integer(frame, parts[part]) if part in parts else pl.lit(1 if i < 3 else 0)
        for i, part in enumerate(_PARTS)
    }
    within = pl.all_horizontal(
        numbers[part].is_between(low, high)
        for part, low, high in (("month", 1, 12), ("hour", 0, 23), ("minute", 0, 59))
    )
    safe = {part: pl.when(within).then(number) for part, number in numbers.items()}
    days_in_month = pl.datetime(safe["year"], safe["month"], pl.lit(1)).dt.month_end().dt.day()
    sound = within & numbers["day"].is_between(1, days_in_month)
    times = pl.datetime(
        *(pl.when(sound).then(numbers[part]) for part in _PARTS), time_unit="us", time_zone=None
    )
    together = pl.concat_str(pl.col(list(parts.values())).cast(pl.String), separator=",")
    stamps = _part_stamps(rows, frame.with_columns(together.alias("#0")), times, name)
    date_only = not {"hour", "minute", "second"} & set(parts)
    return TimeColumn(stamps, zone=None if date_only else zone, date_only=date_only, column=name)


def _as_integer(frame: pl.LazyFrame, column: str) -> pl.Expr:
    import polars as pl

    text = frame.collect_schema()[column] == pl.String
    value = pl.col(column).str.strip_chars() if text else pl.col(column)
    return value.cast(pl.Int64, strict=False).cast(pl.Int32, strict=False)


def _part_stamps(
    rows: SeriesRows, frame: pl.LazyFrame, times: pl.Expr, name: str
) -> NDArray[np.int64]:
    import polars as pl

    stamps = rows.collect(frame.select(times.cast(pl.Int64).alias("time")))["time"]
    if stamps.null_count():
        row = int(stamps.is_null().arg_max() or 0)
        came = rows.collect(frame.select("#0").slice(row, 1)).item()
        problem = f"the time {name} = {came or 'missing'} is no date and time of day"
        raise row_error(rows, row, problem)
    return stamps.to_numpy()
