"""Speech to text without Keras."""

from recurra.runtime.speech.alphabet import ALPHABET_LEVELS, BLANK, Alphabet, choose_symbols
from recurra.runtime.speech.decoding import (
    BeamDecoder,
    GreedyDecoder,
    Hypothesis,
    log_likelihood,
)

__all__ = [
    "ALPHABET_LEVELS",
    "BLANK",
    "Alphabet",
    "BeamDecoder",
    "GreedyDecoder",
    "Hypothesis",
    "choose_symbols",
    "log_likelihood",
]
