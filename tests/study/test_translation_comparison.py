"""Comparisons of translators are fair, and the same when they are run again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from recurra.errors import CheckpointError, DataError, UnknownNameError, UsageError
from recurra.report.results import check_results
from recurra.sequences import read_pairs
from recurra.study import compare_translators
from recurra.study._translation_insight import best_and_worst

OPTIONS: dict[str, Any] = {
    "cells": "gru,noattention", "epochs": 1, "units": 8, "embedding": 8, "seed": 3, "level": "char",
    "validation": 20, "test": 30,
}  # fmt: skip


def pairs(count: int = 150) -> Any:
    """Return numbers and the same backwards."""
    generator = np.random.default_rng(0)
    sources = generator.choice(10_000, count, replace=False).astype(str)
    return read_pairs([(one, one[::-1]) for one in sources.tolist()])


@pytest.fixture(scope="module")
def compared() -> list[dict[str, Any]]:
    return compare_translators(pairs(), **OPTIONS)


def test_records_are_those_of_a_report(compared):
    check_results(json.loads(json.dumps(compared, allow_nan=False)))
    assert [one["model"] for one in compared] == ["nearest", "gru", "noattention"]
    assert {one["metrics"]["rows"] for one in compared} == {30}


def test_networks_differ_in_nothing_but_their_cell(compared):
    _, gru, plain = compared
    assert gru["training"] == plain["training"]
    assert gru["specification"]["attention"] == "dot"
    assert plain["specification"]["attention"] == "none"
    assert gru["specification"]["units"] == plain["specification"]["units"] == 8
    assert plain["attention"] == []


def test_attention_is_of_sources_of_several_lengths(compared):
    maps = compared[1]["attention"]
    assert 1 <= len(maps) <= 3
    for one in maps:
        weights = np.array(one["weights"])
        assert weights.shape == (len(one["target_tokens"]), len(one["source_tokens"]))
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=0.01)


def test_a_copy_stands_beside_where_words_are_shared():
    rows = [(f"item {n} is red", f"item {n} is blue") for n in range(80)]
    records = compare_translators(read_pairs(rows), **{**OPTIONS, "cells": "nearest", "test": 20})
    assert [one["model"] for one in records] == ["nearest", "copy"]
    copied = records[1]
    assert copied["metrics"]["exact_match"] == 0
    assert copied["examples"]["worst"][0]["source"] == copied["examples"]["worst"][0]["translation"]
    asked = compare_translators(pairs(), **{**OPTIONS, "cells": "copy"})
    assert [one["model"] for one in asked] == ["nearest", "copy"]


def test_what_is_finished_is_not_trained_again(compared):
    assert compare_translators(pairs(), **OPTIONS, finished=compared) == compared
    with pytest.raises(CheckpointError, match="units differ"):
        compare_translators(pairs(), **{**OPTIONS, "units": 4}, finished=compared)


@pytest.mark.parametrize(
    ("options", "error", "expected"),
    [
        ({"cell": "gru"}, UsageError, "cells says what to compare; leave out cell"),
        ({"attention": "dot"}, UsageError, "cells says what to compare; leave out attention"),
        ({"repeats": 0}, UsageError, "repeats must be 1 or more"),
        ({"seed": True}, UsageError, "seed must be a whole number from 0 up, not True"),
        ({"cells": "lsmt"}, UnknownNameError, "unknown cell 'lsmt'; did you mean 'lstm'"),
        ({"preset": "quick"}, UnknownNameError, "unknown preset 'quick'"),
    ],
)
def test_wrong_calls_are_refused_before_the_pairs_are_read(options, error, expected):
    with pytest.raises(error, match=expected):
        compare_translators("no such file", **{**OPTIONS, **options})


def test_no_test_pairs_are_refused():
    with pytest.raises(DataError, match="no test pairs to measure on; test must be above 0"):
        compare_translators(pairs(), **{**OPTIONS, "test": 0})


def test_best_are_the_longest_that_are_right():
    sources = ["a", "long one", "longer one", "wrong and the longest"]
    found = best_and_worst(
        sources,
        ["1", "2", "3", "4"],
        ["1", "2", " 3 ", "5"],
        [{"source": "x" * 900, "reference": "y", "translation": "z", "similarity": 0.1}],
    )
    assert [one["source"] for one in found["best"]] == ["longer one", "long one", "a"]
    assert found["worst"] == [{"source": "x" * 400, "reference": "y", "translation": "z"}]


def test_what_is_cut_is_said_once():
    options = {**OPTIONS, "cells": "gru", "max_length": 3}
    with pytest.warns(UserWarning, match="have more than 3 tokens") as said:
        compare_translators(pairs(80), **options)
    words = [str(one.message).split(" of ", 1)[1] for one in said]
    assert len(words) == len(set(words)) == 3  # training sources and targets, test sources
