"""A logarithmic axis whose ticks are written as powers of ten."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

__all__ = ["log_axis"]

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


def _power(value: float) -> str:
    """Write `10⁻³` or `2·10⁻³`."""
    if value <= 0:
        return ""
    power = math.floor(math.log10(value) + 1e-9)
    first = round(value / 10.0**power)
    return ("" if first == 1 else f"{first}·") + "10" + str(power).translate(_RAISED)
