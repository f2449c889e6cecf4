"""Recurra: train, compare, understand and ship recurrent networks on sequences.

Everything public is loaded on first use, so that `import recurra` stays light::

    from recurra import TextClassifier

    classifier = TextClassifier(cell="gru").fit(texts, labels)
    classifier.predict(["a fine film"])
    classifier.save("stars.recurra")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from recurra import errors
from recurra._backend import choose_backend
from recurra._version import __version__

if TYPE_CHECKING:
    from recurra.layers import accelerate, accelerated, deaccelerate, explain_kernels
    from recurra.runtime import (
        AudioPredictor,
        ForecastPredictor,
        GeneratorPredictor,
        RollPredictor,
        SequencePredictor,
        TaggingPredictor,
        TextPredictor,
        TranslationPredictor,
        load_predictor,
    )
    from recurra.study import (
        compare,
        compare_forecasts,
        compare_generators,
        compare_translators,
        probe,
    )
    from recurra.study.insight import Trace, inspect
    from recurra.tasks import (
        AudioClassifier,
        Forecaster,
        RollGenerator,
        SequenceClassifier,
        SequenceRegressor,
        SequenceTagger,
        SpeechRecognizer,
        TextClassifier,
        TextGenerator,
        Translator,
    )

__all__ = [
    "AudioClassifier",
    "AudioPredictor",
    "ForecastPredictor",
    "Forecaster",
    "GeneratorPredictor",
    "RollGenerator",
    "RollPredictor",
    "SequenceClassifier",
    "SequencePredictor",
    "SequenceRegressor",
    "SequenceTagger",
    "SpeechRecognizer",
    "TaggingPredictor",
    "TextClassifier",
    "TextGenerator",
    "TextPredictor",
    "Trace",
    "TranslationPredictor",
    "Translator",
    "__version__",
    "accelerate",
    "accelerated",
    "compare",
    "compare_forecasts",
    "compare_generators",
    "compare_translators",
    "deaccelerate",
    "errors",
    "explain_kernels",
    "inspect",
    "load_predictor",
    "probe",
]

_LAZY = {
    "AudioClassifier": "recurra.tasks",
    "AudioPredictor": "recurra.runtime",
    "ForecastPredictor": "recurra.runtime",
    "Forecaster": "recurra.tasks",
    "GeneratorPredictor": "recurra.runtime",
    "RollGenerator": "recurra.tasks",
    "RollPredictor": "recurra.runtime",
    "SequenceClassifier": "recurra.tasks",
    "SequencePredictor": "recurra.runtime",
    "SequenceRegressor": "recurra.tasks",
    "SequenceTagger": "recurra.tasks",
    "SpeechRecognizer": "recurra.tasks",
    "TaggingPredictor": "recurra.runtime",
    "TextClassifier": "recurra.tasks",
    "TextGenerator": "recurra.tasks",
    "TextPredictor": "recurra.runtime",
    "Trace": "recurra.study.insight",
    "TranslationPredictor": "recurra.runtime",
    "Translator": "recurra.tasks",
    "accelerate": "recurra.layers",
    "accelerated": "recurra.layers",
    "compare": "recurra.study",
    "compare_forecasts": "recurra.study",
    "compare_generators": "recurra.study",
    "compare_translators": "recurra.study",
    "deaccelerate": "recurra.layers",
    "explain_kernels": "recurra.layers",
    "inspect": "recurra.study.insight",
    "load_predictor": "recurra.runtime",
    "probe": "recurra.study",
}

choose_backend()


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
