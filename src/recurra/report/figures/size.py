"""What accuracy costs: parameters and training time against accuracy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.numbers import compact, duration, percent, shorten
from recurra.report.theme import INK, PAPER, Colour, model_colours
from recurra.study.summary import ModelSummary, Record, summarise

__all__ = ["describe_size", "describe_time", "size_figure", "spread", "time_figure"]

_LINE = 19
_LEADER: Look = {"arrowstyle": "-", "linewidth": 1, "alpha": 0.45, "shrinkB": 5, "relpos": (0, 0.5)}


class _Cost(NamedTuple):
    """What stands on the x axis."""

    value: Callable[[ModelSummary], float | None]
    write: Callable[[float | None], str]
    label: str


_SIZE = _Cost(lambda one: one.parameters, compact, "parameters")
_TIME = _Cost(lambda one: one.training_seconds, duration, "training time")


def size_figure(records: Sequence[Record]) -> Figure | None:
    """Draw accuracy over the number of parameters; None with fewer than two known sizes."""
    return _figure(records, _SIZE)


def time_figure(records: Sequence[Record]) -> Figure | None:
    """Draw accuracy over the training time; None with fewer than two known times."""
    return _figure(records, _TIME)


def describe_size(records: Sequence[Record]) -> str:
    """Say in words what the figure of sizes shows."""
    return _describe(records, _SIZE)


def describe_time(records: Sequence[Record]) -> str:
    """Say in words what the figure of times shows."""
    return _describe(records, _TIME)


def _known(records: Sequence[Record], cost: _Cost) -> list[tuple[ModelSummary, float]]:
    pairs = ((one, cost.value(one)) for one in summarise(records))
    return [(one, value) for one, value in pairs if value]


@styled
def _figure(records: Sequence[Record], cost: _Cost) -> Figure | None:
    known = _known(records, cost)
    if len(known) < 2:
        return None
    height = max(300, _LINE * len(known) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    colours = model_colours(record["model"] for record in records)
    _axes(axes, known, cost)
    for one, value in known:
        colour = colours[one.model].light
        axes.plot([value] * 2, [one.low, one.high], color=colour, linewidth=2)
        fill = PAPER.light if one.baseline else colour
        axes.plot(value, one.accuracy, "o", color=colour, markersize=8, mfc=fill, mew=1.8)
    _names(axes, known, colours, height - 60)
    return drawing


def _axes(axes: Axes, known: Sequence[tuple[ModelSummary, float]], cost: _Cost) -> None:
    sizes = [value for _, value in known]
    low, high = min(one.low for one, _ in known), max(one.high for one, _ in known)
    margin = max(0.08 * (high - low), 0.004)
    axes.set_ylim(max(0.0, low - margin), min(1.0, high + margin))
    wide = max(sizes) > 8 * min(sizes)
    if wide:
        axes.set_xscale("log")
        axes.set_xlim(min(sizes) / 1.6, max(sizes) * 1.6)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=5))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        room = max(0.08 * (max(sizes) - min(sizes)), 0.01 * max(sizes))
        axes.set_xlim(min(sizes) - room, max(sizes) + room)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: cost.write(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))
    axes.set_xlabel(f"{cost.label}, logarithmic" if wide else cost.label)


def _names(
    axes: Axes,
    known: Sequence[tuple[ModelSummary, float]],
    colours: Mapping[str, Colour],
    pixels: float,
) -> None:
    """Write the names in a column, each joined to its point by a thin line."""
    low, high = axes.get_ylim()
    wanted = [(one.accuracy - low) / (high - low) for one, _ in known]
    across = axes.get_yaxis_transform()
    for (one, value), place in zip(known, spread(wanted, _LINE / pixels), strict=True):
        axes.annotate(
            shorten(one.name, 23),
            xy=(value, one.accuracy),
            xytext=(1.04, low + place * (high - low)),
            textcoords=across,
            fontsize=TEXT,
            color=INK.light,
            va="center",
            arrowprops=_LEADER | {"color": colours[one.model].light},
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


def _describe(records: Sequence[Record], cost: _Cost) -> str:
    values = "; ".join(
        f"{one.name} {cost.write(value)}, {percent(one.accuracy)}"
        for one, value in _known(records, cost)
    )
    return f"Accuracy over {cost.label}: {values}."
