"""The next token: every option against its plain definition, and nothing that breaks it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recurra.errors import DataError, UsageError
from recurra.runtime import SamplingOptions, choose

GRID = 500
CHECK = settings(max_examples=25, deadline=None, derandomize=True, database=None)
SCORES = st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=12)


class Numbers:
    """Gives the numbers that a test names, as if it had drawn them."""

    def __init__(self, numbers):
        self.numbers = iter(numbers)

    def random(self):
        return next(self.numbers)


def distribution(scores, options, history=None):
    """Return how often each token is chosen over all numbers that can be drawn, evenly spaced."""
    logits = np.tile(np.array(scores, np.float32), (GRID, 1))
    seen = None if history is None else np.tile(np.array(history), (GRID, 1))
    ids = choose(logits, options, Numbers((np.arange(GRID) + 0.5) / GRID), seen)
    return np.bincount(ids, minlength=len(scores)) / GRID


def plain_softmax(scores):
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def renormalized(probabilities, kept):
    total = sum(probabilities[k] for k in kept)
    return [p / total if k in kept else 0.0 for k, p in enumerate(probabilities)]


def ranked(probabilities):
    return sorted(range(len(probabilities)), key=lambda k: (-probabilities[k], k))


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1.01 / GRID)


@CHECK
@given(scores=SCORES, temperature=st.floats(0.05, 20))
def test_temperature_divides_the_scores(scores, temperature):
    expected = plain_softmax([np.float32(score) / temperature for score in scores])
    assert_close(distribution(scores, SamplingOptions(temperature)), expected)


@CHECK
@given(scores=st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=12, unique=True),
       k=st.integers(1, 14))  # fmt: skip
def test_top_k_keeps_the_k_most_probable(scores, k):
    probabilities = plain_softmax(scores)
    expected = renormalized(probabilities, sorted(range(len(scores)), key=lambda i: -scores[i])[:k])
    assert_close(distribution(scores, SamplingOptions(top_k=k)), expected)


@CHECK
@given(scores=SCORES, share=st.floats(0, 1))
def test_top_p_keeps_the_fewest_that_reach_the_share(scores, share):
    probabilities = plain_softmax(scores)
    kept, total = [], 0.0
    for token in ranked(probabilities):
        if kept and total >= share - 1e-12:
            break
        if kept and abs(total - share) < 1e-9:  # reached or not is a matter of rounding
            return
        kept.append(token)
        total += probabilities[token]
    assert_close(
        distribution(scores, SamplingOptions(top_p=share)), renormalized(probabilities, kept)
    )


@CHECK
@given(scores=SCORES, share=st.floats(0, 1))
def test_min_p_keeps_what_is_probable_enough_beside_the_best(scores, share):
    probabilities = plain_softmax(scores)
    limit = share * max(probabilities)
    if any(0 < abs(p - limit) < 1e-9 for p in probabilities):
        return
    kept = [k for k, p in enumerate(probabilities) if p >= limit]
    assert_close(
        distribution(scores, SamplingOptions(min_p=share)), renormalized(probabilities, kept)
    )


@CHECK
@given(data=st.data(), scores=SCORES, penalty=st.floats(0.2, 5))
def test_the_repetition_penalty_makes_the_history_less_probable(data, scores, penalty):
    history = data.draw(st.lists(st.integers(0, len(scores) - 1), max_size=6))
    changed = [
        score if k not in history else score / penalty if score > 0 else score * penalty
        for k, score in enumerate(np.array(scores, np.float32).tolist())
    ]
    options = SamplingOptions(repetition_penalty=penalty)
    found = distribution(scores, options, np.array(history, int))
    assert_close(found, plain_softmax(changed))


def test_options_apply_one_after_the_other():
    scores = [2.0, 1.9, 1.0, 0.5, -3.0]
    options = SamplingOptions(0.5, top_k=4, top_p=0.97, min_p=0.1, repetition_penalty=2.0)
    cooled = plain_softmax([score / 0.5 for score in (1.0, 1.9, 1.0, 0.5, -3.0)])
    four = renormalized(cooled, [1, 0, 2, 3])
    assert sum(sorted(four)[-3:]) < 0.97  # so the nucleus takes all four
    kept = [k for k in (0, 1, 2, 3) if four[k] >= 0.1 * max(four)]
    assert kept == [0, 1, 2]
    assert_close(distribution(scores, options, [0]), renormalized(cooled, kept))


@pytest.mark.parametrize("temperature", [0, 0.0, 1e-300, 1e-9, 1e-3])
def test_temperatures_near_zero_are_greedy(temperature):
    logits = np.random.default_rng(1).normal(size=(20, 9)).astype(np.float32)
    ids = choose(logits, SamplingOptions(temperature), np.random.default_rng(0))
    np.testing.assert_array_equal(ids, logits.argmax(axis=1))


def test_greedy_choices_draw_nothing():
    generator = np.random.default_rng(3)
    choose(np.zeros((4, 5), np.float32), SamplingOptions(0), generator)
    choose(np.zeros((4, 5), np.float32), SamplingOptions(top_k=1), generator)
    assert generator.random() == np.random.default_rng(3).random()


ANY_FLOAT = st.floats(width=32, allow_nan=True, allow_infinity=True)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    scores=st.lists(ANY_FLOAT, min_size=1, max_size=9),
    temperature=st.sampled_from([0.0, 1e-300, 1.01e-6, 1e-3, 1.0, 1e30, 1e308, math.inf]),
    top_k=st.sampled_from([None, 1, 3, 10**9]),
    top_p=st.sampled_from([None, 0.0, 1e-300, 0.5, 1.0]),
    min_p=st.sampled_from([None, 0.0, 0.5, 1.0]),
    penalty=st.sampled_from([1e-6, 1.0, 1.3, 1e6]),
    number=st.sampled_from([0.0, 0.5, 1 - 2**-53]),
)
@example([1.0, -math.inf], math.inf, None, None, None, 1.0, 1 - 2**-53)
def test_no_setting_gives_nan_or_a_token_that_is_excluded(
    scores, temperature, top_k, top_p, min_p, penalty, number
):
    logits = np.array([scores], np.float32)
    options = SamplingOptions(temperature, top_k, top_p, min_p, penalty)
    possible = ~(np.isnan(logits[0]) | np.isneginf(logits[0]))
    history = np.arange(0, len(scores), 2)[None]
    if not possible.any():
        with pytest.raises(DataError, match="gives no finite score; its weights cannot be used"):
            choose(logits, options, Numbers([number]), history)
        return
    (token,) = choose(logits, options, Numbers([number]), history)
    assert possible[token]


@CHECK
@given(scores=st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=9), data=st.data())
def test_excluded_tokens_are_never_chosen(scores, data):
    logits = np.array([scores], np.float32)
    out = data.draw(st.sets(st.integers(0, len(scores) - 1), max_size=len(scores) - 1))
    logits[0, list(out)] = -np.inf
    for number in (0.0, 0.3, 1 - 2**-53):
        assert choose(logits, SamplingOptions(), Numbers([number]))[0] not in out


def test_rows_are_drawn_for_themselves_and_the_scores_left_alone():
    logits = np.random.default_rng(4).normal(0, 2, (6, 8)).astype(np.float32)
    before = logits.copy()
    history = np.tile([1, 2], (6, 1))
    options = SamplingOptions(0.7, top_k=5, top_p=0.9, repetition_penalty=1.5)
    numbers = np.random.default_rng(5).random(6)
    together = choose(logits, options, np.random.default_rng(5), history)
    alone = [
        choose(logits[[row]], options, Numbers([numbers[row]]), history[[row]])[0]
        for row in range(6)
    ]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(logits, before)


def test_ties_of_the_nucleus_keep_the_first_tokens():
    assert set(np.flatnonzero(distribution([1.0] * 8, SamplingOptions(top_p=0.5)))) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature must be a number from 0 up, not -0.1"),
        ({"temperature": math.nan}, "temperature must be a number from 0 up, not nan"),
        ({"temperature": "hot"}, "temperature must be a number from 0 up, not 'hot'"),
        ({"temperature": True}, "temperature must be a number from 0 up, not True"),
        ({"top_k": 0}, "top_k must be a whole number from 1 up, not 0"),
        ({"top_k": 2.0}, "top_k must be a whole number from 1 up, not 2.0"),
        ({"top_p": 1.5}, "top_p must be a number from 0 to 1, not 1.5"),
        ({"min_p": -1}, "min_p must be a number from 0 to 1, not -1"),
        ({"repetition_penalty": 0}, "repetition_penalty must be a number from 1e-06 to 1e"),
        ({"repetition_penalty": math.inf}, "repetition_penalty must be a number"),
    ],
)
def test_numbers_out_of_range_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        SamplingOptions(**options)
