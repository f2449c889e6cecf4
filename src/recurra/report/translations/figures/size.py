"""What quality costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.size import Cost, Point, Quality, draw_costs
from recurra.report.numbers import compact, duration, plain
from recurra.report.theme import model_colours
from recurra.report.translations.tables import write_score
from recurra.study.summary import Record
from recurra.study.translation_summary import (
    TranslationSummary,
    ranked_by,
    summarise_translators,
)

__all__ = ["describe_size", "describe_time", "size_figure", "time_figure"]

_SIZE = Cost("parameters", compact)
_TIME = Cost("training time", duration)
_BLEU = Quality(plain, margin=0.5)
_EXACT = Quality(lambda share: f"{100 * share:.4g} %", ceiling=1.01, margin=0.01)


def size_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the score over the number of parameters; None with fewer than two known sizes."""
    return _figure(records, _SIZE)


def time_figure(records: Sequence[Record]) -> Figure | None:
    """Draw the score over the training time; None with fewer than two known times."""
    return _figure(records, _TIME)


def describe_size(records: Sequence[Record]) -> str:
    """Say in words what the figure of sizes shows."""
    return _describe(records, _SIZE)


def describe_time(records: Sequence[Record]) -> str:
    """Say in words what the figure of times shows."""
    return _describe(records, _TIME)


def _figure(records: Sequence[Record], cost: Cost) -> Figure | None:
    colours = model_colours(record["model"] for record in records)
    quality = _BLEU if ranked_by(records) == "bleu" else _EXACT
    return draw_costs(_points(records, cost), colours, cost, quality)


def _points(records: Sequence[Record], cost: Cost) -> list[Point]:
    pairs = ((one, _value(one, cost)) for one in summarise_translators(records))
    return [
        Point(one.model, one.name, one.baseline, value, one.score, *one.ends)
        for one, value in pairs
        if value
    ]


def _value(one: TranslationSummary, cost: Cost) -> float | None:
    return one.parameters if cost is _SIZE else one.training_seconds


def _describe(records: Sequence[Record], cost: Cost) -> str:
    scored_by = summarise_translators(records)[0].scored_by
    values = "; ".join(
        f"{point.name} {cost.write(point.cost)}, {write_score(scored_by, point.value)}"
        for point in _points(records, cost)
    )
    return f"{scored_by[:1].upper()}{scored_by[1:]} over {cost.label}: {values}."
