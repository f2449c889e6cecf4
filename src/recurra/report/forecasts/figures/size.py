"""What a low error costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.size import Cost, Point, Quality, draw_costs
from recurra.report.numbers import compact, duration, plain, significant
from recurra.report.theme import model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe_size", "describe_time", "size_figure", "time_figure"]

_SIZE = Cost("parameters", compact)
_TIME = Cost("training time", duration)
_ERROR = Quality(plain)


def size_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the error over the number of parameters; None with fewer than two known sizes."""
    return _figure(records, _SIZE)


def time_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the error over the training time; None with fewer than two known times."""
    return _figure(records, _TIME)


def describe_size(records: Sequence[Record]) -> str:
    """Say in words what the figure of sizes shows."""
    return _describe(records, _SIZE)


def describe_time(records: Sequence[Record]) -> str:
    """Say in words what the figure of times shows."""
    return _describe(records, _TIME)


def _figure(records: Sequence[Record], cost: Cost) -> Figure | None:
    colours = model_colours(record["model"] for record in records)
    return draw_costs(_points(records, cost), colours, cost, _ERROR)


def _points(records: Sequence[Record], cost: Cost) -> list[Point]:
    pairs = ((one, _value(one, cost)) for one in summarise_forecasts(records))
    return [
        Point(one.model, one.name, one.baseline, value, one.error, *one.ends)
        for one, value in pairs
        if value
    ]


def _value(one: ForecastSummary, cost: Cost) -> float | None:
    return one.parameters if cost is _SIZE else one.training_seconds


def _describe(records: Sequence[Record], cost: Cost) -> str:
    values = "; ".join(
        f"{point.name} {cost.write(point.cost)}, {significant(point.value, 3)}"
        for point in _points(records, cost)
    )
    return f"Error over {cost.label}: {values}."
