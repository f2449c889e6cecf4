"""The parts of language modelling that a comparison drives one by one."""

from recurra.tasks._kernels import kernel_name
from recurra.tasks._language_preparation import PreparedCorpus, prepare_corpus
from recurra.tasks._language_settings import TextGeneratorSettings, resolve_generator_settings
from recurra.tasks.text_generator import TextGenerator

__all__ = [
    "PreparedCorpus",
    "TextGenerator",
    "TextGeneratorSettings",
    "kernel_name",
    "prepare_corpus",
    "resolve_generator_settings",
]
