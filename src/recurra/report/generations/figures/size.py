"""What a low loss costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.size import Cost, Point, Quality, draw_costs
from recurra.report.numbers import compact, duration, fixed, plain
from recurra.report.theme import model_colours
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["describe_size", "describe_time", "size_figure", "time_figure"]

_SIZE = Cost("parameters", compact)
_TIME = Cost("training time", duration)
_BITS = Quality(plain, margin=0.02)


def size_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the loss over the number of parameters; None with fewer than two known sizes."""
    return _figure(records, _SIZE)


def time_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the loss over the training time; None with fewer than two known times."""
    return _figure(records, _TIME)


def describe_size(records: Sequence[Record]) -> str:
    """Say in words what the figure of sizes shows."""
    return _describe(records, _SIZE)


def describe_time(records: Sequence[Record]) -> str:
    """Say in words what the figure of times shows."""
    return _describe(records, _TIME)


def _figure(records: Sequence[Record], cost: Cost) -> Figure | None:
    colours = model_colours(record["model"] for record in records)
    return draw_costs(_points(records, cost), colours, cost, _BITS)


def _points(records: Sequence[Record], cost: Cost) -> list[Point]:
    pairs = ((one, _value(one, cost)) for one in summarise_generators(records))
    return [
        Point(one.model, one.name, one.baseline, value, one.loss, *one.ends)
        for one, value in pairs
        if value
    ]


def _value(one: GenerationSummary, cost: Cost) -> float | None:
    return one.parameters if cost is _SIZE else one.training_seconds


def _describe(records: Sequence[Record], cost: Cost) -> str:
    values = "; ".join(
        f"{point.name} {cost.write(point.cost)}, {fixed(point.value)}"
        for point in _points(records, cost)
    )
    return f"Bits per character over {cost.label}: {values}."
