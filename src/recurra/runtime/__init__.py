"""The artifact format, and prediction without Keras."""

from recurra.runtime._forecast_network import ForecastNetwork
from recurra.runtime.artifact import (
    FORMAT_VERSION,
    Artifact,
    check_writable,
    read_artifact,
    write_artifact,
)
from recurra.runtime.forecast_specification import (
    ARCHITECTURES,
    ATTENTIONS,
    FORECAST_CELLS,
    ForecasterSpecification,
)
from recurra.runtime.predictor import Prediction, TextPredictor, load_predictor
from recurra.runtime.specification import CELLS, POOLINGS, ClassifierSpecification

__all__ = [
    "ARCHITECTURES",
    "ATTENTIONS",
    "CELLS",
    "FORECAST_CELLS",
    "FORMAT_VERSION",
    "POOLINGS",
    "Artifact",
    "ClassifierSpecification",
    "ForecastNetwork",
    "ForecasterSpecification",
    "Prediction",
    "TextPredictor",
    "check_writable",
    "load_predictor",
    "read_artifact",
    "write_artifact",
]
