"""The linear baseline reads word order as far as its n-grams do."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.study._baseline import LinearBaseline


def ordered_pairs(rows: int, seed: int, joint: str) -> tuple[list[str], np.ndarray]:
    """Return texts with the same words in both classes; their order alone says which."""
    generator = np.random.default_rng(seed)
    texts, codes = [], []
    for row in range(rows):
        pair = ("x", "y") if row % 2 else ("y", "x")
        rest = list(generator.choice(["a", "b", "c"], 4))
        texts.append(joint.join([*rest[:2], *pair, *rest[2:]]))
        codes.append(row % 2)
    return texts, np.array(codes, dtype=np.int32)


def fitted(level: str, joint: str) -> LinearBaseline:
    texts, codes = ordered_pairs(200, 0, joint)
    held_out, held_codes = ordered_pairs(40, 1, joint)
    return LinearBaseline(level).fit(lambda: texts, codes, lambda: held_out, held_codes)


@pytest.mark.parametrize(("level", "joint"), [("word", " "), ("subword", " "), ("char", "")])
def test_the_order_of_two_neighbours_is_learnt(level, joint):
    baseline = fitted(level, joint)
    texts, codes = ordered_pairs(100, 2, joint)
    probabilities = baseline.predict_proba(texts)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities.argmax(axis=1) == codes).mean() > 0.95
    assert baseline.strength in (1, 4, 16)
    assert baseline.parameters > 5


@pytest.mark.parametrize(("level", "joint"), [("word", " "), ("char", "")])
def test_shuffled_texts_are_guessed(level, joint):
    baseline = fitted(level, joint)
    generator = np.random.default_rng(3)
    texts, codes = ordered_pairs(400, 2, joint)
    shuffled = [baseline.shuffle(text, generator) for text in texts]
    assert all(sorted(a) == sorted(b) for a, b in zip(shuffled, texts, strict=True))
    assert shuffled != texts
    accuracy = (baseline.predict_proba(shuffled).argmax(axis=1) == codes).mean()
    assert 0.35 < accuracy < 0.65


def test_classes_keep_their_columns():
    texts = ["red"] * 9 + ["green"] * 9 + ["blue"] * 9
    codes = np.repeat(np.arange(3, dtype=np.int32), 9)
    baseline = LinearBaseline("word").fit(lambda: texts, codes, lambda: texts, codes)
    best = baseline.predict_proba(["blue", "red", "green"]).argmax(axis=1)
    assert best.tolist() == [2, 0, 1]
    assert baseline.parameters == 3 * 3 + 3


def test_case_is_folded_unless_it_counts():
    texts, codes = ["Red", "red"] * 9, np.array([0, 1] * 9, dtype=np.int32)
    for lowercase, right in ((True, False), (False, True)):
        baseline = LinearBaseline("word", lowercase=lowercase)
        baseline.fit(lambda: texts, codes, lambda: texts, codes)
        best = baseline.predict_proba(texts).argmax(axis=1)
        assert bool((best == codes).all()) == right


def test_words_that_occur_once_serve_where_there_are_no_others():
    texts, codes = ["one", "two", "three"], np.array([0, 1, 1], dtype=np.int32)
    baseline = LinearBaseline("word").fit(lambda: texts, codes, lambda: texts, codes)
    assert baseline.predict_proba(["one"]).argmax() == 0
