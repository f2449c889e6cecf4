"""Attributions are right where the answer is known, and complete on trained networks."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
import untrained
from keras import layers, ops

import recurra
from recurra.errors import UnknownNameError
from recurra.sequences import resolve_source
from recurra.study.insight import attribution as module
from recurra.study.insight import attributions
from recurra.study.insight._deletion import DeletionTest
from recurra.study.insight._forecast_subject import forecast_subject
from recurra.study.insight._keras_subject import keras_subject
from recurra.study.insight._path import integrate, quadrature
from recurra.study.insight._scoring import Scorer
from recurra.study.insight._text_subject import text_subject

DECAY, GAIN = 0.8, 1.7


def series(time=7, features=1):
    return np.random.default_rng(4).normal(size=(1, time, features)).astype(np.float32)


def linear_recurrence():
    """Return a model whose output is the sum of `GAIN * DECAY ** (steps after it) * input`."""
    given = keras.Input((None, 1))
    cell = layers.SimpleRNN(1, activation="linear", use_bias=False)
    model = keras.Model(given, cell(given))
    cell.set_weights([np.array([[GAIN]]), np.array([[DECAY]])])
    return model


def known_contributions(x):
    """Return what each step adds to the output of `linear_recurrence`, from the mean on."""
    weights = GAIN * DECAY ** np.arange(x.shape[1])[::-1]
    return weights * (x[0, :, 0] - x.mean())


def by_method(found):
    return {one.method: one for one in found}


@pytest.fixture(scope="module")
def linear():
    return by_method(attributions(keras_subject(linear_recurrence(), series())))


@pytest.mark.parametrize("method", ["integrated_gradients", "gradient_x_input", "occlusion"])
def test_every_method_finds_the_terms_of_a_linear_recurrence(linear, method):
    np.testing.assert_allclose(linear[method].scores, known_contributions(series()), atol=1e-5)


def test_only_what_must_sum_to_the_difference_says_by_how_much_it_misses(linear):
    assert linear["integrated_gradients"].completeness_error < 1e-5
    assert linear["gradient_x_input"].completeness_error is None
    assert linear["occlusion"].completeness_error is None


def test_integrated_gradients_of_a_squared_sum():
    """(sum x)^2: the mean of the slope between the ends is the sum of both sums."""
    given = keras.Input((None, 2))
    x = series(5, 2) + 0.5
    subject = keras_subject(keras.Model(given, ops.sum(given, axis=(1, 2))[:, None] ** 2), x)
    change = (x - x.mean(axis=1, keepdims=True))[0].sum(axis=1)
    np.testing.assert_allclose(integrate(subject).contributions, change * 2 * x.sum(), rtol=1e-4)


def test_tokens_begin_at_vectors_of_zeros():
    given = keras.Input((None,), dtype="int32")
    vectors = layers.Embedding(9, 4, name="embedding")
    read = layers.Dense(1, use_bias=False)
    model = keras.Model(given, read(layers.GlobalAveragePooling1D()(vectors(given))))
    ids = np.array([[3, 5, 2, 7]], np.int32)
    expected = (vectors.get_weights()[0][ids[0]] @ read.get_weights()[0])[:, 0] / 4
    path = integrate(keras_subject(model, ids))
    np.testing.assert_allclose(path.contributions, expected, atol=1e-7)
    assert path.difference == pytest.approx(expected.sum(), abs=1e-7)


@pytest.mark.parametrize("steps", [2, 16, 32])
def test_quadrature_is_exact_for_polynomials_and_keeps_its_points(steps):
    points, weights = quadrature(steps)
    for power in range(steps + 1):
        assert weights @ points**power == pytest.approx(1 / (power + 1), abs=1e-12)
    np.testing.assert_allclose(quadrature(2 * steps)[0][::2], points, atol=1e-15)


def test_intervals_are_doubled_until_the_scores_sum_up():
    given = keras.Input((None, 1))
    steep = keras.Model(given, ops.tanh(30 * (given[:, -1] - 2.2)))
    x = np.array([[[0], [0], [0], [4]]], np.float32)  # from the mean, 1, to 4
    path = integrate(keras_subject(steep, x))
    assert path.steps > 16
    assert path.error < 0.01
    np.testing.assert_allclose(path.contributions, [0, 0, 0, 2], atol=0.02)


@pytest.mark.parametrize("height", [0.0, 2.0])
def test_what_a_gradient_cannot_see_is_said(height):
    """A stair has no slope anywhere; where both ends are equal nothing is missed."""
    given = keras.Input((None, 1))
    stair = height * ops.cast(ops.max(given, axis=1) > 5, "float32")
    x = np.array([[[0], [0], [9]]], np.float32)
    subject = keras_subject(keras.Model(given, stair + 0 * given[:, 0]), x)
    (found,) = attributions(subject, methods=["integrated_gradients"])
    assert not found.scores.any()
    assert found.completeness_error == (1 if height else 0)
    missed = "the scores miss the difference of the outputs"
    assert found.note.startswith(missed) == bool(height)


def test_deletion_follows_the_order_and_rewards_the_right_one():
    x = series()
    subject, terms = keras_subject(linear_recurrence(), x), known_contributions(x)
    test = DeletionTest(subject, Scorer(subject))
    best, worst = np.argsort(-terms), np.argsort(terms)
    curve, reverse = test.curves([best, worst])
    counts = np.rint(test.shares * 7).astype(int)
    left = [terms[best[count:]].sum() for count in counts]
    mean = GAIN * (DECAY ** np.arange(7)).sum() * x.mean()
    np.testing.assert_allclose(curve, mean + np.array(left), atol=1e-5)
    assert test.faithfulness(curve) > 0 > test.faithfulness(reverse)
    assert test.faithfulness(test.random) == 0


def test_neighbours_are_taken_together_where_steps_are_many(monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 3)
    x = series()
    (found,) = attributions(keras_subject(linear_recurrence(), x), methods=["occlusion"])
    terms = known_contributions(x)
    groups = [terms[:3].mean()] * 3 + [terms[3:6].mean()] * 3 + [terms[6]]
    np.testing.assert_allclose(found.scores, groups, atol=1e-5)
    assert found.note == "3 neighbouring steps are exchanged together"


def test_methods_go_by_name_and_in_the_order_asked_for():
    subject = keras_subject(linear_recurrence(), series(3))
    wanted = ["occlusion", "attention", "integrated_gradients"]
    found = attributions(subject, methods=wanted)
    assert [one.method for one in found] == ["occlusion", "integrated_gradients"]
    assert attributions(subject, methods=["attention"]) == ()
    with pytest.raises(
        UnknownNameError, match="unknown method 'occlude'; did you mean 'occlusion'"
    ):
        attributions(subject, methods=["occlude"])


# On trained networks of every kind.


def some_names(rows=256):
    """Return the same few names of the dataset that comes with the package."""
    table = resolve_source("names", None, None).train
    every = list(itertools.islice(table.iter_rows(), 10_000))
    chosen = np.random.default_rng(0).permutation(len(every))[:rows]
    return [every[k].text for k in chosen], [every[k].label for k in chosen]


NETWORKS = {
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "rnn": {"cell": "rnn"},
    "attention": {"cell": "lstm", "bidirectional": True, "pooling": "attention"},
}


@pytest.fixture(scope="module", params=NETWORKS)
def trained(request):
    options = {"units": 8, "embedding": 8, "epochs": 4, "batch_size": 16, "learning_rate": 2e-2}
    options |= {"level": "char", "max_length": 8, **NETWORKS[request.param]}
    return recurra.TextClassifier(**options).fit(*some_names())


@pytest.mark.parametrize("text", ["Schneider", "Abadi"])
def test_scores_of_trained_classifiers_sum_to_the_difference(trained, text):
    path = integrate(text_subject(trained, text))
    assert np.abs(path.contributions).max() > 0.05
    assert path.error < 0.01


def test_every_method_is_tested_by_deletion(trained):
    subject = text_subject(trained, "Kowalski")
    found = by_method(attributions(subject))
    attention = trained.settings_.pooling == "attention"
    assert tuple(found) == module.METHODS if attention else module.METHODS[:3]
    score = float(Scorer(subject)(np.zeros((1, 8), bool), np.random.default_rng(0))[0])
    for one in found.values():
        shares, values = one.deletion
        assert (shares[0], shares[-1]) == (0, 1)
        assert values[0] == pytest.approx(score, abs=1e-5)
    assert found["integrated_gradients"].faithfulness > 0
    if attention:
        weights = [weight for _, weight in trained.attention("Kowalski")]
        np.testing.assert_allclose(found["attention"].scores, weights, rtol=1e-6)


def test_the_same_seed_gives_the_same_scores(trained):
    subject = text_subject(trained, "Abadi")
    once, again, other = (
        attributions(subject, methods=["occlusion"], seed=seed)[0] for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(once.scores, again.scores)
    assert once.faithfulness == again.faithfulness
    assert np.abs(once.scores - other.scores).max() > 0


@pytest.mark.parametrize("model", ["lstm", "seq2seq"])
def test_scores_of_forecasters_sum_to_the_difference(model):
    path = integrate(forecast_subject(untrained.forecaster(model)))
    assert abs(path.difference) > 0.01
    assert path.error < 0.01
    assert path.contributions.shape == (8,)
