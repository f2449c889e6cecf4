"""Transcripts become numbers and come back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, DataError, UnknownNameError
from recurra.runtime.speech import ALPHABET_LEVELS, Alphabet, choose_symbols

COMMANDS = ["turn left", "turn right"] * 10


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1), st.sampled_from(ALPHABET_LEVELS))
def test_training_transcripts_come_back_with_single_spaces(texts, level):
    if not any(text.split() for text in texts):
        with pytest.raises(DataError, match="all transcripts are empty"):
            Alphabet.fit(texts, level)
        return
    alphabet = Alphabet.fit(texts, level)
    again = Alphabet.from_config(alphabet.to_config())
    for text in texts:
        numbers = again.encode(text)
        assert ((numbers >= 1) & (numbers < alphabet.outputs)).all()
        written = alphabet.decode(numbers)
        assert (again.encode(written) == numbers).all()
        assert written == " ".join(written.split())
        assert [word for word, _ in alphabet.words(tuple(numbers))] == written.split()


def test_few_frequent_words_are_symbols_and_all_else_is_spelt():
    assert choose_symbols(COMMANDS) == "word"
    assert choose_symbols([*COMMANDS, "turn back"]) == "character"
    assert choose_symbols([" ".join(f"w{i}" for i in range(101))] * 10) == "character"
    assert Alphabet.fit(COMMANDS).symbols == ("left", "right", "turn")


def test_words_say_where_they_begin():
    alphabet = Alphabet.fit(["ab c"], "character")
    assert alphabet.words(tuple(alphabet.encode("ab c"))) == [("ab", 0), ("c", 3)]


def test_unknown_symbols_are_named():
    alphabet = Alphabet.fit(["ab"], "character")
    assert not alphabet.knows("abc")
    with pytest.raises(DataError, match="the character 'c' is not among the 2 characters"):
        alphabet.encode("abc")
    with pytest.raises(UnknownNameError, match="did you mean 'word'"):
        Alphabet.fit(["ab"], "words")


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (None, "must have a level and symbols"),
        ({"level": "word"}, "must have a level and symbols"),
        ({"level": "phone", "symbols": ["a"]}, "level 'phone' is unknown"),
        ({"level": "word", "symbols": []}, "no list, empty or too many"),
        ({"level": "word", "symbols": [1]}, "is no text"),
        ({"level": "word", "symbols": ["a b"]}, "not single words"),
        ({"level": "character", "symbols": ["ab"]}, "not single characters"),
        ({"level": "character", "symbols": ["a", "a"]}, "not single characters"),
    ],
)
def test_hostile_alphabets_are_refused(config, problem):
    with pytest.raises(CorruptArtifactError, match=problem):
        Alphabet.from_config(config)
