import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import recurra
from recurra.errors import (
    CorruptArtifactError,
    DataError,
    NotFittedError,
    RecurraError,
    UnsafeArtifactError,
    UsageError,
)
from recurra.sequences import TextEncoder, subwords

TEXTS = [
    "A fine film, really fine!",
    "Not a fine film.<br /><br />Don't watch it?",
    "Café crème — the naïve chef's film",
    "the film the film the end",
]
LEVELS = ["word", "char", "subword"]
ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates included


def fitted(level="word", texts=TEXTS, **settings):
    return TextEncoder(level, **{"vocabulary": 60, **settings}).fit(texts)


def test_words_are_lowered_and_html_breaks_and_punctuation_are_dropped():
    encoder = fitted(vocabulary=200)
    tokens = encoder.decode(encoder.encode([TEXTS[1]])[0])
    assert tokens == ["not", "a", "fine", "film", "don't", "watch", "it", "?"]


@pytest.mark.parametrize("text", ["a<br>b", "a<BR/>b", "a< br / >b", "a</p>b", 'a<p class="x">b'])
def test_line_breaks_of_html_separate_words(text):
    encoder = fitted(texts=["a b"])
    assert encoder.decode(encoder.encode([text])[0]) == ["a", "b"]


def test_other_signs_are_no_line_breaks():
    encoder = fitted(texts=["a < b > brim <bra>"], vocabulary=99)
    assert encoder.decode(encoder.encode(["a<bra>b"])[0]) == ["a", "bra", "b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don’t DON'T", ["don't", "don't"]),
        ("ﬁne ＦＩＮＥ", ["fine", "fine"]),  # NFKC: ligatures and wide letters
        ("cafe\u0301 café", ["café", "café"]),
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowel signs stay with their word
        ("می‌خواهم", ["می‌خواهم"]),  # a joiner inside a word
        ("good 👍🏽!", ["good", "!"]),
        ("snake_case x2", ["snake_case", "x2"]),
    ],
)
def test_unicode_words(text, words):
    encoder = fitted(texts=[text], vocabulary=99)
    assert encoder.decode(encoder.encode([text])[0]) == words


def test_case_and_accents_are_kept_when_asked():
    encoder = fitted("char", ["Éa é"], lowercase=False)
    assert encoder.decode(encoder.encode(["Éa  é"])[0]) == ["É", "a", " ", "é"]


def test_subwords_join_to_the_normalised_text():
    encoder = fitted("subword", vocabulary=300)
    for text in TEXTS:
        joined = "".join(encoder.decode(encoder.encode([text])[0])).replace("▁", " ").strip()
        assert joined == " ".join(text.replace("<br />", " ").lower().split())


def test_frequent_subwords_are_whole_words():
    assert "▁film" in fitted("subword", vocabulary=300).tokens


@pytest.mark.parametrize("level", LEVELS)
def test_a_vocabulary_never_exceeds_its_size(level):
    for size in (3, 5, 40):
        assert 3 <= fitted(level, vocabulary=size).vocabulary_size <= size


def test_tokens_are_ordered_by_count_and_ties_by_code_point():
    tokens = fitted(texts=["b a c", "c"], vocabulary=4).tokens
    assert tokens == ["[PAD]", "[UNK]", "c", "a"]


def test_rare_tokens_can_be_left_out():
    encoder = fitted(texts=["a a b"], minimum_count=2)
    assert encoder.tokens == ["[PAD]", "[UNK]", "a"]
    with pytest.raises(DataError, match="no word occurs 9 times or more"):
        fitted(minimum_count=9)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", ["", "  \n\t ", "\ud800", "\x00", "<br>", "￿"])
def test_texts_without_known_tokens_are_never_empty(level, text):
    ids = fitted(level).encode([text])[0]
    assert ids.dtype == np.int32
    assert ids.size >= 1
    assert 1 in ids


@pytest.mark.parametrize("level", LEVELS)
def test_a_very_long_word_is_one_more_text(level):
    encoder = fitted(level, [*TEXTS, "x" * 300_000], vocabulary=100, max_length=50)
    assert 1 <= len(encoder.encode(["y" * 300_000])[0]) <= 50
    assert max(map(len, encoder.tokens)) <= 256


