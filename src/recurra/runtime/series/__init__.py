"""Networks over sequences of numbers, without Keras."""

from __future__ import annotations

from recurra.runtime.series.audio import (
    AUDIO_CLASSIFICATION_TASK,
    AudioPredictor,
    AudioStream,
    Sound,
    read_sound,
)
from recurra.runtime.series.network import SequenceNetwork, SequenceState, stacked_frames
from recurra.runtime.series.prediction_stream import PredictionStream
from recurra.runtime.series.predictor import (
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    SequencePredictor,
)
from recurra.runtime.series.specification import SEQUENCE_TASKS, SequenceSpecification
from recurra.runtime.series.streaming import RunningPool, SequenceStream

__all__ = [
    "AUDIO_CLASSIFICATION_TASK",
    "SEQUENCE_CLASSIFICATION_TASK",
    "SEQUENCE_REGRESSION_TASK",
    "SEQUENCE_TASKS",
    "AudioPredictor",
    "AudioStream",
    "PredictionStream",
    "RunningPool",
    "SequenceNetwork",
    "SequencePredictor",
    "SequenceSpecification",
    "SequenceState",
    "SequenceStream",
    "Sound",
    "read_sound",
    "stacked_frames",
]
