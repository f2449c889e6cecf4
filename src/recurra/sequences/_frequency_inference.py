"""The step and the anchor of the regular grid on which times lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.sequences._frequencies import (
    MICROSECONDS,
    DateTimes,
    Frequency,
    Int64Array,
    days_in_months,
    largest,
)

__all__ = ["anchor_for", "infer_frequency", "step_text"]

_SHORTEST_MONTH = 28
_UNITS = (("d", "d"), ("h", "h"), ("m", "min"), ("s", "s"), ("ms", "ms"))


def infer_frequency(
    stamps: Int64Array, local: DateTimes | None, within: NDArray[np.bool_]
) -> Frequency | None:
    """Find the largest step of which all differences are multiples.

    Args:
        stamps: Times of rows in rising order within each series: whole numbers or microseconds.
        local: The same on the wall clock; `None` for whole numbers.
        within: Which differences between neighbours are within a series.

    Returns:
        The step; `None` when no series has two rows.
    """
    gaps = np.diff(stamps)[within]
    if not gaps.size:
        return None
    common = int(np.gcd.reduce(gaps))
    if local is None:
        return Frequency(common, "")
    since_midnight = local.astype(np.int64) % MICROSECONDS["d"]
    if (since_midnight != since_midnight[0]).any():
        return largest(Frequency(common, "us"))
    days = local.astype("datetime64[D]")
    return _calendar_step(days, np.diff(days)[within].astype(np.int64))


def _calendar_step(days: DateTimes, gaps: Int64Array) -> Frequency:
    if gaps.min() >= _SHORTEST_MONTH and (step := _month_step(days)):
        return step
    common = int(np.gcd.reduce(gaps))
    if common == 1 and gaps.max() > 2 and np.is_busday(days).all():
        return Frequency(1, "bd")
    return largest(Frequency(common, "d"))


def _month_step(days: DateTimes) -> Frequency | None:
    """Return a step in months if every time is on the same day, or the last, of its month."""
    months = days.astype("datetime64[M]")
    numbers = months.astype(np.int64)
    count = int(np.gcd.reduce(np.abs(numbers - numbers[0])))
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    length = days_in_months(months)
    if (day == length).all() and (day != day[0]).any():
        return largest(Frequency(count, "mo", end=True))
    if (day == np.minimum(day.max(), length)).all():
        return largest(Frequency(count, "mo"))
    return None


def anchor_for(step: Frequency, local: DateTimes) -> np.datetime64:
    """Return the time of tick 0: the first of all, or earlier where its month is too short.

    Args:
        step: The step.
        local: Times, on the wall clock.
    """
    first: np.datetime64 = local.min()
    if not step.months or step.end:
        return first
    months = local.astype("datetime64[M]")
    day = (local.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    month, highest = first.astype("datetime64[M]"), int(day.max())
    of_day = first - first.astype("datetime64[D]").astype("datetime64[us]")
    for _ in range(12):
        if days_in_months(np.asarray([month]))[0] >= highest:
            date = month.astype("datetime64[D]") + np.timedelta64(highest - 1, "D")
            anchor: np.datetime64 = date.astype("datetime64[us]") + of_day
            return anchor
        month -= np.timedelta64(step.months, "M")
    return first


def step_text(gap: int, integer: bool) -> str:
    """Write the difference of two times: `90 min`, `31 d`, or the number itself."""
    if integer:
        return str(gap)
    for unit, text in _UNITS:
        if gap % MICROSECONDS[unit] == 0:
            return f"{gap // MICROSECONDS[unit]} {text}"
    return f"{gap} us"
