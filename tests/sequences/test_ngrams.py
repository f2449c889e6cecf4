from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, ShapeError, UsageError
from recurra.sequences import EncodedTexts, NgramVocabulary, ngrams, pad_sequences

ROWS = st.lists(st.lists(st.integers(1, 4), max_size=9), max_size=12)


def grams(row, order):
    windows = [tuple(row[i : i + order]) for i in range(len(row) - order + 1)]
    return [window if min(window) > 1 else None for window in windows]


def fit(rows, **settings):
    encoded = EncodedTexts.from_sequences([np.array(row, dtype=np.int32) for row in rows])
    settings = {"vocabulary_size": 5, "minimum_count": 2, "maximum": 99, **settings}
    return NgramVocabulary.fit(encoded, np.arange(len(rows)), **settings)


@given(ROWS, st.sampled_from([(2,), (2, 3), (3,)]), st.integers(1, 3), st.integers(1, 40))
def test_kept_ngrams_equal_a_plain_count(rows, orders, minimum, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngrams, "_CHUNK_TOKENS", chunk)
        vocabulary = fit(rows, orders=orders, minimum_count=minimum)
    expected = set()
    for order in orders:
        counts = Counter(g for row in rows for g in set(grams(row, order)) if g)
        expected |= {g for g, count in counts.items() if count >= minimum}
    kept = [vocabulary.token_ids(i) for i in range(1, vocabulary.size)]
    assert len(kept) == len(set(kept))
    assert set(kept) == expected


@given(ROWS.filter(len), st.booleans(), st.integers(0, 3))
def test_transform_finds_each_ngram_where_it_begins(rows, unique, extra):
    vocabulary = fit(rows, orders=(2, 3), minimum_count=1)
    time = max(map(len, rows)) + extra
    found = vocabulary.transform(pad_sequences(rows, maxlen=time), unique=unique)
    assert found.dtype == np.int32
    assert found.shape == (len(rows), 2 * time)
    for row, line in zip(rows, found, strict=True):
        seen = set()
        for block, order in enumerate((2, 3)):
            part = line[block * time : (block + 1) * time]
            for i, gram in enumerate(grams(row, order)):
                expected = None if unique and gram in seen else gram
                seen.add(gram)
                assert (vocabulary.token_ids(part[i]) if part[i] else None) == expected
            assert not part[max(len(row) - order + 1, 0) :].any()


def test_only_training_rows_count():
    encoded = EncodedTexts.from_sequences([[2, 3], [2, 3], [3, 2], [3, 2]])
    vocabulary = NgramVocabulary.fit(
        encoded, [0, 1, 2], vocabulary_size=5, orders=(2,), minimum_count=2
    )
    assert [vocabulary.token_ids(i) for i in range(1, vocabulary.size)] == [(2, 3)]


def test_the_maximum_keeps_the_most_frequent():
    rows = [[2, 3, 4]] * 3 + [[2, 3]] * 2 + [[4, 4]] * 4
    vocabulary = fit(rows, orders=(2, 3), maximum=2)
    assert {vocabulary.token_ids(i) for i in (1, 2)} == {(2, 3), (4, 4)}
    assert vocabulary.size == 3


def test_rare_candidates_are_dropped_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(ngrams, "_MAX_CANDIDATES", 4)
    monkeypatch.setattr(ngrams, "_CHUNK_TOKENS", 6)
    rows = [[2, 3]] * 9 + [[a, b] for a in (2, 3, 4) for b in (2, 3, 4)]
    vocabulary = fit(rows, orders=(2,), minimum_count=3)
    assert [vocabulary.token_ids(i) for i in range(1, vocabulary.size)] == [(2, 3)]


def test_arrays_hold_everything():
    vocabulary = fit([[2, 3, 4], [2, 3, 4]], orders=(2, 3))
    restored = NgramVocabulary.from_arrays(vocabulary.to_arrays())
    ids = np.array([[2, 3, 4, 0]])
    np.testing.assert_array_equal(restored.transform(ids), vocabulary.transform(ids))
    assert restored.size == vocabulary.size == 4


@pytest.mark.parametrize(
    "change",
    [
        {"header": np.array([5.0, 2, 3])},
        {"header": np.array([5, 3, 2])},
        {"header": np.array([], dtype=np.int64)},
        {"header": np.array([2**40, 2, 3])},
        {"header": np.array([5, 2, 10**15])},
        {"keys_2": np.array([3, 3])},
        {"keys_2": np.array([-1, 3])},
        {"keys_2": np.array([1, 25])},
        {"keys_2": np.array([[1]])},
        {"keys_3": None},
    ],
)
def test_damaged_arrays_are_refused(change):
    arrays = {**fit([[2, 3, 4]] * 2, orders=(2, 3)).to_arrays(), **change}
    with pytest.raises(CorruptArtifactError):
        NgramVocabulary.from_arrays(arrays)


def test_wrong_arguments_are_named():
    with pytest.raises(UsageError, match="must rise from 1 up"):
        fit([[2, 3]], orders=(2, 1))
    with pytest.raises(UsageError, match="do not fit 63 bits"):
        fit([[2, 3]], orders=(5,), vocabulary_size=20_000)
    vocabulary = fit([[2, 3]] * 2, orders=(2,))
    with pytest.raises(ShapeError, match="shape"):
        vocabulary.transform([1, 2])
    for ngram in (0, 2):
        with pytest.raises(UsageError, match="between 1 and 1"):
            vocabulary.token_ids(ngram)


def test_no_rows_and_short_rows_give_no_ngrams():
    assert fit([]).size == 1
    vocabulary = fit([[2], [3]])
    assert vocabulary.transform([[2]]).tolist() == [[0, 0]]
    assert vocabulary.transform(np.zeros((0, 3), dtype=int)).shape == (0, 6)
