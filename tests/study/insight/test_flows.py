"""Gradients through time decay as the recurrence says."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import untrained
from keras import layers, ops

from recurra.study.insight import gradient_flows
from recurra.study.insight._gradients import OutputGradients
from recurra.study.insight._keras_subject import keras_subject
from recurra.study.insight._text_subject import text_subject
from recurra.study.insight._watching import recurrent_layers
from recurra.study.insight.flows import _fresh, decay

x = np.random.default_rng(2).normal(size=(1, 9, 2)).astype(np.float32)


def linear_subject(factor, pool=None, **options):
    """Return a model of a linear recurrence whose state shrinks by `factor` at each step."""
    given = keras.Input((None, 2))
    cell = layers.SimpleRNN(
        3, activation="linear", return_sequences=pool is not None, use_bias=False, **options
    )
    states = cell(given)
    out = layers.Dense(1)(states if pool is None else pool()(states))
    cell.set_weights([np.ones((2, 3)), factor * np.eye(3)])
    return keras_subject(keras.Model(given, out), x)


@pytest.mark.parametrize("pool", [None, layers.GlobalAveragePooling1D], ids=["last", "mean"])
@pytest.mark.parametrize(("factor", "half_life"), [(0.5, 1), (0.9, 6.5788), (1.1, None)])
def test_a_linear_recurrence_decays_by_its_factor(factor, half_life, pool):
    flow = gradient_flows(linear_subject(factor, pool), cells=())[0]
    np.testing.assert_allclose(flow.norms, flow.norms[0] * factor ** np.arange(9), rtol=1e-5)
    assert flow.growth == pytest.approx(factor, rel=1e-5)
    assert flow.half_life == (half_life and pytest.approx(half_life, rel=1e-3))
    assert (flow.model, flow.cell, flow.trained) == ("SimpleRNN, trained", "rnn", True)


def test_all_of_the_gradient_enters_at_the_end():
    subject = linear_subject(0.5, layers.GlobalAveragePooling1D)
    (layer,) = recurrent_layers(subject.model)
    run = OutputGradients(subject.model, subject.loss, [layer], watch=[layer])(subject.inputs)
    expected = np.linalg.norm(run.gradients[layer][0].sum(axis=1))
    assert gradient_flows(subject, ())[0].norms[0] == pytest.approx(expected, rel=1e-5)
    known = gradient_flows(subject, (), found=run)[0]
    np.testing.assert_array_equal(known.norms, gradient_flows(subject, ())[0].norms)


def test_padding_is_no_step():
    keras.utils.set_random_seed(1)
    given = keras.Input((None,), dtype="int32")
    vectors = layers.Embedding(9, 4, mask_zero=True)(given)
    model = keras.Model(given, layers.Dense(1)(layers.GRU(3)(vectors)))
    padded, bare = (
        gradient_flows(keras_subject(model, np.array([ids])), ())[0]
        for ids in ([3, 5, 2, 0, 0], [3, 5, 2])
    )
    assert len(padded.norms) == 3
    np.testing.assert_allclose(padded.norms, bare.norms, rtol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_untrained_cells_stand_beside_the_trained_one(cell):
    made = untrained.classifier(cell=cell, bidirectional=True, pooling="attention")
    subject = text_subject(made, "not good at all")
    flows = gradient_flows(subject)
    expected = [(cell, True), ("rnn", False), ("lstm", False), ("gru", False)]
    assert [(flow.cell, flow.trained) for flow in flows] == expected
    assert flows[2].model == "LSTM, untrained"
    for flow in flows:
        assert len(flow.norms) == 4
        assert flow.norms[0] == pytest.approx(flows[0].norms[0])
    again, other = gradient_flows(subject), gradient_flows(subject, seed=1)
    np.testing.assert_array_equal(flows[1].norms, again[1].norms)
    assert not np.array_equal(flows[1].norms, other[1].norms)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_fresh_weights_are_drawn_as_keras_draws_them(name, gates):
    kernel, recurrent, bias = _fresh(name, 40, 30, np.random.default_rng(0))
    layer = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[name](30)
    layer.build((None, None, 40))
    theirs = [np.asarray(weight) for weight in layer.get_weights()]
    assert (kernel.shape, recurrent.shape) == (theirs[0].shape, theirs[1].shape)
    assert np.abs(kernel).max() == pytest.approx(np.abs(theirs[0]).max(), rel=0.05)
    assert kernel.std() == pytest.approx(theirs[0].std(), rel=0.05)
    for one in (recurrent, theirs[1]):
        np.testing.assert_allclose(one @ one.T, np.eye(30), atol=1e-5)
    np.testing.assert_array_equal(0 if bias is None else bias, theirs[2] if name == "lstm" else 0)


def test_a_cell_of_another_kind_has_no_flow():
    assert gradient_flows(linear_subject(0.5, go_backwards=True)) == ()
    given = keras.Input((None, 2))
    odd = keras.Model(given, layers.Dense(1)(layers.GRU(3, activation=ops.sin)(given)))
    assert gradient_flows(keras_subject(odd, x)) == ()


def test_decay_fits_a_line_through_what_is_finite_and_above_rounding():
    falling = 3 * 0.8 ** np.arange(20)
    half_life, growth = decay(falling)
    assert (half_life, growth) == (pytest.approx(np.log(0.5) / np.log(0.8)), pytest.approx(0.8))
    assert decay(np.append(falling, [0, 0, 0])) == (half_life, growth)
    assert decay(np.append(falling, [np.inf, np.nan])) == (half_life, growth)
    assert decay(np.array([2.0, 2.0])) == (None, 1)
    assert decay(np.array([0.0, 0.0])) == decay(np.array([2.0])) == (None, 1)
