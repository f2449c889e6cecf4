"""Speech to text without Keras."""

from recurra.runtime.speech.alphabet import ALPHABET_LEVELS, BLANK, Alphabet, choose_symbols
from recurra.runtime.speech.decoding import BeamDecoder, GreedyDecoder, Hypothesis
from recurra.runtime.speech.likelihood import (
    fewest_steps,
    first_steps,
    log_likelihood,
    log_likelihoods,
)
from recurra.runtime.speech.network import (
    RecognizerNetwork,
    RecognizerState,
    recognizer_shapes,
)
from recurra.runtime.speech.predictor import (
    SPEECH_TASK,
    SpeechPredictor,
    SpeechStream,
    SpokenWord,
    Transcription,
)
from recurra.runtime.speech.specification import RecognizerSpecification

__all__ = [
    "ALPHABET_LEVELS",
    "BLANK",
    "SPEECH_TASK",
    "Alphabet",
    "BeamDecoder",
    "GreedyDecoder",
    "Hypothesis",
    "RecognizerNetwork",
    "RecognizerSpecification",
    "RecognizerState",
    "SpeechPredictor",
    "SpeechStream",
    "SpokenWord",
    "Transcription",
    "choose_symbols",
    "fewest_steps",
    "first_steps",
    "log_likelihood",
    "log_likelihoods",
    "recognizer_shapes",
]
