"""Nothing of the held-out rows reaches what is learnt."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recurra.errors import DataError
from recurra.sequences import UNK_ID
from recurra.tasks._examples import examples_from_lists
from recurra.tasks._preparation import PreparedTexts, prepare_texts
from recurra.tasks._settings import resolve_settings

ROWS = 60
# Every row has a word of its own: `own7` stands in row 7 and nowhere else.
TEXTS = [f"own{row} common pair words" for row in range(ROWS)]
LABELS = ["a" if row % 3 else "b" for row in range(ROWS)]


def prepared(seed: int = 0, **given) -> PreparedTexts:
    settings = resolve_settings("fast", {"level": "word", "validation": 0.2, **given})
    return prepare_texts(examples_from_lists(TEXTS, LABELS), settings, seed)


@pytest.mark.parametrize("seed", range(3))
def test_the_encoder_knows_the_training_rows_only(seed):
    found = prepared(seed)
    tokens = set(found.encoder.tokens)
    assert {f"own{row}" for row in found.train} <= tokens
    assert not {f"own{row}" for row in found.validation} & tokens
    for row in found.validation:
        assert found.inputs.encoded[int(row)][0] == UNK_ID


def test_the_n_grams_are_of_the_training_rows_only():
    """A pair in two training rows and twelve held-out rows is too rare to be kept."""
    split = prepared()
    rare = {*split.train[:2].tolist(), *split.validation.tolist()}
    texts = ["left right" if row in rare else "right left" for row in range(ROWS)]
    settings = resolve_settings("fast", {"level": "word", "validation": 0.2, "ngram_orders": (2,)})
    found = prepare_texts(examples_from_lists(texts, LABELS), settings, 0)
    assert found.validation.tolist() == split.validation.tolist()
    ids = {token: k for k, token in enumerate(found.encoder.tokens)}
    pairs = {found.inputs.ngrams.token_ids(k) for k in range(1, found.inputs.ngrams.size)}
    assert pairs == {(ids["right"], ids["left"])}


def test_the_split_is_stratified_disjoint_and_seeded():
    found = prepared()
    assert len(found.validation) == 12
    assert sorted([*found.train, *found.validation]) == list(range(ROWS))
    assert np.bincount(found.codes[found.validation]).tolist() == [8, 4]
    assert found.validation.tolist() == prepared().validation.tolist()
    assert found.validation.tolist() != prepared(seed=1).validation.tolist()


def test_the_facts_are_of_the_training_rows():
    found = prepared()
    data = found.data
    assert data["rows"] == {"train": 48, "validation": 12}
    assert data["classes"] == {"a": 40, "b": 20}
    assert data["unknown_share"] == 0  # validation rows would have one unknown word in four
    assert data["length"]["max"] == 4
    shown = {example["text"] for example in data["examples"]}
    assert shown <= {TEXTS[row] for row in found.train}
    assert len(data["sha256"]) == 64
    json.dumps(data, allow_nan=False)


def test_a_length_limit_cuts_and_is_counted():
    data = prepared(max_length=3).data
    assert data["truncated_share"] == 1
    assert prepared(max_length=3).inputs.encoded.lengths.max() == 3
    assert prepared(max_length=0).data["max_length"] is None


def test_encoded_rows_may_lie_in_a_file(tmp_path):
    settings = resolve_settings("fast", {"level": "word", "validation": 0.2})
    examples = examples_from_lists(TEXTS, LABELS)
    spilled = prepare_texts(examples, settings, 0, spill=tmp_path)
    held = prepare_texts(examples, settings, 0)
    for row in range(ROWS):
        np.testing.assert_array_equal(spilled.inputs.encoded[row], held.inputs.encoded[row])
    assert spilled.data == held.data


def test_fewer_rows_than_classes_are_refused():
    settings = resolve_settings("fast", {"level": "word"})
    with pytest.raises(DataError, match=r"3 rows for 3 classes: no class has a second row"):
        prepare_texts(examples_from_lists(["x", "y", "z"], ["a", "b", "c"]), settings, 0)


def test_texts_without_a_token_are_refused():
    settings = resolve_settings("fast", {"level": "word"})
    with pytest.raises(DataError, match=r"no word occurs .* in the training texts"):
        prepare_texts(examples_from_lists(["", "  ", " ", "\n"], list("abab")), settings, 0)
