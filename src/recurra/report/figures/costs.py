"""The figures of what quality costs, and their words, for every kind of comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matplotlib.figure import Figure

from recurra.report.figures.size import Cost, Point, Quality, draw_costs
from recurra.report.numbers import compact, duration
from recurra.report.tables import Summary
from recurra.report.theme import model_colours
from recurra.study.summary import Record

__all__ = ["CostFigure", "CostSummary", "Judged"]


class CostSummary(Summary, Protocol):
    """A summary that tells what a model costs."""

    @property
    def parameters(self) -> float | None:
        """Trained or stored numbers."""

    @property
    def training_seconds(self) -> float | None:
        """Seconds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How good the models of a comparison are.

    Attributes:
        label: What their quality is, to begin a sentence with.
        write: How it is written in a sentence.
        quality: The y axis.
        models: Each summary with its quality and the ends of its interval.
    """

    label: str
    write: Callable[[float], str]
    quality: Quality
    models: Iterable[tuple[CostSummary, float, float, float]]


@dataclass(frozen=True, slots=True)
class CostFigure:
    """Quality over one of the costs.

    Attributes:
        cost: `"parameters"` or `"training time"`.
        judge: Judges the models of some records.
    """

    cost: str
    judge: Callable[[Sequence[Record]], Judged]

    def figure(self, records: Sequence[Record]) -> Figure | None:
        """Draw quality over the cost; None with fewer than two known costs."""
        judged = self.judge(records)
        colours = model_colours(record["model"] for record in records)
        axis = Cost(self.cost, _WRITE[self.cost])
        return draw_costs(self._points(judged), colours, axis, judged.quality)

    def describe(self, records: Sequence[Record]) -> str:
        """Say in words what the figure shows."""
        judged, write = self.judge(records), _WRITE[self.cost]
        values = "; ".join(
            f"{point.name} {write(point.cost)}, {judged.write(point.value)}"
            for point in self._points(judged)
        )
        return f"{judged.label} over {self.cost}: {values}."

    def _points(self, judged: Judged) -> list[Point]:
        return [
            Point(one.model, one.name, one.baseline, cost, value, low, high)
            for one, value, low, high in judged.models
            if (cost := one.parameters if self.cost == "parameters" else one.training_seconds)
        ]


_WRITE = {"parameters": compact, "training time": duration}
