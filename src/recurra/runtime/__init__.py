"""The artifact format, and prediction without Keras."""

from recurra.runtime._forecast_network import ForecastNetwork
from recurra.runtime._language_network import LanguageNetwork, LanguageState, LanguageStream
from recurra.runtime._translation_network import TranslationNetwork
from recurra.runtime.artifact import (
    FORMAT_VERSION,
    Artifact,
    check_writable,
    read_artifact,
    write_artifact,
)
from recurra.runtime.decoding import DecodingOptions
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
from recurra.runtime.roll_predictor import ROLL_TASK, RollPredictor, check_roll
from recurra.runtime.sampling import SamplingOptions, choose
from recurra.runtime.series import (
    AUDIO_CLASSIFICATION_TASK,
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    AudioPredictor,
    SequenceNetwork,
    SequencePredictor,
    SequenceSpecification,
)
from recurra.runtime.specification import CELLS, POOLINGS, ClassifierSpecification
from recurra.runtime.speech import (
    SPEECH_TASK,
    RecognizerSpecification,
    SpeechPredictor,
    SpeechStream,
    Transcription,
)
from recurra.runtime.tagging import (
    TAGGING_TASK,
    TaggedToken,
    TaggerSpecification,
    TaggingPredictor,
)
from recurra.runtime.translation_specification import (
    TRANSLATOR_ATTENTIONS,
    TRANSLATOR_CELLS,
    TranslatorSpecification,
)
from recurra.runtime.translator import AttentionMatrix, Translation, TranslationPredictor
from recurra.runtime.translator_artifact import (
    TRANSLATION_TASK,
    LoadedTranslator,
    read_translator,
    translator_contents,
)

__all__ = [
    "ARCHITECTURES",
    "ATTENTIONS",
    "AUDIO_CLASSIFICATION_TASK",
    "CELLS",
    "FORECAST_CELLS",
    "FORECAST_TASK",
    "FORMAT_VERSION",
    "GENERATION_TASK",
    "LANGUAGE_CELLS",
    "LANGUAGE_INPUTS",
    "POOLINGS",
    "ROLL_TASK",
    "SEQUENCE_CLASSIFICATION_TASK",
    "SEQUENCE_REGRESSION_TASK",
    "SPEECH_TASK",
    "TAGGING_TASK",
    "TRANSLATION_TASK",
    "TRANSLATOR_ATTENTIONS",
    "TRANSLATOR_CELLS",
    "Artifact",
    "AttentionMatrix",
    "AudioPredictor",
    "ClassifierSpecification",
    "DecodingOptions",
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
    "LoadedTranslator",
    "Prediction",
    "RecognizerSpecification",
    "RollPredictor",
    "SamplingOptions",
    "SequenceNetwork",
    "SequencePredictor",
    "SequenceSpecification",
    "SpeechPredictor",
    "SpeechStream",
    "TaggedToken",
    "TaggerSpecification",
    "TaggingPredictor",
    "TextPredictor",
    "TextScore",
    "Transcription",
    "Translation",
    "TranslationNetwork",
    "TranslationPredictor",
    "TranslatorSpecification",
    "check_roll",
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
    "read_translator",
    "translator_contents",
    "write_artifact",
]
