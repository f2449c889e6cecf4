"""Estimators over sequences of numbers."""

from __future__ import annotations

from recurra.tasks.series.sequence_classifier import SequenceClassifier
from recurra.tasks.series.sequence_regressor import SequenceRegressor

__all__ = ["SequenceClassifier", "SequenceRegressor"]
