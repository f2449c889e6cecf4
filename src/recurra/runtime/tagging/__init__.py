"""Taggers without Keras."""

from recurra.runtime.tagging.chain import log_normalizer, marginals, viterbi
from recurra.runtime.tagging.network import TaggerNetwork, tagger_shapes
from recurra.runtime.tagging.predictor import (
    TAGGING_TASK,
    TaggedToken,
    TaggingPredictor,
)
from recurra.runtime.tagging.specification import TaggerSpecification

__all__ = [
    "TAGGING_TASK",
    "TaggedToken",
    "TaggerNetwork",
    "TaggerSpecification",
    "TaggingPredictor",
    "log_normalizer",
    "marginals",
    "tagger_shapes",
    "viterbi",
]
