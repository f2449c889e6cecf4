"""The loss of language models by epoch."""

from __future__ import annotations

from recurra.report.figures.curves import Curves, Metric
from recurra.report.numbers import fixed
from recurra.study.generation_summary import summarise_generators

__all__ = ["LOSS"]

LOSS = Curves(summarise_generators, Metric("loss", fixed))