def test_a_text_of_angle_brackets_and_spaces_takes_linear_time():
    fitted().encode(["<" + " " * 300_000, "<br" * 100_000, "<" * 300_000])


@pytest.mark.parametrize(
    ("truncate", "kept"), [("tail", "abcde"), ("head", "cdefg"), ("middle", "abcfg")]
)
def test_truncation_loses_the_named_part(truncate, kept):
    encoder = fitted("char", ["abcdefg"], max_length=5, truncate=truncate)
    assert "".join(encoder.decode(encoder.encode(["abcdefg"])[0])) == kept
    assert "".join(encoder.decode(encoder.encode(["abcde"])[0])) == "abcde"


def test_an_even_limit_keeps_as_much_of_both_ends():
    encoder = fitted("char", ["abcdefg"], max_length=4, truncate="middle")
    assert "".join(encoder.decode(encoder.encode(["abcdefg"])[0])) == "abfg"


def test_truncation_to_one_token():
    for truncate in ("tail", "head", "middle"):
        encoder = fitted("char", ["abc"], max_length=1, truncate=truncate)
        assert encoder.encode(["abc"])[0].size == 1


def test_statistics_count_before_truncation():
    encoder = fitted("word", ["a b c"], max_length=2)
    ids, lengths, unknown = encoder.encode_with_statistics(["a z b c", "", "b"])
    assert [len(row) for row in ids] == [2, 1, 1]
    assert lengths.tolist() == [4, 1, 1]
    assert unknown.tolist() == [1, 1, 0]


@pytest.mark.parametrize("level", LEVELS)
@given(texts=st.lists(ANY_TEXT, max_size=4))
def test_ids_are_inside_the_vocabulary_and_survive_storage(level, texts):
    encoder = ENCODERS[level]
    ids = encoder.encode(texts)
    restored = TextEncoder.from_config(json.loads(json.dumps(encoder.to_config())))
    assert restored.to_config() == encoder.to_config()
    for first, second in zip(ids, restored.encode(texts), strict=True):
        np.testing.assert_array_equal(first, second)
        assert 1 <= len(first) <= 20
        assert first.min() >= 1
        assert first.max() < encoder.vocabulary_size
        assert len(encoder.decode(first)) == len(first)


ENCODERS = {level: fitted(level, max_length=20) for level in LEVELS}


@given(st.lists(st.text("ab ▁é<br>\ud800'’", max_size=12), min_size=1, max_size=6))
def test_subwords_can_be_learnt_from_any_text(texts):
    if all(not text.split() for text in texts):
        return
    try:
        encoder = TextEncoder("subword", vocabulary=20).fit(texts)
    except DataError:
        return
    for text in texts:
        assert all(0 < i < encoder.vocabulary_size for i in encoder.encode([text])[0])


def test_special_tokens_cannot_be_written_by_a_text():
    for level in LEVELS:
        encoder = fitted(level, ["[PAD] [UNK] pad unk"])
        assert 0 not in encoder.encode(["[PAD]"])[0]


