"""Trains and measures one translator of a comparison."""

from __future__ import annotations

import math
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recurra.study._memory import PeakMemory
from recurra.study._running import Record
from recurra.study._translation_baselines import NearestSource
from recurra.study._translation_insight import attention_maps, best_and_worst
from recurra.study.translation_cells import translator_options
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable_translators import (
    PreparedPairs,
    Translator,
    TranslatorSettings,
    translation_examples,
    translation_metrics,
)

__all__ = ["TranslationSetup", "measure_baseline", "measure_translator"]

_FIGURES = (
    "rows", "bleu", "bleu_signature", "chrf", "chrf_signature", "exact_match", "by_length",
    "perplexity", "nats_per_token",
)  # fmt: skip
_TIMED = 500  # test pairs that are translated once more, to show some and to take the time
_NEAREST = {"model": "target of the training source nearest by TF-IDF of characters"}
_COPY = {"model": "the source as it is"}


@dataclass(frozen=True)
class TranslationSetup:
    """What every model of a comparison shares."""

    prepared: PreparedPairs
    preset: str
    seed: int

    def settings(self, name: str) -> TranslatorSettings:
        """Return the settings of one network."""
        return replace(self.prepared.settings, **translator_options(name))


def measure_baseline(setup: TranslationSetup, name: str) -> Record:
    """Measure a baseline: `nearest` or `copy`."""
    train, test = setup.prepared.split.train, setup.prepared.split.test
    started = time.perf_counter()
    with PeakMemory() as memory:
        nearest = NearestSource(train.sources, train.targets) if name == "nearest" else None
    seconds = time.perf_counter() - started
    translate: Callable[[Sequence[str]], list[str]] = nearest.translate if nearest else list
    translations, speed = _timed(translate, test.sources)
    metrics = translation_metrics(test.sources, test.targets, translations)
    shown = translation_examples(test.sources, test.targets, translations)
    return {
        "metrics": {key: metrics.get(key) for key in _FIGURES},
        "examples": best_and_worst(test.sources, test.targets, translations, shown["errors"]),
        "attention": [],
        "parameters": nearest.parameters if nearest else None,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": seconds if nearest else None,
        "pairs_per_second": speed if nearest else None,
        "peak_memory_mb": memory.mib,
        "history": None,
        "specification": _NEAREST if nearest else _COPY,
    }


def measure_translator(
    setup: TranslationSetup, name: str, repeat: int, watchers: Sequence[TrainingObserver]
) -> Record:
    """Train a network, measure it, and choose what to show of it."""
    prepared, settings = setup.prepared, setup.settings(name)
    vocabularies = (
        prepared.source_tokenizer.vocabulary_size,
        prepared.target_tokenizer.vocabulary_size,
    )
    own = replace(prepared, settings=settings, specification=settings.specification(*vocabularies))
    translator = Translator(seed=setup.seed + repeat)
    with PeakMemory() as memory:
        translator.fit_prepared(own, observers=watchers)
    state, metrics = translator.training_, translator.metrics_
    some = prepared.split.test.spread(_TIMED)
    translations, speed = _timed(translator.predict, some.sources)
    return {
        "metrics": {key: _finite(metrics.get(key)) for key in _FIGURES},
        "examples": best_and_worst(some.sources, some.targets, translations, metrics["errors"]),
        "attention": attention_maps(translator.predictor_, some.sources, settings.level),
        "parameters": int(translator.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": statistics.median(state.seconds),
        "training_seconds": sum(state.seconds),
        "pairs_per_second": speed,
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": translator.specification_.to_dict(),
    }


def _timed(
    translate: Callable[[Sequence[str]], list[str]], sources: Sequence[str]
) -> tuple[list[str], float]:
    """Return translations, and how many are made in a second."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what is cut was counted over all pairs
        translations = translate(sources)
    return translations, len(sources) / (time.perf_counter() - started)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
