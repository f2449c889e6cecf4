"""What quality costs: one point for each model, its name beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.log_axis import round_ticks
from recurra.report.numbers import shorten
from recurra.report.theme import INK, PAPER, Colour

__all__ = ["Cost", "Point", "Quality", "draw_costs", "spread"]

_LINE = 19
_LEADER: Look = {"arrowstyle": "-", "linewidth": 1, "alpha": 0.45, "shrinkB": 5, "relpos": (0, 0.5)}


class Cost(NamedTuple):
    """What stands on the x axis."""

    label: str
    write: Callable[[float | None], str]


class Quality(NamedTuple):
    """What stands on the y axis.

    Attributes:
        write: How it is written.
        floor: The least value there is.
        ceiling: The largest value there is.
        margin: The least room above and below the points.
    """

    write: Callable[[float], str]
    floor: float = 0.0
    ceiling: float = float("inf")
    margin: float = 0.004


class Point(NamedTuple):
    """A model: its cost, its quality with an interval."""

    model: str
    name: str
    baseline: bool
    cost: float
    value: float
    low: float
    high: float


@styled
def draw_costs(
    points: Sequence[Point], colours: Mapping[str, Colour], cost: Cost, quality: Quality
) -> Figure | None:
    """Draw quality over cost.

    Args:
        points: The models.
        colours: Colour by model.
        cost: The x axis.
        quality: The y axis.

    Returns:
        The figure; None with fewer than two points.
    """
    if len(points) < 2:
        return None
    points = sorted(points, key=lambda point: -point.value)
    height = max(300, _LINE * len(points) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    _axes(axes, points, cost, quality)
    for point in points:
        colour = colours[point.model].light
        axes.plot([point.cost] * 2, [point.low, point.high], color=colour, linewidth=2)
        fill = PAPER.light if point.baseline else colour
        axes.plot(point.cost, point.value, "o", color=colour, markersize=8, mfc=fill, mew=1.8)
    _names(axes, points, colours, height - 60)
    return drawing


def _axes(axes: Axes, points: Sequence[Point], cost: Cost, quality: Quality) -> None:
    sizes = [point.cost for point in points]
    low, high = min(point.low for point in points), max(point.high for point in points)
    margin = max(0.08 * (high - low), quality.margin)
    axes.set_ylim(max(quality.floor, low - margin), min(quality.ceiling, high + margin))
    wide = max(sizes) > 8 * min(sizes)
    if wide:
        axes.set_xscale("log")
        axes.set_xlim(min(sizes) / 1.6, max(sizes) * 1.6)
        axes.xaxis.set_major_locator(FixedLocator(round_ticks(*axes.get_xlim())))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        room = max(0.08 * (max(sizes) - min(sizes)), 0.01 * max(sizes))
        axes.set_xlim(min(sizes) - room, max(sizes) + room)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: cost.write(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: quality.write(value)))
    axes.set_xlabel(f"{cost.label}, logarithmic" if wide else cost.label)


def _names(
    axes: Axes, points: Sequence[Point], colours: Mapping[str, Colour], pixels: float
) -> None:
    """Write the names in a column, each joined to its point by a thin line."""
    low, high = axes.get_ylim()
    wanted = [(point.value - low) / (high - low) for point in points]
    across = axes.get_yaxis_transform()
    for point, place in zip(points, spread(wanted, _LINE / pixels), strict=True):
        axes.annotate(
            shorten(point.name, 23),
            xy=(point.cost, point.value),
            xytext=(1.04, low + place * (high - low)),
            textcoords=across,
            fontsize=TEXT,
            color=INK.light,
            va="center",
            arrowprops=_LEADER | {"color": colours[point.model].light},
            annotation_clip=False,
            zorder=1,
        )


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Move places apart until neighbours keep a gap, and keep them between 0 and 1.

    Args:
        wanted: Places from 0 to 1, highest first.
        gap: The least distance of two neighbours.

    Returns:
        The moved places, in the same order.
    """
    places = list(wanted)
    for index in range(1, len(places)):
        places[index] = min(places[index], places[index - 1] - gap)
    if places and places[-1] < 0:
        places[-1] = 0.0
        for index in range(len(places) - 2, -1, -1):
            places[index] = max(places[index], places[index + 1] + gap)
    return places
