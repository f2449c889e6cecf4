"""Frequencies: what may be written, the one way it is kept, and how it moves along a grid."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError

__all__ = [
    "MICROSECONDS",
    "DateTimes",
    "Frequency",
    "Int64Array",
    "days_in_months",
    "largest",
    "parse_frequency",
]

Int64Array = NDArray[np.int64]
DateTimes = NDArray[np.datetime64]

MICROSECONDS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_MONTHS = {"mo": 1, "q": 3, "y": 12}
# Multiples that have a name of their own. Days are not hours: they differ when clocks change.
_LARGER = (
    ("us", 1000, "ms"), ("ms", 1000, "s"), ("s", 60, "m"), ("m", 60, "h"),
    ("d", 7, "w"), ("mo", 3, "q"), ("q", 4, "y"),
)  # fmt: skip
_ALIASES = {
    # pandas; its 'M', 'Q' and 'Y' (until 2.2) stand for the ends, which the times decide.
    "min": "m", "T": "m", "H": "h", "S": "s", "L": "ms", "U": "us", "D": "d", "W": "w", "B": "bd",
    "MS": "mo", "M": "mo", "ME": "mo-end", "QS": "q", "Q": "q", "QE": "q-end",
    "YS": "y", "AS": "y", "Y": "y", "A": "y", "YE": "y-end",
    # words, as in Monash archives
    "second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w", "month": "mo",
    "quarter": "q", "year": "y", "seconds": "s", "minutes": "m", "hours": "h", "days": "d",
    "weeks": "w", "months": "mo", "quarters": "q", "years": "y", "secondly": "s", "minutely": "m",
    "hourly": "h", "daily": "d", "weekly": "w", "monthly": "mo", "quarterly": "q", "yearly": "y",
    "business": "bd",
}  # fmt: skip
_ANCHORED = re.compile(r"(W|QS|QE|Q|YS|YE|AS|A|Y)-[A-Z]{3}")
_PATTERN = re.compile(r"(\d{0,9})[ _]?([A-Za-z][A-Za-z-]*)")


@dataclass(frozen=True)
class Frequency:
    """A step on a regular grid.

    Attributes:
        count: How many units a step has, at least 1.
        unit: One of `us ms s m h d w bd mo q y`, or empty for a step between whole numbers.
        end: Whether steps in months go from month end to month end.
    """

    count: int
    unit: str
    end: bool = False

    def __str__(self) -> str:
        return f"{self.count}{self.unit}{'-end' if self.end else ''}"

    @property
    def months(self) -> int:
        """Months of a step; 0 for another kind of step."""
        return self.count * _MONTHS.get(self.unit, 0)

    @property
    def business(self) -> bool:
        """Whether the step counts Mondays to Fridays only."""
        return self.unit == "bd"

    @property
    def microseconds(self) -> int:
        """Length of a step of fixed length; 0 for another kind of step."""
        return self.count * MICROSECONDS.get(self.unit, 0)

    @property
    def real_time(self) -> bool:
        """Whether steps are of real time (hours); days and longer follow the local calendar."""
        return self.microseconds > 0 and self.unit not in ("d", "w")

    @property
    def season(self) -> int:
        """The seasonal period that is usual: a day of hours, a week of days, a year of months."""
        if self.months:
            return max(12 // self.months, 1) if 12 % self.months == 0 else 1
        if self.business:
            return 5 if self.count == 1 else 1
        if self.unit == "w":
            return 52 if self.count == 1 else 1
        if not self.microseconds:
            return 1
        cycle = "h" if self.unit in ("us", "ms", "s") else "w" if self.unit == "d" else "d"
        length = MICROSECONDS[cycle]
        return length // self.microseconds if length % self.microseconds == 0 else 1

    def shift(self, anchor: np.datetime64, ticks: Int64Array) -> DateTimes:
        """Go a number of steps from an anchor.

        Args:
            anchor: Where tick 0 is, in microseconds; UTC for steps of real time in a time zone.
            ticks: Steps, any shape.

        Returns:
            The times, `datetime64[us]`, shape of `ticks`.
        """
        if self.microseconds:
            times: DateTimes = anchor + (ticks * self.microseconds).astype("timedelta64[us]")
            return times
        day = anchor.astype("datetime64[D]")
        if self.business:
            days = np.busday_offset(day, ticks * self.count, roll="forward")
        else:
            months = day.astype("datetime64[M]") + (ticks * self.months).astype("timedelta64[M]")
            days = _day_in_month(months, 31 if self.end else _day_of_month(day))
        dates: DateTimes = days.astype("datetime64[us]") + (anchor - day.astype("datetime64[us]"))
        return dates

    def ticks(self, anchor: np.datetime64, times: DateTimes) -> Int64Array:
        """Count the steps from an anchor to times.

        Args:
            anchor: Where tick 0 is.
            times: Times, `datetime64[us]`.

        Returns:
            The last tick that is not after each time, where the grid allows it to be told; a time
            is on the grid exactly when `shift` of its tick gives it back.
        """
        if self.microseconds:
            return (times - anchor).astype(np.int64) // self.microseconds
        days, day = times.astype("datetime64[D]"), anchor.astype("datetime64[D]")
        if self.business:
            passed = np.busday_count(day, days).astype(np.int64) // self.count
        else:
            months = days.astype("datetime64[M]") - day.astype("datetime64[M]")
            passed = months.astype(np.int64) // self.months
        late = self.shift(anchor, passed) > times
        result: Int64Array = passed - late
        return result


def days_in_months(months: DateTimes) -> Int64Array:
    """Return how many days months have."""
    after = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    days: Int64Array = (after - months.astype("datetime64[D]")).astype(np.int64)
    return days


def _day_in_month(months: DateTimes, day: int) -> DateTimes:
    """Return a day of each month; the last one where the month is shorter."""
    passed = np.minimum(days_in_months(months), day) - 1
    days: DateTimes = months.astype("datetime64[D]") + passed.astype("timedelta64[D]")
    return days


def _day_of_month(day: np.datetime64) -> int:
    return int((day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)) + 1


@functools.lru_cache(maxsize=256)
def parse_frequency(text: str) -> Frequency:
    """Read a frequency.

    Args:
        text: As in polars (`15m`, `1h`, `1d`, `1bd`, `1w`, `1mo`, `1q`, `1y`), as in pandas (`h`,
            `15min`, `D`, `B`, `W`, `MS`, `ME`, `QS`, `QE`, `YS`), a word (`hourly`), a whole
            number for times that are whole numbers, or the canonical form (also `1mo-end`).

    Returns:
        The frequency with the largest unit that fits: `60m` is `1h`, `3mo` is `1q`.

    Raises:
        UsageError: If it is none of these.
    """
    plain = text.strip()
    if plain.isdecimal() and int(plain) > 0:
        return Frequency(int(plain), "")
    if plain == "half_hourly":
        return Frequency(30, "m")
    anchored = _ANCHORED.fullmatch(plain.lstrip("0123456789"))
    found = _PATTERN.fullmatch(plain.removesuffix(plain[-4:]) if anchored else plain)
    unit = _unit(found[2]) if found else None
    count = int(found[1] or 1) if found else 0
    if unit is None or count < 1:
        raise UsageError(
            f"the frequency {text!r} is not known; examples: 15m, 1h, 1d, 1bd (business days), 1w, "
            "1mo, 1mo-end, 1q, 1y, the same as in pandas (15min, h, D, B, W, MS, ME, QS, YS), "
            "or a whole number for times that are whole numbers"
        )
    return largest(Frequency(count, unit.removesuffix("-end"), unit.endswith("-end")))


def largest(frequency: Frequency) -> Frequency:
    """Write a frequency with the largest unit that fits."""
    count, unit = frequency.count, frequency.unit
    for small, times, large in _LARGER:
        if unit == small and count % times == 0:
            count, unit = count // times, large
    return Frequency(count, unit, frequency.end)


def _unit(word: str) -> str | None:
    if word in _ALIASES:
        return _ALIASES[word]
    plain = word.removesuffix("-end")
    if plain in _MONTHS or (plain == word and (plain in MICROSECONDS or plain == "bd")):
        return word
    return _ALIASES.get(word.lower()) if len(word) > 2 else None
