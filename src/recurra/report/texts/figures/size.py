"""What accuracy costs: parameters and training time against accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.size import Cost, Point, Quality, draw_costs
from recurra.report.numbers import compact, duration, percent
from recurra.report.theme import model_colours
from recurra.study.summary import ModelSummary, Record, summarise

__all__ = ["describe_size", "describe_time", "size_figure", "time_figure"]

_SIZE = Cost("parameters", compact)
_TIME = Cost("training time", duration)
_ACCURACY = Quality(lambda share: f"{100 * share:.4g} %", ceiling=1.0)


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


def _figure(records: Sequence[Record], cost: Cost) -> Figure | None:
    colours = model_colours(record["model"] for record in records)
    return draw_costs(_points(records, cost), colours, cost, _ACCURACY)


def _points(records: Sequence[Record], cost: Cost) -> list[Point]:
    pairs = ((one, _value(one, cost)) for one in summarise(records))
    return [
        Point(one.model, one.name, one.baseline, value, one.accuracy, one.low, one.high)
        for one, value in pairs
        if value
    ]


def _value(one: ModelSummary, cost: Cost) -> float | None:
    return one.parameters if cost is _SIZE else one.training_seconds


def _describe(records: Sequence[Record], cost: Cost) -> str:
    values = "; ".join(
        f"{point.name} {cost.write(point.cost)}, {percent(point.value)}"
        for point in _points(records, cost)
    )
    return f"Accuracy over {cost.label}: {values}."
