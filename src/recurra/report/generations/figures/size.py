"""What a low loss costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.size import Quality
from recurra.report.numbers import fixed, plain
from recurra.study.generation_summary import summarise_generators
from recurra.study.summary import Record

__all__ = ["SIZE", "TIME"]

_BITS = Quality(plain, margin=0.02)


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.loss, *one.ends) for one in summarise_generators(records)]
    return Judged("Bits per character", fixed, _BITS, models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
