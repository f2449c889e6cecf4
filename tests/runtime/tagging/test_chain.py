"""The chain's best path, marginals and normaliser equal those over all sequences of tags."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.runtime.tagging import log_normalizer, marginals, viterbi


def every_score(emissions, transitions):
    """Return all sequences of tags of one sentence and their scores."""
    time, tags = emissions.shape
    paths = np.array(list(itertools.product(range(tags), repeat=time)))
    scores = []
    for path in paths:
        before = np.concatenate(([0], path[:-1] + 1))
        steps = emissions[np.arange(time), path] + transitions[before, path]
        scores.append(steps.sum() + transitions[-1, path[-1]])
    return paths, np.array(scores)


def drawn(seed, lengths, tags):
    generator = np.random.default_rng(seed)
    emissions = generator.normal(size=(len(lengths), max(lengths), tags)) * 2
    return emissions, generator.normal(size=(tags + 2, tags)) * 2, np.array(lengths)


@given(
    seed=st.integers(0, 1000),
    lengths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    tags=st.integers(2, 3),
)
@settings(max_examples=25, deadline=None)
def test_the_chain_equals_brute_force(seed, lengths, tags):
    emissions, transitions, counts = drawn(seed, lengths, tags)
    best = viterbi(emissions, transitions, counts)
    shares = marginals(emissions, transitions, counts)
    total = log_normalizer(emissions, transitions, counts)
    for row, length in enumerate(lengths):
        paths, scores = every_score(emissions[row, :length], transitions)
        np.testing.assert_array_equal(best[row, :length], paths[scores.argmax()])
        assert total[row] == pytest.approx(np.logaddexp.reduce(scores), abs=1e-9)
        weights = np.exp(scores - np.logaddexp.reduce(scores))
        for tag in range(tags):
            expected = ((paths == tag) * weights[:, None]).sum(axis=0)
            np.testing.assert_allclose(shares[row, :length, tag], expected, atol=1e-9)
        assert (best[row, length:] == 0).all()
        assert (shares[row, length:] == 0).all()


def test_padding_has_no_say():
    emissions, transitions, counts = drawn(3, [2, 6, 4], 4)
    changed = emissions.copy()
    changed[0, 2:] = 99
    changed[2, 4:] = -99
    np.testing.assert_array_equal(
        viterbi(emissions, transitions, counts), viterbi(changed, transitions, counts)
    )
    np.testing.assert_allclose(
        marginals(emissions, transitions, counts), marginals(changed, transitions, counts)
    )


def test_long_sentences_stay_finite():
    emissions, transitions, counts = drawn(5, [400], 5)
    shares = marginals((emissions * 20).astype(np.float32), transitions.astype(np.float32), counts)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-3)
