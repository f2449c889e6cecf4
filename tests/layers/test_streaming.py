"""Layers for streams: states that carry over, weights and tokens that are dropped."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from recurra.layers import StreamingGRU, StreamingLSTM, StreamingSimpleRNN, TokenDropout

STREAMING = {
    StreamingSimpleRNN: keras.layers.SimpleRNN,
    StreamingLSTM: keras.layers.LSTM,
    StreamingGRU: keras.layers.GRU,
}
every_kind = pytest.mark.parametrize("kind", STREAMING)


def values(batch=2, time=5, width=3):
    return np.random.default_rng(0).normal(size=(batch, time, width)).astype(np.float32)


@every_kind
def test_without_states_and_drops_a_layer_is_that_of_keras(kind):
    ours, own = kind(4, return_sequences=True), STREAMING[kind](4, return_sequences=True)
    x = values()
    ours.build(x.shape)
    own.build(x.shape)
    own.set_weights(ours.get_weights())
    assert [w.name for w in ours.weights] == [w.name for w in own.weights]
    np.testing.assert_array_equal(np.asarray(ours(x, training=True)), np.asarray(own(x)))


@every_kind
def test_layers_are_made_again_from_their_configuration(kind):
    layer = kind(4, weight_drop=0.25, stateful=True, name="first")
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(again) is kind
    assert (again.units, again.weight_drop, again.stateful) == (4, 0.25, True)
    drop = keras.layers.deserialize(keras.layers.serialize(TokenDropout(9, 0.5, seed=3)))
    assert (drop.vocabulary, drop.rate, drop.seed) == (9, 0.5, 3)


@every_kind
def test_states_carry_over_until_they_are_reset(kind):
    layer = kind(4, stateful=True, return_sequences=True)
    x = values(time=6)
    first, second = (np.asarray(layer(part)) for part in (x[:, :3], x[:, 3:]))
    layer.reset_state()
    whole = np.asarray(layer(x))
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)
    states = layer.variables[-len(layer.states) :]
    assert [id(v) for v in states] == [id(v) for v in layer.states]
    assert not {id(v) for v in layer.weights} & {id(v) for v in states}


@every_kind
def test_a_failing_call_leaves_the_kernel_whole(kind, monkeypatch):
    layer = kind(4, weight_drop=0.5)
    x = values()
    layer(x)
    kernel = layer.cell.recurrent_kernel

    def fail(*_arguments, **_options):
        raise RuntimeError("no")

    monkeypatch.setattr(STREAMING[kind], "inner_loop", fail)
    with pytest.raises(RuntimeError, match="no"):
        layer(x, training=True)
    assert layer.cell.recurrent_kernel is kernel


def test_dropped_tokens_are_dropped_wherever_they_stand():
    layer = TokenDropout(40, 0.5, seed=1)
    ids = np.random.default_rng(0).integers(0, 40, (3, 50)).astype(np.int32)
    vectors = np.ones((3, 50, 2), np.float32)
    found = np.asarray(layer(vectors, ids, training=True))
    by_token = {token: np.unique(found[ids == token]).tolist() for token in np.unique(ids)}
    assert all(seen in ([0.0], [2.0]) for seen in by_token.values())
    assert 8 < sum(seen == [0.0] for seen in by_token.values()) < 32
    np.testing.assert_array_equal(np.asarray(layer(vectors, ids)), vectors)
