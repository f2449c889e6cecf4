"""What a comparison of translators says."""

from __future__ import annotations

from typing import Any

import pytest

from recurra.errors import UnknownNameError, UsageError
from recurra.study import parse_translators, summarise_translators
from recurra.study.translation_cells import TRANSLATORS, translator_options
from recurra.study.translation_summary import ranked_by
from recurra.study.translation_verdict import translation_verdict


def record(
    model: str, bleu: float | None, exact: float, repeat: int = 0, rows: int = 1000
) -> dict[str, Any]:
    return {
        "model": model,
        "name": TRANSLATORS[model],
        "repeat": repeat,
        "metrics": {"bleu": bleu, "exact_match": exact, "rows": rows},
    }


def sentences(*records: dict[str, Any]) -> str:
    return str(translation_verdict(summarise_translators(records)))


def test_sentences_are_ranked_by_bleu():
    records = [record("gru", 30.0, 0.1), record("lstm", 28.0, 0.2), record("nearest", 9.0, 0.0)]
    found = summarise_translators(records)
    assert [one.model for one in found] == ["gru", "lstm", "nearest"]
    assert {one.scored_by for one in found} == {"BLEU"}
    assert (
        "GRU has the highest score, BLEU 30.0; the best baseline, the nearest source, has 9.0"
        in (sentences(*records))
    )


def test_right_or_wrong_answers_are_ranked_by_exact_match():
    records = [record("gru", 98.0, 0.97), record("lstm", 97.0, 0.99), record("nearest", 30.0, 0.1)]
    assert ranked_by(records) == "exact_match"
    assert summarise_translators(records)[0].model == "lstm"
    assert "an exact match of 99.0\u00a0%" in sentences(*records)
    assert ranked_by([record("gru", None, 0.1)]) == "exact_match"


def test_verdict_says_who_does_not_beat_a_baseline():
    text = sentences(record("gru", 30.0, 0.1), record("rnn", 8.0, 0), record("nearest", 9.0, 0))
    assert "SimpleRNN is not better than the nearest source" in text
    text = sentences(record("gru", 3.0, 0.1), record("copy", 9.0, 0.0))
    assert "No network is better than a baseline: the copy of the source has BLEU 9.0" in text


def test_verdict_says_what_attention_brings():
    text = sentences(record("gru", 30.0, 0.1), record("noattention", 21.5, 0.0))
    assert "With attention the GRU has 8.5\u00a0BLEU more than without" in text
    text = sentences(record("gru", 90.0, 0.9), record("noattention", 80.0, 0.7))
    assert "With attention the GRU has 20.0\u00a0percentage points more" in text


def test_verdict_knows_noise():
    text = sentences(record("gru", 30.0, 0.1), record("lstm", 29.5, 0.1))
    assert "GRU and LSTM are within 1.0\u00a0BLEU of each other" in text
    runs = [record("gru", 30.0 + n, 0.1, n) for n in range(3)]
    others = [record("lstm", 20.0 + n / 9, 0.1, n) for n in range(3)]
    assert "overlaps no other network's; the next is LSTM" in sentences(*runs, *others)
    assert "overlaps that of LSTM" in sentences(
        *runs, *(record("lstm", 29.0 + n, 0.1, n) for n in range(3))
    )


def test_small_tests_and_missing_packages_are_said():
    text = sentences(record("gru", None, 0.1, rows=50))
    assert "There are 50 test pairs" in text
    assert "pip install 'recurra[translate]'" in text
    assert "Only baselines were run" in sentences(record("copy", 1.0, 0.0))
    with pytest.raises(UsageError, match="no records"):
        summarise_translators([])
    with pytest.raises(UsageError, match="no summaries"):
        translation_verdict([])


def test_an_interval_stays_inside_its_scale():
    found = summarise_translators([record("gru", 99.0, 0.6 + n * 0.39, n) for n in range(2)])
    assert found[0].low == 0
    assert found[0].high == 1


def test_baselines_come_first():
    assert parse_translators("gru,copy") == ("nearest", "copy", "gru")
    assert parse_translators(["lstm"]) == ("nearest", "lstm")
    with pytest.raises(UnknownNameError, match="did you mean 'noattention'"):
        parse_translators("noatention")
    assert translator_options("noattention") == {"cell": "gru", "attention": "none"}
