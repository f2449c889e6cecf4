"""Networks over sequences of numbers, without Keras."""

from __future__ import annotations

from recurra.runtime.series.network import SequenceNetwork, SequenceState, stacked_frames
from recurra.runtime.series.predictor import (
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    PredictionStream,
    SequencePredictor,
)
from recurra.runtime.series.specification import SEQUENCE_TASKS, SequenceSpecification
from recurra.runtime.series.streaming import RunningPool, SequenceStream

__all__ = [
    "SEQUENCE_CLASSIFICATION_TASK",
    "SEQUENCE_REGRESSION_TASK",
    "SEQUENCE_TASKS",
    "PredictionStream",
    "RunningPool",
    "SequenceNetwork",
    "SequencePredictor",
    "SequenceSpecification",
    "SequenceState",
    "SequenceStream",
    "stacked_frames",
]