@pytest.mark.parametrize("level", LEVELS)
def test_the_vocabulary_does_not_depend_on_the_hash_seed(level):
    script = (
        "import hashlib, json\n"
        "from recurra.sequences import TextEncoder\n"
        "words = [''.join(chr(97 + i * k % 26) for k in (1, 7, 3)) for i in range(90)]\n"
        f"config = TextEncoder({level!r}, vocabulary=21).fit(words).to_config()\n"
        "print(hashlib.sha256(json.dumps(config).encode()).hexdigest())\n"
    )
    root = str(Path(recurra.__file__).parents[1])
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forking_after_training_subwords_prints_no_warning(capfd):
    before = os.environ.get("TOKENIZERS_PARALLELISM")
    fitted("subword", TEXTS * 50)
    script = (
        "import os\nfrom recurra.sequences import TextEncoder\n"
        f"e = TextEncoder('subword', vocabulary=50).fit({TEXTS!r} * 50)\ne.encode({TEXTS!r})\n"
        "pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TOKENIZERS_PARALLELISM"}
    environment["PYTHONPATH"] = str(Path(recurra.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    assert os.environ.get("TOKENIZERS_PARALLELISM") == before


def test_subwords_are_trained_without_worker_threads(monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    seen = []

    def repeated(counts):
        seen.append(os.environ.get("TOKENIZERS_PARALLELISM"))
        yield from (piece for piece, _ in counts)

    monkeypatch.setattr(subwords, "_repeated", repeated)
    fitted("subword")
    assert seen == ["false"]
    assert "TOKENIZERS_PARALLELISM" not in os.environ


def test_texts_are_read_once_as_a_stream():
    encoder = TextEncoder().fit(text for text in TEXTS)
    assert encoder.vocabulary_size > 10


def test_wrong_arguments_are_named():
    with pytest.raises(UsageError, match="level must be one of word, char, subword; not 'byte'"):
        TextEncoder("byte")
    with pytest.raises(UsageError, match="truncate must be one of tail, head, middle"):
        TextEncoder(truncate="end")
    with pytest.raises(UsageError, match="vocabulary must be between 3 and 1000000, not 2"):
        TextEncoder(vocabulary=2)
    with pytest.raises(UsageError, match="max_length must be 1 or more, not 0"):
        TextEncoder(max_length=0)
    with pytest.raises(UsageError, match="minimum_count"):
        TextEncoder(minimum_count=0)
    with pytest.raises(UsageError, match="got one string; put it in a list"):
        TextEncoder().fit("one text")
    with pytest.raises(DataError, match="text 1 is of type float, expected a string"):
        TextEncoder().fit(["a", float("nan")])
    with pytest.raises(DataError, match="are the texts empty"):
        TextEncoder().fit(["", " "])


def test_an_unfitted_encoder_says_so():
    for call in (lambda e: e.encode(["a"]), lambda e: e.to_config(), lambda e: e.vocabulary_size):
        with pytest.raises(NotFittedError, match="call fit"):
            call(TextEncoder())


def test_decode_checks_its_ids():
    encoder = fitted(texts=["a"])
    assert encoder.decode([2, 1, 0, 0]) == ["a", "[UNK]"]
    with pytest.raises(DataError, match=r"between 0 and 2, not 2\.\.3"):
        encoder.decode([2, 3])


HOSTILE = [
    {"kind": "audio"},
    {"version": 2},
    {"level": "byte"},
    {"level": ["word"]},
    {"vocabulary": True},
    {"vocabulary": "20"},
    {"vocabulary": 10**12},
    {"max_length": -1},
    {"max_length": 1.5},
    {"lowercase": 1},
    {"truncate": None},
    {"minimum_count": 0},
    {"tokens": None},
    {"tokens": {}},
    {"tokens": ["[PAD]"]},
    {"tokens": ["a", "b", "c"]},
    {"tokens": ["[PAD]", "[UNK]", 3]},
    {"tokens": ["[PAD]", "[UNK]", "a", "a"]},
    {"tokens": ["[PAD]", "[UNK]", ""], "merges": []},
    {"tokens": ["[PAD]", "[UNK]", "\ud800"], "merges": []},
    {"merges": None},
    {"merges": [["a"]]},
    {"merges": [["a", "b"]]},
    {"merges": [[["a"], "b"]]},
    {"merges": [["[UNK]", "▁"]]},
    {"merges": ["▁ f"]},
]


@pytest.mark.parametrize("change", HOSTILE, ids=lambda c: json.dumps(c)[:40])
def test_hostile_descriptions_are_refused(change):
    config = {**fitted("subword").to_config(), **change}
    with pytest.raises(CorruptArtifactError):
        TextEncoder.from_config(config)
    with pytest.raises(CorruptArtifactError):
        TextEncoder.from_config([])


def test_oversized_descriptions_are_refused():
    config = fitted().to_config()
    with pytest.raises(UnsafeArtifactError, match="at most 1000000 tokens"):
        TextEncoder.from_config({**config, "tokens": ["[PAD]", "[UNK]", "a" * 300]})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=6,
    ),
    st.sampled_from(["level", "vocabulary", "tokens", "merges", "max_length", "kind", "lowercase"]),
)
def test_any_value_in_a_description_is_an_error_of_ours_or_fine(value, name):
    config = {**ENCODERS["subword"].to_config(), name: value}
    try:
        TextEncoder.from_config(config).encode(["any text"])
    except RecurraError:
        return
