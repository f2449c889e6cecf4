"""Estimators of every task with random weights: nothing is trained, so they cost little."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

from recurra import Forecaster, RollGenerator, TextClassifier, TextGenerator, Translator
from recurra.models import (
    build_classifier,
    build_forecaster,
    build_language_model,
    build_translator,
    named_weights,
)
from recurra.runtime import (
    ClassifierSpecification,
    GeneratorPredictor,
    LanguageModelSpecification,
    RollPredictor,
    TranslatorSpecification,
)
from recurra.sequences import EncodedTexts, NgramVocabulary, TextEncoder, Tokenizer, read_series
from recurra.tasks._forecast_preparation import prepare_series
from recurra.tasks._forecast_settings import resolve_forecast_settings

TEXTS = ["the film was good", "the film was bad", "a good plot and a bad end", "not good at all"]
PROSE = "the cat sat on the mat. the dog ran to the log."


def shaken(model: Any, scale: float = 0.7) -> Any:
    """Give every weight a random value, asymmetric and large enough to matter."""
    generator = np.random.default_rng(5)
    for variable in model.trainable_variables:
        variable.assign(generator.normal(0, scale, variable.shape))
    return model


def classifier(*, ngrams: bool = False, **options: Any) -> TextClassifier:
    """Return a classifier of three labels."""
    made = TextClassifier()
    made.encoder_ = TextEncoder().fit(TEXTS)
    made.classes_ = np.array(["bad", "good", "mixed"])
    made._ngrams = _ngrams(made.encoder_) if ngrams else None
    made.specification_ = ClassifierSpecification(
        made.encoder_.vocabulary_size,
        3,
        ngrams=made._ngrams.size if made._ngrams else 0,
        ngram_orders=(1, 2) if ngrams else (),
        **{"embedding": 4, "units": (3,), "dropout": 0.1, "recurrent_dropout": 0.1, **options},
    )
    made.model_ = shaken(build_classifier(made.specification_))
    return made


def _ngrams(encoder: TextEncoder) -> NgramVocabulary:
    encoded = EncodedTexts.from_sequences(encoder.encode(TEXTS))
    return NgramVocabulary.fit(
        encoded,
        np.arange(len(TEXTS)),
        vocabulary_size=encoder.vocabulary_size,
        orders=(1, 2),
        minimum_count=1,
        maximum=50,
    )


def forecaster(model: str = "gru", *, series: int = 1, **options: Any) -> Forecaster:
    """Return a forecaster of 3 days from 8; with several series, of shops `s0`, `s1`, ..."""
    generator = np.random.default_rng(1)
    names = [f"s{k}" for k in range(series)]
    frame = pl.DataFrame(
        {
            "shop": np.repeat(names, 60),
            "day": list(pl.date_range(pl.date(2021, 3, 1), pl.date(2021, 4, 29), eager=True))
            * series,
            "sales": 10 + generator.normal(size=60 * series).cumsum(),
            "visits": generator.normal(size=60 * series),
        }
    )
    reading = {"time": "day", "target": "sales"} | ({"series_id": "shop"} if series > 1 else {})
    made = Forecaster(3, model=model, **reading)
    given = {"model": model, "horizon": 3, "lookback": 8, "units": 4, **options}
    reading |= {name: options.pop(name) for name in ("past",) if name in options}
    given = {name: value for name, value in given.items() if name not in reading}
    table = read_series(frame, **reading)
    prepared = prepare_series(table, resolve_forecast_settings("fast", given))
    made.settings_, made.specification_ = prepared.settings, prepared.specification
    made.model_ = shaken(build_forecaster(prepared.specification), 0.4)
    made.predictor_ = made._new_predictor(prepared)
    return made


def generator(**options: Any) -> TextGenerator:
    """Return a language model of characters."""
    made = TextGenerator()
    made.tokenizer_ = Tokenizer("char").fit([PROSE])
    made.specification_ = LanguageModelSpecification(
        made.tokenizer_.vocabulary_size, **{"embedding": 4, "units": (5,), "cell": "gru", **options}
    )
    made.model_ = shaken(build_language_model(made.specification_))
    weights = named_weights(made.model_)
    made.predictor_ = GeneratorPredictor(made.tokenizer_, made.specification_, weights)
    return made


def translator(**options: Any) -> Translator:
    """Return a translator of words."""
    made = Translator()
    made.source_tokenizer_ = Tokenizer("word", sentences=True).fit(TEXTS)
    made.target_tokenizer_ = Tokenizer("word", sentences=True).fit(["der film war gut", "schlecht"])
    made.settings_ = SimpleNamespace(max_length=9)
    made.specification_ = TranslatorSpecification(
        made.source_tokenizer_.vocabulary_size,
        made.target_tokenizer_.vocabulary_size,
        **{"embedding": 4, "units": 3, **options},
    )
    made.model_ = shaken(build_translator(made.specification_))
    return made


def rolls(notes: int = 5) -> RollGenerator:
    """Return a generator of piano rolls."""
    made = RollGenerator()
    made.specification_ = LanguageModelSpecification(
        notes, embedding=4, units=(3,), cell="rnn", inputs="rolls"
    )
    made.model_ = shaken(build_language_model(made.specification_))
    made.predictor_ = RollPredictor(made.specification_, named_weights(made.model_))
    return made
