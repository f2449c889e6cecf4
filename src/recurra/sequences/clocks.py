"""Time on a regular grid: from ticks to times and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike

from recurra.errors import CorruptArtifactError, DataError, UsageError
from recurra.sequences._frequencies import DateTimes, Frequency, Int64Array, parse_frequency
from recurra.sequences._zones import check_zone, to_local, to_utc

__all__ = ["Clock", "Time"]

Time = dt.datetime | dt.date | int
_LATEST = np.datetime64("9999-12-31T23:59:59.999999", "us")
_EARLIEST = np.datetime64("0001-01-01", "us")


@dataclass(frozen=True)
class Clock:
    """How time goes on a regular grid. Tick 0 is the anchor; ticks may be negative.

    Hours and shorter steps are real time; days, weeks and months follow the calendar of the time
    zone, so that midnight stays midnight when clocks change. Months keep the anchor's day, or the
    last day of a shorter month.

    Args:
        kind: `"datetime"`, or `"integer"` for whole numbers and for rows without times.
        frequency: A step, in canonical form: `15m`, `1h`, `1d`, `1bd`, `1w`, `1mo`, `1mo-end`,
            `1q`, `1y`; for integers the step, or a frequency that only says the season.
        anchor: Time of tick 0 in ISO form (with the offset when there is a time zone), or a number.
        time_zone: Name of the time zone; `None` for times without one.
        date_only: Whether times are dates.
        column: Name of the time column, if there is one.
    """

    kind: str = "integer"
    frequency: str = "1"
    anchor: str = "0"
    time_zone: str | None = None
    date_only: bool = False
    column: str | None = None

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            UsageError: If they do not fit together.
        """
        if self.kind not in ("datetime", "integer"):
            raise UsageError(f"a clock is of kind 'datetime' or 'integer', got {self.kind!r}")
        step = parse_frequency(self.frequency)
        if self.kind == "datetime" and not step.unit:
            raise UsageError(f"the frequency {self.frequency!r} needs a unit, such as '1h'")
        if self.time_zone is not None:
            check_zone(self.time_zone)
        _ = self._base

    @property
    def season(self) -> int:
        """Usual seasonal period in ticks: 24 for `1h`, 7 for `1d`, 12 for `1mo`, else often 1."""
        return self.step.season

    @property
    def step(self) -> Frequency:
        """The step between two ticks."""
        return parse_frequency(self.frequency)

    def times(self, ticks: ArrayLike) -> list[Any]:
        """Return the times of ticks.

        Args:
            ticks: Positions on the grid, one dimension.

        Returns:
            Whole numbers; or dates; or date-times, aware when there is a time zone.

        Raises:
            UsageError: If a time is beyond the year 9999.
        """
        ticks = np.asarray(ticks, np.int64)
        if self.kind == "integer":
            numbers: list[Any] = (int(self.anchor) + ticks * self._stride).tolist()
            return numbers
        times = self._grid(ticks)
        if times.size and (times.max() > _LATEST or times.min() < _EARLIEST):
            raise UsageError("the time is outside the years 1 to 9999; use fewer steps")
        utc = times if self.time_zone is None or self.step.real_time else self._utc(times)
        plain: list[Any] = utc.astype("datetime64[D]" if self.date_only else utc.dtype).tolist()
        if self.time_zone is None:
            return plain
        zone = ZoneInfo(self.time_zone)
        return [time.replace(tzinfo=dt.UTC).astimezone(zone) for time in plain]

    def text(self, tick: int) -> str:
        """Write the time of a tick: `2021-05-01 13:00:00+02:00`, `2021-05-01` or `1821`."""
        return str(self.times([tick])[0])

    def local(self, ticks: ArrayLike) -> DateTimes:
        """Return wall-clock times, `datetime64[us]`.

        Args:
            ticks: Positions on the grid, one dimension.

        Raises:
            UsageError: If the clock counts whole numbers.
        """
        if self.kind == "integer":
            raise UsageError("a clock of whole numbers has no date-times")
        times = self._grid(np.asarray(ticks, np.int64))
        return to_local(times, self.time_zone) if self.step.real_time else times

    def ticks_of(self, times: Iterable[Time | str] | Int64Array | DateTimes) -> Int64Array:
        """Return the ticks of times.

        Args:
            times: Date-times, dates, ISO strings or whole numbers. Times without an offset are
                wall-clock times of the clock's time zone.

        Returns:
            Their ticks, int64, one dimension.

        Raises:
            DataError: If a time is not on the grid; says which.
            UsageError: If a value is no time of this kind.
        """
        stamps = self._stamps(times)
        ticks, exact = self.locate(stamps)
        if not exact.all():
            first = int(np.argmin(exact))
            raise DataError(
                f"the time {self._written(stamps[first])} is not on the grid of {self.frequency} "
                f"from {self.anchor}"
            )
        return ticks

    def tick_from(self, time: Time | str) -> int:
        """Return the first tick at or after a time.

        Args:
            time: A date-time, a date, an ISO string or a whole number.

        Raises:
            UsageError: If it is no time of this kind.
        """
        ticks, exact = self.locate(self._stamps([time]))
        return int(ticks[0]) + (not exact[0])

    def locate(self, stamps: Int64Array | DateTimes) -> tuple[Int64Array, np.ndarray[Any, Any]]:
        """Find the last tick that is not after each time, and whether it is exact.

        Args:
            stamps: Whole numbers; or `datetime64[us]`, UTC when the clock has a time zone.

        Returns:
            Ticks, int64, and a boolean array of the same shape.
        """
        if self.kind == "integer":
            away = stamps.astype(np.int64) - int(self.anchor)
            return away // self._stride, away % self._stride == 0
        utc = stamps.astype("datetime64[us]")
        times = utc if self.step.real_time else to_local(utc, self.time_zone)
        ticks = self.step.ticks(self._base, times)
        return ticks, self._grid(ticks) == times

    def to_dict(self) -> dict[str, Any]:
        """Return the values as JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> Clock:
        """Rebuild a clock.

        Args:
            values: What `to_dict` gave.

        Raises:
            CorruptArtifactError: If it is not that.
        """
        if not isinstance(values, dict) or set(values) != {field.name for field in fields(cls)}:
            raise CorruptArtifactError("the clock has not the entries that were expected")
        optional = (values["time_zone"], values["column"])
        texts = (values["kind"], values["frequency"], values["anchor"])
        if not (
            all(isinstance(text, str) for text in texts)
            and all(text is None or isinstance(text, str) for text in optional)
            and isinstance(values["date_only"], bool)
        ):
            raise CorruptArtifactError("the clock has entries of wrong types")
        try:
            return cls(**values)
        except (ValueError, OverflowError) as error:
            raise CorruptArtifactError(f"the clock cannot be used: {error}") from error

    @property
    def _stride(self) -> int:
        step = self.step
        return 1 if step.unit else step.count

    @property
    def _base(self) -> np.datetime64:
        """Tick 0: UTC for steps of real time in a zone, wall-clock time otherwise."""
        if self.kind == "integer":
            int(self.anchor)
            return np.datetime64(0, "us")
        time = dt.datetime.fromisoformat(self.anchor)
        if (time.tzinfo is None) != (self.time_zone is None):
            raise UsageError(f"the anchor {self.anchor!r} and the time zone do not fit together")
        if time.tzinfo is not None and self.time_zone is not None:
            zone = dt.UTC if self.step.real_time else ZoneInfo(self.time_zone)
            time = time.astimezone(zone).replace(tzinfo=None)
        return np.datetime64(time, "us")

    def _grid(self, ticks: Int64Array) -> DateTimes:
        return self.step.shift(self._base, ticks)

    def _utc(self, local: DateTimes) -> DateTimes:
        """Turn wall-clock times into UTC; a time that clocks jump over counts an hour later."""
        utc = to_utc(local, self.time_zone)
        lost = np.isnat(utc)
        if lost.any():
            utc = np.where(lost, to_utc(local + np.timedelta64(1, "h"), self.time_zone), utc)
        return utc

    def _stamps(self, times: Any) -> Any:
        if isinstance(times, np.ndarray):
            return times.astype("datetime64[us]" if self.kind == "datetime" else np.int64)
        values = [self._stamp(time) for time in times]
        if self.kind == "integer":
            return np.asarray(values, np.int64)
        return np.asarray(values, "datetime64[us]")

    def _stamp(self, time: Any) -> int | np.datetime64:
        try:
            if self.kind == "integer":
                return int(time)
            if isinstance(time, str):
                time = dt.datetime.fromisoformat(_full(time.strip()))
            elif not isinstance(time, dt.datetime):
                time = dt.datetime.combine(time, dt.time())
        except (TypeError, ValueError):
            kind = "a whole number" if self.kind == "integer" else "an ISO date or date-time"
            raise UsageError(f"the time {time!r} is not {kind}") from None
        if time.tzinfo is not None:
            plain = np.datetime64(time.astimezone(dt.UTC).replace(tzinfo=None), "us")
            if self.time_zone is None:
                raise UsageError(f"the time {time} has an offset, the data have no time zone")
            return plain
        utc: np.datetime64 = self._utc(np.asarray([time], "datetime64[us]"))[0]
        return utc

    def _written(self, stamp: Any) -> str:
        if self.kind == "integer":
            return str(int(stamp))
        local = to_local(np.asarray([stamp], "datetime64[us]"), self.time_zone)[0]
        return str(local.astype("datetime64[s]")).replace("T", " ")


def _full(text: str) -> str:
    """Complete `2021` and `2021-05` to dates."""
    parts: Sequence[str] = text.split("-")
    if len(parts) <= 2 and all(part.isdigit() for part in parts):
        return "-".join([*parts, *["01"] * (3 - len(parts))])
    return text
