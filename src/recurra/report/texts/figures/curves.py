"""Accuracy and loss of classifiers by epoch."""

from __future__ import annotations

from recurra.report.figures.curves import Curves, Metric
from recurra.report.numbers import fixed, percent
from recurra.study.summary import summarise

__all__ = ["ACCURACY", "LOSS"]

ACCURACY = Curves(summarise, Metric("accuracy", percent, share=True))
LOSS = Curves(summarise, Metric("loss", fixed))
