"""The parts of text classification that a comparison drives one by one."""

from recurra.tasks._context_measuring import classifier_context
from recurra.tasks._examples import Examples
from recurra.tasks._facts import now, processors, versions
from recurra.tasks._kernels import kernel_name, use_kernels
from recurra.tasks._layer_kernels import layer_kernels
from recurra.tasks._preparation import PreparedTexts, encode_texts, prepare_texts
from recurra.tasks._settings import TextClassifierSettings, resolve_settings
from recurra.tasks._sources import Split, open_split
from recurra.tasks._text_batches import TextInputs, choose_boundaries
from recurra.tasks._text_training import predict_rows
from recurra.tasks.metrics import classification_metrics
from recurra.tasks.text_classifier import TextClassifier

__all__ = [
    "Examples",
    "PreparedTexts",
    "Split",
    "TextClassifier",
    "TextClassifierSettings",
    "TextInputs",
    "choose_boundaries",
    "classification_metrics",
    "classifier_context",
    "encode_texts",
    "kernel_name",
    "layer_kernels",
    "now",
    "open_split",
    "predict_rows",
    "prepare_texts",
    "processors",
    "resolve_settings",
    "use_kernels",
    "versions",
]
