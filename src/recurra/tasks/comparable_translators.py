"""The parts of translation that a comparison drives one by one."""

from recurra.tasks._kernels import kernel_name
from recurra.tasks._translation_preparation import PreparedPairs, prepare_pairs
from recurra.tasks._translation_sources import open_pairs, split_pairs
from recurra.tasks._translator_settings import TranslatorSettings, resolve_translator_settings
from recurra.tasks.translation_metrics import translation_examples, translation_metrics
from recurra.tasks.translator import Translator

__all__ = [
    "PreparedPairs",
    "Translator",
    "TranslatorSettings",
    "kernel_name",
    "open_pairs",
    "prepare_pairs",
    "resolve_translator_settings",
    "split_pairs",
    "translation_examples",
    "translation_metrics",
]
