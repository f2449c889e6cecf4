"""Logarithmic axes: ticks at round numbers, few enough to be read."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

__all__ = ["log_axis", "round_ticks"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FEW = 100  # span below which powers of ten alone are too few


def log_axis(axes: Axes) -> None:
    """Make the y axis logarithmic.

    Args:
        axes: Axes with their data, of which some is above zero.
    """
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    subs = (1.0,) if high > _FEW * low else (1.0, 2.0, 5.0)
    axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=7))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))
    axes.yaxis.set_minor_locator(NullLocator())


def round_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Return round numbers for an axis, evenly spread over its decades.

    Args:
        low: Its lower end, above zero.
        high: Its upper end.
        most: The most ticks; their labels stand side by side.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    ticks: list[float] = []
    coarser = [((1,), step) for step in range(1, last - first + 2)]
    for digits, step in [((1, 2, 5), 1), ((1, 3), 1), *coarser]:
        powers = range(first, last + 1, step)
        values = [digit * 10.0**power for power in powers for digit in digits]
        ticks = [value for value in values if low <= value <= high]
        if len(ticks) <= most:
            break
    return ticks


def _power(value: float) -> str:
    """Write `10⁻³` or `2·10⁻³`."""
    if value <= 0:
        return ""
    power = math.floor(math.log10(value) + 1e-9)
    first = round(value / 10.0**power)
    return ("" if first == 1 else f"{first}·") + "10" + str(power).translate(_RAISED)
