"""The n-gram model is a probability, and the one that its paper describes."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.study._generation_ngrams import NgramModel

CHECK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
TEXTS = st.lists(st.integers(0, 5), min_size=1, max_size=60)


def slow_chance(text: list[int], vocabulary: int, order: int, history: list[int], token: int):
    """Interpolated Kneser-Ney by dictionaries, with the discounts of a small vocabulary."""
    discounts = (0.0, 0.5, 0.75, 1.0)
    chance = 1 / vocabulary
    for length in range(1, min(order, len(text)) + 1):
        context = tuple(history[len(history) - length + 1 :]) if length > 1 else ()
        if len(context) < length - 1:
            break
        grams = [tuple(text[i : i + length]) for i in range(len(text) - length + 1)]
        counts = Counter(grams)
        if length < min(order, len(text)):
            longer = {tuple(text[i : i + length + 1]) for i in range(len(text) - length)}
            counts = Counter(dict.fromkeys(counts, 0))
            counts.update(gram[1:] for gram in longer)
        after = {gram[-1]: count for gram, count in counts.items() if gram[:-1] == context}
        total = sum(after.values())
        if not after:
            break
        kept = {t: c - discounts[min(c, 3)] for t, c in after.items()}
        left = 1 - sum(kept.values()) / max(total, 1)
        chance = kept.get(token, 0) / max(total, 1) + left * chance
    return chance


@CHECK
@given(TEXTS, st.lists(st.integers(0, 5), max_size=8), st.integers(1, 4))
def test_chances_of_all_tokens_sum_to_one_and_none_is_zero(text, history, order):
    model = NgramModel.fit(np.array(text), 6, order)
    chances = model.distribution(history)
    assert chances.sum() == pytest.approx(1)
    assert (chances > 0).all()


@CHECK
@given(TEXTS, st.lists(st.integers(0, 5), min_size=1, max_size=12), st.integers(1, 4))
def test_both_ways_to_ask_agree(text, read, order):
    model = NgramModel.fit(np.array(text), 6, order)
    together = model.log_probabilities(np.array(read))
    single = [model.distribution(read[:n])[token] for n, token in enumerate(read)]
    np.testing.assert_allclose(np.exp(together), single, rtol=1e-9)


@CHECK
@given(st.integers(0, 999))
def test_model_equals_the_slow_reference(seed):
    generator = np.random.default_rng(seed)
    # Every pair of two tokens occurs many times: the discounts are those of a small vocabulary.
    text = generator.integers(0, 2, 80).tolist()
    model = NgramModel.fit(np.array(text), 3, 2)
    history = generator.integers(0, 3, 4).tolist()
    for token in range(3):
        expected = slow_chance(text, 3, 2, history, token)
        assert model.distribution(history)[token] == pytest.approx(expected)


def test_discounts_are_those_of_the_counts_of_counts():
    counts = [1] * 10 + [2] * 6 + [3] * 4 + [4] * 3 + [7]
    text = [token for token, count in enumerate(counts) for _ in range(count)]
    model = NgramModel.fit(np.array(text), len(counts), 1)
    base = 10 / (10 + 2 * 6)
    expected = (2 - (2 - 3 * base * 4 / 6)) / len(text)  # of a token seen twice
    left = 1 - sum(model._orders[0].shares)
    assert model.distribution([])[12] == pytest.approx(expected + left / len(counts))


def test_context_that_was_not_counted_is_only_context():
    text = np.array([0, 1, 2, 3] * 20)
    model = NgramModel.fit(text, 5, 3)
    whole = model.log_probabilities(text[:12])
    np.testing.assert_allclose(model.log_probabilities(text[6:12], 2), whole[8:12])


def test_longer_n_grams_foretell_a_repeated_text_better():
    text = np.array([1, 2, 1, 3, 1, 2, 1, 4] * 60)
    losses = [-NgramModel.fit(text, 5, n).log_probabilities(text).mean() for n in (1, 2, 3, 4)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.2 < losses[0] < math.log(5)


def test_parameters_are_the_n_grams():
    model = NgramModel.fit(np.array([0, 1, 0, 1, 0]), 2, 3)
    assert model.parameters == 2 + 2 + 2
    assert NgramModel.fit(np.array([1]), 2, 5).order == 1
