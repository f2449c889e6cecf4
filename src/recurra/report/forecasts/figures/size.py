"""What a low error costs: parameters and training time against it."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.size import Quality
from recurra.report.numbers import plain, significant
from recurra.study.forecast_summary import summarise_forecasts
from recurra.study.summary import Record

__all__ = ["SIZE", "TIME"]

_ERROR = Quality(plain)


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.error, *one.ends) for one in summarise_forecasts(records)]
    return Judged("Error", lambda error: significant(error, 3), _ERROR, models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
