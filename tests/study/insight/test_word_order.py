"""Controls of word order tell what sees order from what cannot."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import untrained
from hypothesis import given
from hypothesis import strategies as st

from recurra import TextClassifier
from recurra.errors import DataError, NotFittedError, ShapeError
from recurra.study.insight import compare_word_order
from recurra.study.insight._negation_pairs import NEGATION_PAIRS, SWAPPED_PAIRS
from recurra.study.insight.word_order import PairAnswer, negation_control, shuffle_control


def words(text):
    return text.replace(",", "").split()


HALF = len(NEGATION_PAIRS) // 2
PAIRS = (*NEGATION_PAIRS, *SWAPPED_PAIRS)
JUDGED = [text for pair in PAIRS for text in (pair.good, pair.bad)]
LABELS = ["praise", "blame"] * len(PAIRS)
PLAIN = [pair.good for pair in NEGATION_PAIRS[:HALF]] + [pair.bad for pair in NEGATION_PAIRS[HALF:]]
PLAIN_LABELS = ["praise"] * HALF + ["blame"] * HALF


def fitted(cell, texts, labels, **options):
    """Return a classifier that has seen each text eight times, behind words without meaning."""
    generator = np.random.default_rng(0)
    fillers = [f"w{k}" for k in range(20)]
    varied = [" ".join([*generator.choice(fillers, 3), text]) for text in texts * 8]
    options |= {"level": "word", "learning_rate": 1e-2, "patience": 20, "batch_size": 32}
    options |= {"embedding": 32, "dropout": 0, "embedding_dropout": 0, "word_dropout": 0}
    return TextClassifier(cell, **options).fit(varied, labels * 8)


@pytest.fixture(scope="module")
def reader():
    """A GRU that has learnt the controls by heart."""
    return fitted("gru", JUDGED + PLAIN, LABELS + PLAIN_LABELS, units=32, epochs=20)


@pytest.fixture(scope="module")
def counter():
    """An order-blind network that has learnt which words praise."""
    return fitted("dense", PLAIN, PLAIN_LABELS, units=8, epochs=8)


def test_what_reads_in_order_is_moved_by_it(reader, counter):
    found = compare_word_order({"GRU": reader, "dense": counter}, JUDGED, LABELS)
    assert list(found) == ["GRU", "dense"]
    gru, dense = found["GRU"], found["dense"]
    assert gru.shuffled.texts == 36
    assert gru.shuffled.accuracy > 0.9 > gru.shuffled.accuracy_shuffled
    assert gru.shuffled.kept < 0.9
    assert gru.shuffled.change > 0.1
    assert dense.shuffled.kept == 1
    assert dense.shuffled.change == pytest.approx(0, abs=1e-6)
    assert dense.shuffled.accuracy == dense.shuffled.accuracy_shuffled


def test_swapped_words_are_told_apart_by_order_alone(reader, counter):
    gru, dense = negation_control(reader), negation_control(counter)
    assert gru.praise == dense.praise == "praise"
    assert gru.swapped_right > 0.8
    assert gru.negations_right > 0.8
    assert dense.swapped_right == 0
    first = gru.negations[0]
    assert (first.good, first.bad) == ("the film was really good", "the film was not good")
    assert first.right
    assert first.good_probability == pytest.approx(reader.predict_proba([first.good])[0, 1])


@given(st.dictionaries(st.sampled_from(sorted({w for p in NEGATION_PAIRS for w in words(p.good)})),
                       st.floats(-3, 3)))  # fmt: skip
def test_adding_up_words_is_right_about_half_of_the_negations_at_most(weights):
    def score(text):
        return sum(weights.get(word, 0.0) for word in words(text))

    right = [score(pair.good) > score(pair.bad) + 1e-9 for pair in NEGATION_PAIRS]
    assert sum(right) <= len(right) / 2


def test_pairs_differ_in_a_word_or_in_order_alone():
    for pair in NEGATION_PAIRS:
        changed = Counter(words(pair.good)) - Counter(words(pair.bad))
        back = Counter(words(pair.bad)) - Counter(words(pair.good))
        assert {*changed, *back} == {"not", "really"}
        assert len(words(pair.good)) == len(words(pair.bad))
    for pair in SWAPPED_PAIRS:
        assert Counter(words(pair.good)) == Counter(words(pair.bad))
        assert pair.good != pair.bad


def test_what_judges_nothing_is_asked_no_negations():
    made = untrained.classifier()
    made.model_.get_layer("logits").kernel.assign(np.zeros((3, 3)))
    assert negation_control(made) is None


def test_equal_answers_are_not_right():
    assert not PairAnswer("a", "b", 0.5, 0.5).right
    assert not PairAnswer("a", "b", 0.4, 0.5).right


def test_the_same_seed_shuffles_alike():
    made, texts = untrained.classifier(), untrained.TEXTS
    once, again, other = (shuffle_control(made, texts, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert once.change != other.change
    assert once.accuracy is once.accuracy_shuffled is None


def test_what_cannot_be_asked_is_refused():
    made = untrained.classifier()
    with pytest.raises(DataError, match="there is no text to shuffle; give some"):
        shuffle_control(made, [])
    with pytest.raises(ShapeError, match="1 labels came for 2 texts"):
        compare_word_order({"GRU": made}, ["a", "b"], ["good"])
    with pytest.raises(NotFittedError):
        negation_control(TextClassifier())
