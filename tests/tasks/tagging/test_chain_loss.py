"""The loss of a conditional random field equals the one over all sequences of tags."""

from __future__ import annotations

import itertools

import jax
import numpy as np
import pytest

from recurra.tasks.tagging.loss import ChainLoss, emission_accuracy

TAGS = 3


def brute_force(emissions, transitions, answers):
    def score(path):
        before = [0, *(tag + 1 for tag in path[:-1])]
        steps = [emissions[t, tag] + transitions[b, tag]
                 for t, (b, tag) in enumerate(zip(before, path, strict=True))]  # fmt: skip
        return sum(steps) + transitions[-1, path[-1]]

    every = [score(path) for path in itertools.product(range(TAGS), repeat=len(answers))]
    return (np.logaddexp.reduce(every) - score(answers)) / len(answers)


def case(time=4):
    generator = np.random.default_rng(2)
    emissions = generator.normal(size=(3, time, TAGS)).astype(np.float32)
    transitions = generator.normal(size=(TAGS + 2, TAGS)).astype(np.float32)
    answers = np.full((3, time), -1)
    answers[0], answers[1, :2] = [0, 2, 1, 1], [1, 0]  # the third sentence fills up the batch
    output = np.concatenate([emissions, np.broadcast_to(transitions, (3, TAGS + 2, TAGS))], axis=1)
    return emissions, transitions, answers, output


call = jax.jit(ChainLoss().call)


def test_the_loss_equals_brute_force():
    emissions, transitions, answers, output = case()
    found = np.asarray(call(answers, output))
    for row, length in enumerate((4, 2)):
        expected = brute_force(emissions[row, :length], transitions, tuple(answers[row, :length]))
        assert found[row] == pytest.approx(expected, abs=1e-5)
    assert found[2] == 0


def test_gradients_are_finite_and_blind_to_padding():
    *_, answers, output = case()
    gradient = jax.jit(jax.grad(lambda y: call(answers, y).sum()))(output)
    assert np.isfinite(gradient).all()
    assert (np.asarray(gradient)[1, 2:4] == 0).all()
    assert (np.asarray(gradient)[2, :4] == 0).all()
    assert (np.asarray(gradient)[0, 4:] != 0).any()


def test_weights_count_tokens():
    *_, answers, output = case()
    weights = np.array([4, 2, 0], np.float32)
    each = np.asarray(call(answers, output))
    mean = float(jax.jit(ChainLoss())(answers, output, sample_weight=weights))
    assert mean == pytest.approx((each * weights).sum() / 6, abs=1e-6)


def test_training_accuracy_counts_tokens_alone():
    emissions, _, answers, output = case()
    found = np.asarray(jax.jit(emission_accuracy)(answers, output))
    best = emissions.argmax(axis=-1)
    expected = [(best[0] == answers[0]).mean(), (best[1, :2] == answers[1, :2]).mean(), 0]
    np.testing.assert_allclose(found, expected)
