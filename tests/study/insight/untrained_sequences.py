"""Estimators of sequences of numbers and of sound with random weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from untrained import shaken

from recurra import AudioClassifier, SequenceClassifier, SequenceRegressor, SpeechRecognizer
from recurra.models import build_recognizer, build_sequence_network
from recurra.runtime.series import SequenceSpecification
from recurra.runtime.speech import Alphabet, RecognizerSpecification
from recurra.sequences.audio import AudioFeatures
from recurra.sequences.collections import ChannelScaler, TargetScaler

RATE = 4000
GENERATOR = np.random.default_rng(3)
SEQUENCE: NDArray[np.float32] = (5 + 2 * GENERATOR.normal(size=(11, 2))).astype(np.float32)
SEQUENCE[4, 1] = np.nan
SOUND: NDArray[np.float32] = (
    np.sin(np.arange(1600) ** 1.5 / 40) * GENERATOR.random(1600) / 2
).astype(np.float32)
SCALER = ChannelScaler("standard", (5.0, 4.5), (2.0, 1.5), indicators=(1,))
CLASSES = np.array(["draw", "point", "rest"])


def classifier(**options: Any) -> SequenceClassifier:
    """Return a classifier of sequences of two channels, one of which may lack values."""
    made = SequenceClassifier()
    made.scaler_, made.classes_, made.channels_ = SCALER, CLASSES, ["x", "y"]
    return _with_network(made, 3, 3, **options)


def regressor(**options: Any) -> SequenceRegressor:
    """Return a regressor of the same sequences."""
    made = SequenceRegressor()
    made.scaler_, made.channels_ = SCALER, ["x", "y"]
    made.target_ = TargetScaler(70.0, 12.0, 71.0)
    return _with_network(made, 3, 1, task="regression", **options)


def audio(**options: Any) -> AudioClassifier:
    """Return a classifier of sound."""
    made = AudioClassifier()
    made.features_, made.scaler_ = _hearing()
    made.classes_, made.channels_ = CLASSES, []
    return _with_network(made, made.features_.width, 3, **options)


def recognizer(level: str = "word", **options: Any) -> SpeechRecognizer:
    """Return a recognizer of four words, or of their letters."""
    made = SpeechRecognizer()
    made.features_, made.scaler_ = _hearing()
    made.alphabet_ = Alphabet.fit(["one two two", "four nine"], level)
    made.specification_ = RecognizerSpecification(
        made.features_.width, made.alphabet_.outputs, **{"units": (4,), "stride": 2, **options}
    )
    made.model_ = shaken(build_recognizer(made.specification_), 0.9)
    return made


def _with_network(made: Any, features: int, outputs: int, **options: Any) -> Any:
    made.specification_ = SequenceSpecification(
        features, outputs, **{"units": (4,), "dropout": 0.1, **options}
    )
    made.model_ = shaken(build_sequence_network(made.specification_))
    return made


def _hearing() -> tuple[AudioFeatures, ChannelScaler]:
    features = AudioFeatures(RATE, mels=6)
    scaler = ChannelScaler.fit([features(SOUND), features(SOUND[::-1] / 3)])
    return features, scaler
