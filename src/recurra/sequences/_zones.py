"""Between wall-clock times of a time zone and UTC, for whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences._frequencies import DateTimes

__all__ = ["check_zone", "to_local", "to_utc"]


def check_zone(zone: str) -> str:
    """Return the name of a time zone if it exists.

    Raises:
        UsageError: If it does not.
    """
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        problem = f"the time zone {zone!r} is not known; expected a name such as 'Europe/Berlin'"
        raise UsageError(problem) from None
    return zone


def to_local(utc: DateTimes, zone: str | None) -> DateTimes:
    """Turn UTC into the wall-clock time of a zone.

    Args:
        utc: Times, `datetime64[us]`, one dimension.
        zone: Name of the zone; `None` and UTC change nothing.
    """
    if zone in (None, "UTC"):
        return utc
    local = _series(utc).dt.replace_time_zone("UTC").dt.convert_time_zone(str(zone))
    return _array(local.dt.replace_time_zone(None))


def to_utc(
    local: DateTimes, zone: str | None, second: NDArray[np.bool_] | None = None
) -> DateTimes:
    """Turn the wall-clock time of a zone into UTC.

    Args:
        local: Times, `datetime64[us]`, one dimension.
        zone: Name of the zone; `None` and UTC change nothing.
        second: Which times that happen twice are the second ones; the first by default.

    Returns:
        UTC; not-a-time where the wall clock jumps over a time.
    """
    if zone in (None, "UTC"):
        return local
    times = _series(local)
    utc = _array(_localize(times, str(zone), "earliest"))
    if second is not None and second.any():
        utc = np.where(second, _array(_localize(times, str(zone), "latest")), utc)
    return utc


def _localize(times: Any, zone: str, ambiguous: str) -> Any:
    there = times.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
    return there.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _series(times: DateTimes) -> Any:
    import polars as pl

    return pl.Series("time", np.ascontiguousarray(times, "datetime64[us]"))


def _array(times: Any) -> DateTimes:
    array: DateTimes = times.to_numpy().astype("datetime64[us]", copy=False)
    return array
