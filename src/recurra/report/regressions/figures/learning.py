"""The loss of regressors by epoch, and what their quality costs."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.curves import Curves, Metric
from recurra.report.figures.size import Quality
from recurra.report.numbers import fixed, plain, significant
from recurra.study.sequences.summary import summarise_regressors
from recurra.study.summary import Record

__all__ = ["LOSS", "SIZE", "TIME"]

LOSS = Curves(summarise_regressors, Metric("loss", fixed))


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.rmse, one.low, one.high) for one in summarise_regressors(records)]
    return Judged("Error", lambda error: significant(error, 3), Quality(plain), models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
