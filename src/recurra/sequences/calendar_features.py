"""Where a time stands in the day, the week and the year, as sines and cosines."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.sequences._frequencies import MICROSECONDS, DateTimes
from recurra.sequences.clocks import Clock

__all__ = ["calendar_features"]

Phases = NDArray[np.float64]


def calendar_features(
    clock: Clock, ticks: ArrayLike
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Place ticks in the cycles that their frequency can tell apart.

    Hours and shorter: day, week and year. Days and business days: week and year. Weeks, months and
    quarters: year. Years, and clocks of whole numbers: none.

    Args:
        clock: What a tick is; in a time zone its wall clock counts.
        ticks: Positions on the grid, one dimension.

    Returns:
        Names, and values in -1 to 1, float32, shape `(ticks, names)`.
    """
    ticks = np.asarray(ticks, np.int64)
    cycles = _cycles(clock)
    names = tuple(f"{side}_{cycle}" for cycle in cycles for side in ("sin", "cos"))
    features = np.empty((len(ticks), len(names)), np.float32)
    if not cycles:
        return names, features
    times = clock.local(ticks)
    for i, cycle in enumerate(cycles):
        angle = 2 * np.pi * _PHASES[cycle](times)
        np.sin(angle, out=features[:, 2 * i], casting="same_kind")
        np.cos(angle, out=features[:, 2 * i + 1], casting="same_kind")
    return names, features


def _cycles(clock: Clock) -> tuple[str, ...]:
    step = clock.step
    if clock.kind == "integer" or step.months >= 12:
        return ()
    if step.real_time:
        return ("day", "week", "year")
    if step.business or (step.unit == "d" and step.count % 7):
        return ("week", "year")
    return ("year",)


def _of_day(times: DateTimes) -> Phases:
    return times.astype(np.int64) % MICROSECONDS["d"] / MICROSECONDS["d"]


def _of_week(times: DateTimes) -> Phases:
    """Return the share of the week that has passed; weeks begin on Monday."""
    since_monday = times.astype(np.int64) + 3 * MICROSECONDS["d"]  # 1970-01-01 was a Thursday
    return since_monday % MICROSECONDS["w"] / MICROSECONDS["w"]


def _of_year(times: DateTimes) -> Phases:
    """Return the share of the year that has passed, in whole days."""
    years = times.astype("datetime64[Y]")
    first = years.astype("datetime64[D]")
    passed = (times.astype("datetime64[D]") - first).astype(np.float64)
    length = ((years + 1).astype("datetime64[D]") - first).astype(np.float64)
    phases: Phases = passed / length
    return phases


_PHASES = {"day": _of_day, "week": _of_week, "year": _of_year}
