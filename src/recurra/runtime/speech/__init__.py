"""Speech to text without Keras."""

from recurra.runtime.speech.alphabet import ALPHABET_LEVELS, BLANK, Alphabet, choose_symbols
from recurra.runtime.speech.decoding import (
    BeamDecoder,
    GreedyDecoder,
    Hypothesis,
    log_likelihood,
)
from recurra.runtime.speech.network import (
    RecognizerNetwork,
    RecognizerState,
    recognizer_shapes,
)
from recurra.runtime.speech.specification import RecognizerSpecification

__all__ = [
    "ALPHABET_LEVELS",
    "BLANK",
    "Alphabet",
    "BeamDecoder",
    "GreedyDecoder",
    "Hypothesis",
    "RecognizerNetwork",
    "RecognizerSpecification",
    "RecognizerState",
    "choose_symbols",
    "log_likelihood",
    "recognizer_shapes",
]
