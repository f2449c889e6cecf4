"""The artifact format, and prediction without Keras."""

from recurra.runtime._forecast_network import ForecastNetwork
from recurra.runtime._language_network import LanguageNetwork, LanguageState, LanguageStream
from recurra.runtime.artifact import (
    FORMAT_VERSION,
    Artifact,
    check_writable,
    read_artifact,
    write_artifact,
)
from recurra.runtime.forecast import Forecast, forecast_mean, quantile_column
from recurra.runtime.forecast_artifact import (
    FORECAST_TASK,
    LoadedForecaster,
    forecaster_contents,
    read_forecaster,
)
from recurra.runtime.forecast_predictor import ForecastPredictor
from recurra.runtime.forecast_specification import (
    ARCHITECTURES,
    ATTENTIONS,
    FORECAST_CELLS,
    ForecasterSpecification,
)
from recurra.runtime.generator import Generation, GeneratorPredictor, TextScore
from recurra.runtime.generator_artifact import (
    GENERATION_TASK,
    LoadedGenerator,
    generator_contents,
    read_generator,
)
from recurra.runtime.language_specification import (
    LANGUAGE_CELLS,
    LANGUAGE_INPUTS,
    LanguageModelSpecification,
)
from recurra.runtime.loading import load_predictor
from recurra.runtime.predictor import Prediction, TextPredictor
from recurra.runtime.sampling import SamplingOptions, choose
from recurra.runtime.specification import CELLS, POOLINGS, ClassifierSpecification
from recurra.runtime.translation_specification import (
    TRANSLATOR_ATTENTIONS,
    TRANSLATOR_CELLS,
    TranslatorSpecification,
)

__all__ = [
    "ARCHITECTURES",
    "ATTENTIONS",
    "CELLS",
    "FORECAST_CELLS",
    "FORECAST_TASK",
    "FORMAT_VERSION",
    "GENERATION_TASK",
    "LANGUAGE_CELLS",
    "LANGUAGE_INPUTS",
    "POOLINGS",
    "TRANSLATOR_ATTENTIONS",
    "TRANSLATOR_CELLS",
    "Artifact",
    "ClassifierSpecification",
    "Forecast",
    "ForecastNetwork",
    "ForecastPredictor",
    "ForecasterSpecification",
    "Generation",
    "GeneratorPredictor",
    "LanguageModelSpecification",
    "LanguageNetwork",
    "LanguageState",
    "LanguageStream",
    "LoadedForecaster",
    "LoadedGenerator",
    "Prediction",
    "SamplingOptions",
    "TextPredictor",
    "TextScore",
    "TranslatorSpecification",
    "check_writable",
    "choose",
    "forecast_mean",
    "forecaster_contents",
    "generator_contents",
    "load_predictor",
    "quantile_column",
    "read_artifact",
    "read_forecaster",
    "read_generator",
    "write_artifact",
]
