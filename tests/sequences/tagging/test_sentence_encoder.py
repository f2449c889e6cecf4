"""Sentences become numbers that depend on the training sentences alone; BIO is put right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, DataError, ShapeError
from recurra.sequences.tagging import (
    Sentence,
    SentenceEncoder,
    forbidden_transitions,
    is_bio,
    repair_bio,
    sentences_from_lists,
)

SENTENCES = (
    Sentence(1, ("The", "Cats", "ran", "1999"), ("DET", "NOUN", "VERB", "NUM")),
    Sentence(7, ("the", "cats", "eat"), ("DET", "NOUN", "VERB")),
)


def fitted(**options):
    chosen = {"vocabulary": 100, "minimum_count": 1, "longest": 6, **options}
    return SentenceEncoder.fit(SENTENCES, **chosen)


def test_words_are_lower_case_with_digits_as_zero():
    encoder = fitted()
    assert encoder.words == ["[PAD]", "[UNK]", "cats", "the", "0000", "eat", "ran"]
    assert encoder.tags == ("DET", "NOUN", "NUM", "VERB")
    assert encoder.knows("CATS")
    assert encoder.knows("2024")
    assert not encoder.knows("dogs")
    assert fitted(minimum_count=2).words == ["[PAD]", "[UNK]", "cats", "the"]
    assert len(fitted(vocabulary=3).words) == 3


def test_a_batch_spells_each_form_once():
    encoder = fitted()
    encoded = encoder.encode(SENTENCES)
    batch = encoded.batch(np.array([1, 0]), 5, forms=9, characters=8)
    assert batch.words.tolist() == [[3, 2, 5, 0, 0], [3, 2, 6, 4, 0]]
    assert batch.characters.shape == (9, 8)
    letters = np.array(encoder.characters)
    for row, sentence in enumerate((SENTENCES[1], SENTENCES[0])):
        for step, token in enumerate(sentence.tokens):
            spelt = batch.characters[batch.forms[row, step]]
            assert "".join(letters[spelt[spelt > 0]]) == token  # case is kept
    assert (batch.characters[7:] == 0).all()  # seven distinct forms


def test_long_forms_lose_their_middle():
    encoder = fitted()
    encoded = encoder.encode([Sentence(1, ("therastsat",))])
    letters = np.array(encoder.characters)[encoded.spellings[0]]
    assert "".join(letters) == "thesat"


def test_unseen_words_and_characters_are_unknown():
    encoded = fitted().encode([Sentence(1, ("zebra",))])
    assert encoded.words[0].tolist() == [1]
    assert encoded.spellings[0].tolist()[0] == 1


def test_unseen_tags_are_named():
    with pytest.raises(DataError, match=r"the tag 'ADV' \(sentence at line 3\) was not in the"):
        fitted().encode_tags([Sentence(3, ("so",), ("ADV",))])


def test_config_round_trip_and_its_checks():
    encoder = fitted()
    config = encoder.to_config()
    assert SentenceEncoder.from_config(config).to_config() == config
    for key, value in (
        ("words", ["a"]), ("characters", None), ("tags", ["X"]), ("tags", ["X", "X"]),
        ("longest", 0), ("longest", 1 << 20),
    ):  # fmt: skip
        with pytest.raises(CorruptArtifactError):
            SentenceEncoder.from_config({**config, key: value})
    with pytest.raises(CorruptArtifactError):
        SentenceEncoder.from_config({})


@pytest.mark.parametrize(
    ("X", "y", "error", "problem"),
    [
        ("a b", None, DataError, "expected sentences, each a list of tokens, not a str"),
        (["a b"], None, DataError, "sentence 0 is a str, expected a list of tokens"),
        ([["a"], []], None, DataError, "sentence 1 has no tokens"),
        ([["a", 7]], None, DataError, "sentence 0 has the token 7, expected a string"),
        ([["a"]], [["X"], ["Y"]], ShapeError, "1 sentences but 2 lists of tags"),
        ([["a", "b"]], [["X"]], ShapeError, "sentence 0 has 2 tokens but 1 tags"),
    ],
)
def test_lists_are_checked(X, y, error, problem):
    with pytest.raises(error, match=problem):
        sentences_from_lists(X, y)


def test_one_tag_is_nothing_to_learn():
    with pytest.raises(DataError, match="all tokens have the same tag, 'X'"):
        SentenceEncoder.fit([Sentence(1, ("a",), ("X",))], vocabulary=9, minimum_count=1, longest=9)


TAGS = st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), min_size=1)


@given(TAGS)
def test_repaired_tags_follow_no_forbidden_transition(tags):
    names = ["B-A", "B-B", "I-A", "I-B", "O"]
    forbidden = forbidden_transitions(names)
    repaired, changed = repair_bio(tags)
    before = 0
    for tag in repaired:
        assert not forbidden[before, names.index(tag)]
        before = 1 + names.index(tag)
    assert changed == sum(a != b for a, b in zip(tags, repaired, strict=True))
    assert [t[2:] for t in tags] == [t[2:] for t in repaired]
    assert repair_bio(repaired) == (repaired, 0)


def test_iob1_becomes_bio():
    assert repair_bio(["I-A", "I-A", "B-A", "O", "I-B"])[0] == ("B-A", "I-A", "B-A", "O", "B-B")


def test_what_is_bio():
    assert is_bio(["O", "B-X", "I-X"])
    assert not is_bio(["O"])
    assert not is_bio(["O", "B-X", "E-X"])
    assert not is_bio(["NOUN", "B-X"])
    assert not forbidden_transitions(["NOUN", "VERB"]).any()
