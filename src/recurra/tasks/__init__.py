"""Tasks: estimators that train, predict, evaluate, save and load."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.tasks._anomalies import Anomalies, find_anomalies
    from recurra.tasks._backtest import Backtest, BacktestObserver
    from recurra.tasks._forecast_evaluation import Scales
    from recurra.tasks._loading import load_model, open_model
    from recurra.tasks._series_sources import open_new_series
    from recurra.tasks._training_observer import TrainingObserver
    from recurra.tasks._training_options import TrainingOptions
    from recurra.tasks._training_state import TrainingState
    from recurra.tasks.forecaster import Forecaster
    from recurra.tasks.roll_generator import RollGenerator
    from recurra.tasks.series.sequence_classifier import SequenceClassifier
    from recurra.tasks.series.sequence_regressor import SequenceRegressor
    from recurra.tasks.speech.audio_classifier import AudioClassifier
    from recurra.tasks.speech.recognizer import SpeechRecognizer
    from recurra.tasks.tagging.tagger import SequenceTagger
    from recurra.tasks.text_classifier import TextClassifier
    from recurra.tasks.text_generator import TextGenerator
    from recurra.tasks.translator import Translator

__all__ = [
    "Anomalies",
    "AudioClassifier",
    "Backtest",
    "BacktestObserver",
    "Forecaster",
    "RollGenerator",
    "Scales",
    "SequenceClassifier",
    "SequenceRegressor",
    "SequenceTagger",
    "SpeechRecognizer",
    "TextClassifier",
    "TextGenerator",
    "TrainingObserver",
    "TrainingOptions",
    "TrainingState",
    "Translator",
    "find_anomalies",
    "load_model",
    "open_model",
    "open_new_series",
]

_LAZY = {
    "Anomalies": "recurra.tasks._anomalies",
    "AudioClassifier": "recurra.tasks.speech.audio_classifier",
    "Backtest": "recurra.tasks._backtest",
    "BacktestObserver": "recurra.tasks._backtest",
    "Forecaster": "recurra.tasks.forecaster",
    "RollGenerator": "recurra.tasks.roll_generator",
    "Scales": "recurra.tasks._forecast_evaluation",
    "SequenceClassifier": "recurra.tasks.series.sequence_classifier",
    "SequenceRegressor": "recurra.tasks.series.sequence_regressor",
    "SequenceTagger": "recurra.tasks.tagging.tagger",
    "SpeechRecognizer": "recurra.tasks.speech.recognizer",
    "TextClassifier": "recurra.tasks.text_classifier",
    "TextGenerator": "recurra.tasks.text_generator",
    "TrainingObserver": "recurra.tasks._training_observer",
    "TrainingOptions": "recurra.tasks._training_options",
    "TrainingState": "recurra.tasks._training_state",
    "Translator": "recurra.tasks.translator",
    "find_anomalies": "recurra.tasks._anomalies",
    "load_model": "recurra.tasks._loading",
    "open_model": "recurra.tasks._loading",
    "open_new_series": "recurra.tasks._series_sources",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.tasks' has no attribute {name!r}")
