"""What accuracy costs: parameters and training time against accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.size import Quality
from recurra.report.numbers import percent
from recurra.study.summary import Record, summarise

__all__ = ["SIZE", "TIME"]

_ACCURACY = Quality(lambda share: f"{100 * share:.4g} %", ceiling=1.0)


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.accuracy, one.low, one.high) for one in summarise(records)]
    return Judged("Accuracy", percent, _ACCURACY, models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
