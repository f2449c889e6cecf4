"""The reference computes what Keras's own layers compute."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
import pytest
from cells import CELLS, GATES, MASKS, dropout, forward, last_states, problem


def keras_layer(p, **options):
    common = {
        "return_sequences": True,
        "return_state": True,
        "use_bias": p.weights.bias is not None,
    }
    if p.cell == "lstm":
        layer = keras.layers.LSTM(p.units, **common, **options)
    elif p.cell in ("gru", "gru_before"):
        layer = keras.layers.GRU(p.units, reset_after=p.cell == "gru", **common, **options)
    else:
        layer = keras.layers.SimpleRNN(p.units, activation=p.cell, **common, **options)
    layer.build(p.x.shape)
    layer.set_weights([w for w in p.weights[:3] if w is not None])
    return layer


def check(p, layer, mask=None, training=False, **options):
    expected = layer(p.x, initial_state=p.states, mask=mask, training=training)
    out = forward(p, mask=mask, **options)
    for ours, theirs in zip([out.sequence, *last_states(p, out)], expected, strict=True):
        np.testing.assert_allclose(ours, np.asarray(theirs), atol=3e-6, rtol=3e-6)
        assert ours.dtype == np.float32


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bias", [True, False])
def test_forward_equals_keras(cell, bias):
    p = problem(cell, dtype=np.float32, bias=bias)
    check(p, keras_layer(p))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("backwards", [False, True])
def test_masks_equal_keras(cell, backwards):
    mask = np.concatenate(list(MASKS.values()))
    p = problem(cell, batch=len(mask), dtype=np.float32)
    check(p, keras_layer(p, go_backwards=backwards), mask, go_backwards=backwards)


@pytest.mark.parametrize("backwards", [False, True])
def test_right_padding_equals_keras(backwards):
    p = problem("lstm", dtype=np.float32)
    check(p, keras_layer(p, go_backwards=backwards), MASKS["right"], go_backwards=backwards)


@pytest.mark.parametrize("cell", ["lstm", "gru", "tanh"])
def test_zero_output_equals_keras(cell):
    p = problem(cell, dtype=np.float32)
    layer = keras_layer(p, zero_output_for_mask=True)
    check(p, layer, MASKS["holes"], zero_output_for_mask=True)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("rates", [(0.5, 0.0), (0.5, 0.5)])
def test_dropout_masks_equal_keras(cell, rates):
    p = problem(cell, dtype=np.float32)
    layer = keras_layer(p, dropout=rates[0], recurrent_dropout=rates[1])
    gates = GATES[cell] > 1 and rates[1] > 0
    masks = dropout(p, gates=gates)
    given = {}
    for rate, name, attribute in zip(
        rates, masks, ("_dropout_mask", "_recurrent_dropout_mask"), strict=True
    ):
        if rate:
            given[name] = masks[name]
            setattr(layer.cell, attribute, list(masks[name]) if gates else masks[name])
    check(p, layer, training=True, **given)
