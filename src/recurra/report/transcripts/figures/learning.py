"""The loss of recognizers by epoch, and what their quality costs."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.figures.costs import CostFigure, Judged
from recurra.report.figures.curves import Curves, Metric
from recurra.report.figures.size import Quality
from recurra.report.numbers import fixed, percent
from recurra.study.summary import Record
from recurra.study.transcripts.summary import summarise_recognizers

__all__ = ["LOSS", "SIZE", "TIME"]

LOSS = Curves(summarise_recognizers, Metric("loss", fixed))


def _judge(records: Sequence[Record]) -> Judged:
    models = [(one, one.error, one.low, one.high) for one in summarise_recognizers(records)]
    return Judged("Word error rate", percent, Quality(percent), models)


SIZE = CostFigure("parameters", _judge)
TIME = CostFigure("training time", _judge)
