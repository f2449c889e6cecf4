"""Builders: specification -> Keras model.

Every model is made of Keras's own layers alone, so a saved `.keras` or `.h5` file opens in any
program that has Keras, with or without Recurra.
"""

from __future__ import annotations

from recurra.models._classifiers import (
    attention_classifier,
    bidirectional_classifier,
    build_classifier,
    deep_classifier,
    dense_classifier,
    gru_classifier,
    lstm_classifier,
    simple_rnn_classifier,
    stacked_classifier,
)
from recurra.models._forecasters import build_forecaster
from recurra.models._language_models import build_language_model, reset_states
from recurra.models._readout import attention_weights_model
from recurra.models._sequence_networks import build_sequence_network
from recurra.models._speech_networks import build_recognizer
from recurra.models._taggers import build_tagger
from recurra.models._translators import build_translator
from recurra.models._weights import assign_weights, named_variables, named_weights

__all__ = [
    "assign_weights",
    "attention_classifier",
    "attention_weights_model",
    "bidirectional_classifier",
    "build_classifier",
    "build_forecaster",
    "build_language_model",
    "build_recognizer",
    "build_sequence_network",
    "build_tagger",
    "build_translator",
    "deep_classifier",
    "dense_classifier",
    "gru_classifier",
    "lstm_classifier",
    "named_variables",
    "named_weights",
    "reset_states",
    "simple_rnn_classifier",
    "stacked_classifier",
]
