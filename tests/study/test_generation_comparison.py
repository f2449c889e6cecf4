"""Comparisons of language models are fair, and the same when they are run again."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from recurra.errors import CheckpointError, DataError, UnknownNameError, UsageError
from recurra.models import build_language_model, named_weights
from recurra.report.results import check_results
from recurra.runtime import (
    GeneratorPredictor,
    LanguageModelSpecification,
    LanguageNetwork,
    SamplingOptions,
)
from recurra.sequences import EOS_ID, Tokenizer, TokenStream
from recurra.study import compare_generators
from recurra.study._generation_insight import first_words, positions
from recurra.study._generation_ngrams import NgramModel
from recurra.study._generation_readers import NetworkReader, NgramReader

OPTIONS: dict[str, Any] = {
    "cells": "gru", "epochs": 1, "units": 8, "embedding": 4, "sequence_length": 16, "seed": 3,
    "validation": 0.1, "test": 0.2,
}  # fmt: skip


def sentences(count: int = 400) -> str:
    generator = random.Random(0)
    who, does, what = ("a cat", "the dog", "one bird"), ("sees", "likes"), ("it", "them", "you")
    made = (
        f"{generator.choice(who)} {generator.choice(does)} {generator.choice(what)}."
        for _ in range(count)
    )
    return "\n".join(made)


@pytest.fixture(scope="module")
def compared() -> list[dict[str, Any]]:
    return compare_generators([sentences()], **OPTIONS)


def test_records_are_those_of_a_report(compared):
    check_results(json.loads(json.dumps(compared, allow_nan=False)))
    assert [(one["model"], one["name"]) for one in compared] == [
        ("ngram", "8-gram"),
        ("gru", "GRU"),
    ]


def test_all_models_are_measured_on_the_same_tokens(compared):
    ngram, gru = compared
    assert ngram["metrics"]["tokens"] == gru["metrics"]["tokens"] == gru["data"]["rows"]["test"]
    assert ngram["metrics"]["characters"] == gru["metrics"]["characters"]
    assert ngram["surprise"]["tokens"] == gru["surprise"]["tokens"]
    assert ngram["positions"]["starts"] == gru["positions"]["starts"] == [
        0, 1, 2, 4, 8, 16, 32, 64, 128, 256,
    ]  # fmt: skip
    assert ngram["samples"]["prompt"] == gru["samples"]["prompt"]
    assert ngram["metrics"]["bits_per_character"] < 1.0 < gru["metrics"]["bits_per_character"]


def test_what_is_told_by_token_is_what_is_measured(compared):
    for record in compared:
        shown = np.array(record["surprise"]["nats"])
        whole = len(shown) == record["metrics"]["tokens"]
        mean = record["metrics"]["nats_per_token"]
        assert shown.mean() == pytest.approx(mean, rel=1e-3 if whole else 0.25)
        right = [
            guess[0] == token
            for guess, token in zip(
                record["surprise"]["expected"], record["surprise"]["tokens"], strict=True
            )
        ]
        assert np.mean(right) == pytest.approx(record["metrics"]["accuracy"], abs=0.1)


def test_what_is_finished_is_not_trained_again(compared):
    again = compare_generators([sentences()], **OPTIONS, finished=compared)
    assert again == compared
    with pytest.raises(CheckpointError, match="units differ"):
        compare_generators([sentences()], **{**OPTIONS, "units": 4}, finished=compared)


@pytest.mark.parametrize(
    ("options", "error", "expected"),
    [
        ({"cell": "gru"}, UsageError, "cells says what to compare; leave out cell"),
        ({"repeats": 0}, UsageError, "repeats must be 1 or more"),
        ({"seed": -1}, UsageError, "seed must be a whole number from 0 up, not -1"),
        ({"test": 0.0}, UsageError, "test must be above 0"),
        ({"cells": "bigru"}, UnknownNameError, "unknown cell 'bigru'; did you mean 'gru'"),
        ({"level": "chars"}, UnknownNameError, "did you mean 'char'"),
    ],
)
def test_wrong_calls_are_refused_before_the_text_is_read(options, error, expected):
    with pytest.raises(error, match=expected):
        compare_generators("no such file", **{**OPTIONS, **options})


def test_too_short_a_text_is_refused():
    with pytest.raises(DataError, match="at least 16 are needed"):
        compare_generators(["a little text"], **OPTIONS)


def characters(text: str) -> tuple[Tokenizer, TokenStream]:
    tokenizer = Tokenizer("char").fit([text])
    ids = tokenizer.encode(text)
    ids = np.where(ids == tokenizer.encode("¶")[0], EOS_ID, ids) if "¶" in text else ids
    return tokenizer, TokenStream(ids.astype(np.uint8), len(text), 0)


def test_prompt_is_whole_words_of_the_text():
    long = "The quick brown fox jumps over the lazy dog and on."
    assert first_words(*characters(long), inside=False) == "The quick brown fox jumps over the lazy"
    assert first_words(*characters("ick brown fox"), inside=True) == "brown fox"
    assert first_words(*characters("of it.\nA line, and some more"), inside=True) == (
        "A line, and some more"
    )
    assert first_words(*characters("the end¶A new one"), inside=True) == "A new one"
    assert first_words(*characters("x" * 60), inside=False) == "x" * 40


def test_networks_are_read_as_they_are_measured():
    text = "all that glitters is not gold " * 3
    tokenizer, stream = characters(text)
    specification = LanguageModelSpecification(tokenizer.vocabulary_size, embedding=6, units=(9,))
    weights = named_weights(build_language_model(specification, seed=4))
    weights = {name: 4 * values for name, values in weights.items()}  # far from uniform
    predictor = GeneratorPredictor(tokenizer, specification, weights)
    reader = NetworkReader(LanguageNetwork(specification, weights), predictor)
    nats = reader.nats(np.stack([stream.ids, stream.ids[::-1]]))
    np.testing.assert_allclose(-nats[0], predictor.score(text).log_probabilities, atol=1e-4)
    np.testing.assert_allclose(nats[1:], reader.nats(stream.ids[None, ::-1]), atol=1e-4)
    best, chances = reader.guesses(stream.ids)
    np.testing.assert_allclose(
        chances, [np.exp(-reader.nats(_ended(stream.ids[:n], one))[0, -1])
                  for n, one in enumerate(best)], rtol=1e-3,
    )  # fmt: skip
    assert (chances >= np.exp(-nats[0]) - 1e-4).all()
    assert reader.write("all ", length=9, temperature=0.0, seed=0) == (
        predictor.generate("all ", length=9, options=SamplingOptions(temperature=0))[0].text
    )


def _ended(ids: np.ndarray, last: int) -> np.ndarray:
    return np.append(ids, last)[None]


def test_positions_tell_where_context_helps():
    tokenizer, stream = characters("abcdefgh" * 300)
    reader = NgramReader(NgramModel.fit(stream.ids, tokenizer.vocabulary_size, 3), tokenizer)
    found = positions(reader, stream)
    assert found is not None
    assert found["starts"] == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert found["nats"][0] > 1.5
    assert max(found["nats"][2:]) < 0.01 < found["nats"][1] < 1
    assert positions(reader, TokenStream(stream.ids[:20], 20, 0)) is None


def test_n_grams_write_what_they_have_read():
    tokenizer, stream = characters("abcdefgh" * 300)
    reader = NgramReader(NgramModel.fit(stream.ids, tokenizer.vocabulary_size, 3), tokenizer)
    assert reader.write("abc", length=7, temperature=0.0, seed=0) == "defghab"
    best, chances = reader.guesses(stream.ids[:4])
    assert tokenizer.decode(best[1:]) == "bcd"
    assert (chances[2:] > 0.9).all()


def test_end_of_a_text_ends_the_writing():
    tokenizer, stream = characters("hello¶" * 200)
    reader = NgramReader(NgramModel.fit(stream.ids, tokenizer.vocabulary_size, 4), tokenizer)
    assert reader.write("he", length=50, temperature=0.0, seed=0) == "llo"
