"""The artifact format, and prediction without Keras."""

from recurra.runtime.artifact import (
    FORMAT_VERSION,
    Artifact,
    check_writable,
    read_artifact,
    write_artifact,
)
from recurra.runtime.predictor import Prediction, TextPredictor, load_predictor
from recurra.runtime.specification import CELLS, POOLINGS, ClassifierSpecification

__all__ = [
    "CELLS",
    "FORMAT_VERSION",
    "POOLINGS",
    "Artifact",
    "ClassifierSpecification",
    "Prediction",
    "TextPredictor",
    "check_writable",
    "load_predictor",
    "read_artifact",
    "write_artifact",
]
