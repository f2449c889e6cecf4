"""The loss of forecasters by epoch."""

from __future__ import annotations

from recurra.report.figures.curves import Curves, Metric
from recurra.report.numbers import significant
from recurra.study.forecast_summary import summarise_forecasts

__all__ = ["LOSS"]

_WRITTEN = Metric("loss", lambda value: significant(value, 3), comparable=False)  # see the caption

LOSS = Curves(summarise_forecasts, _WRITTEN)
