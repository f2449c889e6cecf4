"""What a comparison of language models says."""

from __future__ import annotations

from typing import Any

import pytest

from recurra.errors import UnknownNameError, UsageError
from recurra.study import parse_generators, summarise_generators
from recurra.study.generation_verdict import generation_verdict


def record(model: str, bits: float, repeat: int = 0, tokens: int = 50_000) -> dict[str, Any]:
    return {
        "model": model,
        "name": {"ngram": "8-gram", "lstm": "LSTM", "gru": "GRU"}[model],
        "repeat": repeat,
        "metrics": {"bits_per_character": bits, "tokens": tokens, "nats_per_token": bits * 0.7},
        "parameters": 1000,
    }


def sentences(*records: dict[str, Any]) -> str:
    return str(generation_verdict(summarise_generators(records)))


def test_models_come_best_first_with_their_means():
    found = summarise_generators(
        [record("ngram", 2.0), record("lstm", 1.9), record("lstm", 1.7, 1), record("gru", 1.85)]
    )
    assert [one.model for one in found] == ["lstm", "gru", "ngram"]
    assert found[0].loss == pytest.approx(1.8)
    assert found[0].low is not None
    assert found[0].low < 1.8 < found[0].high
    assert [one.baseline for one in found] == [False, False, True]
    assert found[1].ends == (1.85, 1.85)
    assert found[0].nats == pytest.approx(1.26)
    assert found[0].accuracy is None


def test_verdict_names_the_gap_to_the_n_grams():
    text = sentences(record("ngram", 2.0), record("lstm", 1.8), record("gru", 2.1))
    assert "LSTM has the lowest loss (1.800 bits per character), 10.0\u00a0% below" in text
    assert "GRU is not better than the 8-gram model (2.000)" in text
    assert "Every network was trained once" in text


def test_verdict_says_when_no_network_is_better():
    text = sentences(record("ngram", 1.6), record("lstm", 1.8), record("gru", 1.81))
    assert "No network is better than the 8-gram model" in text
    assert "LSTM and GRU are within 1\u00a0% of each other" in text


def test_verdict_compares_intervals_of_repeats():
    near = [record("lstm", 1.8 + n / 10, n) for n in range(3)]
    far = [record("gru", 2.8 + n / 100, n) for n in range(3)]
    assert "overlaps no other network's; the next is GRU at 2.810" in sentences(*near, *far)
    close = [record("gru", 1.9 + n / 10, n) for n in range(3)]
    assert "overlaps that of GRU: this run does not rank them" in sentences(*near, *close)
    assert "With 3 repeats a t interval is very wide" in sentences(*near)


def test_few_tokens_and_lone_models_are_said():
    assert "The test text has 900 tokens" in sentences(record("gru", 2.0, tokens=900))
    assert "no n-grams stand beside it" in sentences(record("gru", 2.0))
    assert "Only the 8-gram was run" in sentences(record("ngram", 2.0))
    with pytest.raises(UsageError, match="no records"):
        summarise_generators([])
    with pytest.raises(UsageError, match="no summaries"):
        generation_verdict([])


def test_the_baseline_is_always_there():
    assert parse_generators("gru,lstm") == ("ngram", "gru", "lstm")
    assert parse_generators(["ngram"]) == ("ngram",)
    with pytest.raises(UnknownNameError, match="did you mean 'lstm'"):
        parse_generators("lsmt")
