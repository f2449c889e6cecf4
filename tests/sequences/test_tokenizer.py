import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import (
    CorruptArtifactError,
    DataError,
    NotFittedError,
    UnsafeArtifactError,
    UsageError,
)
from recurra.sequences import BOS_ID, EOS_ID, PAD_ID, UNK_ID, StreamDecoder, Tokenizer

LEVELS = ("char", "word", "subword")
TEXT = (
    "To be, or  not to be:\n\nthat is the question - whether 'tis nobler; l'été, ça va? \t"
    "日本語のテキスト, नमस्ते दुनिया, 🙂 e\u0301t\n to be the the the"
)
WRITTEN = st.text(st.characters(codec="utf-8"), max_size=60)


def fitted(level, texts=(TEXT,), **settings):
    return Tokenizer(level, 400, **settings).fit(texts)


@pytest.mark.parametrize("level", LEVELS)
def test_decoding_gives_the_training_text_back(level):
    tokenizer = fitted(level)
    ids = tokenizer.encode(TEXT)
    assert ids.dtype == np.int32
    assert ids.min() > EOS_ID
    assert tokenizer.decode(ids) == TEXT
    assert "".join(tokenizer.token_texts(ids)) == TEXT or level == "subword"
    assert tokenizer.unknown(TEXT) == []


@given(text=WRITTEN)
def test_subwords_give_any_text_back(text):
    assert BYTES.decode(BYTES.encode(text)) == text
    assert BYTES.unknown(text) == []


@given(texts=st.lists(WRITTEN, min_size=1, max_size=3))
@pytest.mark.parametrize("level", LEVELS)
def test_texts_fitted_on_come_back(level, texts):
    texts = [*texts, "a"]
    tokenizer = Tokenizer(level, 1000).fit(texts)
    for text in texts:
        assert tokenizer.decode(tokenizer.encode(text)) == text


@given(text=WRITTEN)
@pytest.mark.parametrize("level", ["char", "subword"])
def test_sentences_come_back_without_the_space_at_their_ends(level, text):
    tokenizer = Tokenizer(level, 2000, sentences=True).fit([text, "x"])
    assert tokenizer.decode(tokenizer.encode(f" \n{text}\t")) == text.strip()


@pytest.mark.parametrize("level", ["word", "subword"])
def test_the_first_word_of_a_sentence_is_the_same_token_as_later(level):
    tokenizer = fitted(level, ["the man saw the man"] * 5, sentences=True)
    ids = tokenizer.encode("man saw the man")
    assert ids[0] == ids[-1]
    assert tokenizer.decode(ids) == "man saw the man"
    assert tokenizer.token_texts(ids[:1]) == [" man"]
    assert len(tokenizer.encode("  ")) == 0


def test_words_take_their_space_along_and_white_space_stays():
    text = "or  not to be:\n\nthat 'tis"
    tokenizer = Tokenizer("word").fit([text])
    assert tokenizer.token_texts(tokenizer.encode(text)) == [
        "or", " ", " not", " to", " be", ":", "\n", "\n", "that", " '", "tis",
    ]  # fmt: skip


def test_ids_are_ordered_by_count_then_code_point():
    tokenizer = Tokenizer("char").fit(["bca", "aé"])
    assert tokenizer.tokens == ["[PAD]", "[UNK]", "[BOS]", "[EOS]", "a", "b", "c", "é"]
    assert tokenizer.vocabulary_size == 8
    assert tokenizer.encode("abé").tolist() == [4, 5, 7]


def test_rare_tokens_and_those_beyond_the_vocabulary_are_unknown():
    assert Tokenizer("char", 6).fit(["aaabbc"]).encode("abc").tolist() == [4, 5, UNK_ID]
    assert Tokenizer("char", minimum_count=2).fit(["aaabbc"]).encode("abc").tolist() == [4, 5, 1]
    tokenizer = Tokenizer("word", minimum_count=2).fit(["we", "we saw"])
    assert tokenizer.unknown("we saw you") == [" saw", " you"]
    assert tokenizer.decode(tokenizer.encode("we saw")) == "we \ufffd"


def test_unknown_characters_are_named_once_and_decode_as_a_replacement():
    tokenizer = Tokenizer().fit(["abc"])
    assert tokenizer.unknown("añbñ日") == ["ñ", "日"]
    assert tokenizer.decode(tokenizer.encode("aña")) == "a\ufffda"
    assert tokenizer.token_texts([PAD_ID, UNK_ID, BOS_ID, EOS_ID, 4]) == [
        "[PAD]", "[UNK]", "[BOS]", "[EOS]", "a",
    ]  # fmt: skip


def test_special_tokens_cannot_be_written():
    for level in LEVELS:
        tokenizer = fitted(level, ["[PAD][UNK][BOS][EOS]"] * 3)
        ids = tokenizer.encode("[PAD][UNK][BOS][EOS]")
        assert ids.min() > EOS_ID
        assert tokenizer.decode([BOS_ID, *ids, EOS_ID, PAD_ID]) == "[PAD][UNK][BOS][EOS]"


def test_lower_case_and_lone_surrogates():
    tokenizer = Tokenizer("char", lowercase=True).fit(["ABC"])
    assert tokenizer.decode(tokenizer.encode("aBc")) == "abc"
    for level in LEVELS:
        tokenizer = fitted(level, ["a\ud800b"])
        assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a\ufffdb"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("sentences", [False, True])
