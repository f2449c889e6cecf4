"""The loss of translators by epoch."""

from __future__ import annotations

from recurra.report.figures.curves import Curves, Metric
from recurra.report.numbers import fixed
from recurra.study.translation_summary import summarise_translators

__all__ = ["LOSS"]

LOSS = Curves(summarise_translators, Metric("loss", fixed))