@given(text=st.text("ab ¢日🙂\n\u2028", max_size=20))
def test_decoding_token_by_token_gives_the_same(level, sentences, text):
    tokenizer = DECODED[level, sentences]
    ids = tokenizer.encode(text)
    decoder = StreamDecoder(tokenizer)
    parts = [decoder.push(int(i)) for i in ids]
    assert "".join([*parts, decoder.finish()]) == tokenizer.decode(ids)


def test_a_character_is_held_back_until_it_is_whole():
    ids = BYTES.encode("é🙂")
    decoder = StreamDecoder(BYTES)
    parts = [decoder.push(int(i)) for i in ids[:-1]]
    assert "\ufffd" not in "".join(parts)
    assert decoder.finish() == "\ufffd"
    assert BYTES.decode(ids[:-1]).endswith("\ufffd")


@pytest.mark.parametrize("level", LEVELS)
def test_a_tokenizer_survives_json(level):
    first = fitted(level, sentences=level == "word", minimum_count=2, lowercase=level == "char")
    second = Tokenizer.from_config(json.loads(json.dumps(first.to_config())))
    assert second.to_config() == first.to_config()
    np.testing.assert_array_equal(second.encode(TEXT), first.encode(TEXT))
    assert second.decode(second.encode(TEXT)) == first.decode(first.encode(TEXT))


@pytest.mark.parametrize(
    ("level", "change", "error", "message"),
    [
        ("char", {"kind": "text"}, CorruptArtifactError, "not that of a tokenizer"),
        ("char", {"version": 2}, CorruptArtifactError, "version 2, expected 1"),
        ("char", {"sentences": 1}, CorruptArtifactError, "sentences is 1"),
        ("char", {"level": "line"}, CorruptArtifactError, "cannot be used: level must be one of"),
        ("char", {"vocabulary": 7}, CorruptArtifactError, "and be at most 7"),
        ("char", {"tokens": None}, CorruptArtifactError, "not a list of strings"),
        ("char", {"tokens": ["[PAD]", "[UNK]", "a", "b"]}, CorruptArtifactError, "must start with"),
        ("char", {"tokens": "SPECIAL"}, CorruptArtifactError, "must start with"),
        ("char", {"tokens": ["ab"]}, CorruptArtifactError, "not single characters"),
        ("word", {"tokens": ["a" * 257]}, UnsafeArtifactError, "at most 256 characters|256"),
        ("subword", {"tokens": ["a", "b"]}, CorruptArtifactError, "do not hold all 256 bytes"),
        ("subword", {"tokens": "SPACE"}, CorruptArtifactError, "not written in bytes"),
        ("subword", {"merges": [["a", "zzz"]]}, CorruptArtifactError, "no pair of tokens"),
    ],
)
def test_a_damaged_description_is_refused(level, change, error, message):
    config = fitted(level).to_config()
    special = config["tokens"][:4]
    if "tokens" in change and change["tokens"] is not None and "[PAD]" not in change["tokens"]:
        given = change["tokens"]
        tokens = {"SPECIAL": [], "SPACE": [*config["tokens"][4:], "a b"]}.get(str(given), given)
        change = {"tokens": [*special, *tokens]}
    with pytest.raises(error, match=message):
        Tokenizer.from_config({**config, **change})
    with pytest.raises(CorruptArtifactError, match="not that of a tokenizer"):
        Tokenizer.from_config([])


def test_wrong_settings_and_calls_are_named():
    with pytest.raises(UsageError, match="level must be one of word, char, subword; not 'bytes'"):
        Tokenizer("bytes")
    with pytest.raises(UsageError, match="between 260 and 1000000 for the level 'subword', not 99"):
        Tokenizer("subword", 99)
    with pytest.raises(UsageError, match="minimum_count must be 1 or more, not 0"):
        Tokenizer(minimum_count=0)
    with pytest.raises(UsageError, match="got one string"):
        Tokenizer().fit("abc")
    with pytest.raises(DataError, match="no char occurs 1 times or more"):
        Tokenizer().fit(["", ""])
    with pytest.raises(DataError, match="of type int, expected a string"):
        Tokenizer().fit(["a", 1])
    with pytest.raises(NotFittedError, match=r"call fit\(texts\) first"):
        Tokenizer().encode("a")
    with pytest.raises(NotFittedError):
        Tokenizer().token_bytes(0)
    for call in (BYTES.decode, BYTES.token_texts):
        with pytest.raises(DataError, match=r"between 0 and 259, not -1\.\.260"):
            call([-1, 260])


def test_subwords_of_the_smallest_vocabulary_are_bytes():
    assert BYTES.vocabulary_size == 260
    assert len(BYTES.encode("🙂")) == 4


def test_a_word_without_end_is_unknown_and_kept_nowhere():
    endless = "ab" * 100_000
    tokenizer = Tokenizer("word").fit([endless, "a b"])
    assert all(len(token) <= 256 for token in tokenizer.tokens)
    assert tokenizer.encode(endless).tolist() == [UNK_ID]


def test_the_texts_decide_the_subwords_alone():
    texts = [Path(__file__).read_text(encoding="utf-8")]
    first, second = (Tokenizer("subword", 600).fit(texts) for _ in range(2))
    assert first.to_config() == second.to_config()
    assert len(first.encode(texts[0])) < len(texts[0]) / 2


BYTES = Tokenizer("subword", 260).fit(["a"])
DECODED = {
    (level, sentences): Tokenizer(level, 400, sentences=sentences).fit(["ab ¢日🙂 a b\nab 日 "])
    for level in LEVELS
    for sentences in (False, True)
}
