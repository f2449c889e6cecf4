"""What recurrent layers were given and gave back, in one forward pass."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from recurra.study.insight._watching import record, recurrent_layers, wrapped_calls

x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)


def numbers(tensor):
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def test_inputs_masks_and_outputs_are_those_of_the_layers():
    given = keras.Input((None, 3))
    masked = layers.Masking(name="masking")(given)
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both")(masked)
    model = keras.Model(given, layers.GRU(2, name="top")(both))
    padded = x.copy()
    padded[0, 3:] = 0
    calls = record(model, padded)
    wrapper = model.get_layer("both")
    expected = [wrapper.forward_layer, wrapper.backward_layer, model.get_layer("top")]
    assert [call.layer for call in calls] == expected
    assert set(recurrent_layers(model)) == set(expected)
    forward, backward, top = calls
    np.testing.assert_allclose(forward.inputs, padded)
    np.testing.assert_array_equal(forward.mask, padded.any(axis=2))
    joined = np.concatenate([forward.outputs[0], backward.outputs[0][:, ::-1]], axis=-1)
    np.testing.assert_allclose(top.inputs, joined, atol=1e-6)
    np.testing.assert_allclose(top.outputs[0], numbers(model(padded)), atol=1e-6)
    assert top.initial_states == ()


@pytest.mark.parametrize("positional", [True, False])
def test_initial_states_are_recorded(positional):
    given, h, c = keras.Input((None, 3)), keras.Input((4,)), keras.Input((4,))
    lstm = layers.LSTM(4, return_state=True)
    if positional:
        _, last, _ = lstm(given, [h, c])
    else:
        _, last, _ = lstm(given, initial_state=[h, c])
    model = keras.Model([given, h, c], last)
    states = np.random.default_rng(1).normal(size=(2, 2, 4)).astype(np.float32)
    (call,) = record(model, [x, states[0], states[1]])
    np.testing.assert_allclose(np.stack(call.initial_states), states)
    assert [output.shape for output in call.outputs] == [(2, 4)] * 3


def test_a_stateful_layer_starts_from_zeros_and_keeps_the_states_it_had():
    given = keras.Input(batch_shape=(2, 5, 3))
    gru = layers.GRU(4, stateful=True, name="gru")
    model = keras.Model(given, gru(given))
    fresh = numbers(gru.call(x))
    gru.states[0].assign(np.ones((2, 4)))
    (call,) = record(model, x[:1])
    np.testing.assert_allclose(call.outputs[0], fresh[:1], atol=1e-6)
    assert call.initial_states == ()
    assert gru.stateful
    np.testing.assert_array_equal(numbers(gru.states[0]), np.ones((2, 4)))


def test_layers_inside_nested_models_and_shared_layers_are_seen():
    shared = layers.SimpleRNN(3, name="shared")
    inner_given = keras.Input((None, 3))
    inner = keras.Model(inner_given, layers.LSTM(4, name="inside")(inner_given), name="inner")
    a, b = keras.Input((None, 3)), keras.Input((None, 3))
    model = keras.Model([a, b], layers.Concatenate()([shared(a), shared(b), inner(a)]))
    calls = record(model, [x, x[:, ::-1].copy()])
    assert sorted(call.layer.name for call in calls) == ["inside", "shared", "shared"]


def test_only_the_layers_asked_for_are_recorded():
    model = keras.Sequential([layers.LSTM(3, return_sequences=True), layers.GRU(2)])
    model.build((None, 5, 3))
    (call,) = record(model, x, layers=[model.layers[1]])
    assert call.inputs.shape == (2, 5, 3)


def test_a_layer_inside_a_compiled_loop_is_left_out():
    model = keras.Sequential([layers.TimeDistributed(layers.LSTM(3)), layers.GRU(2, name="gru")])
    model.build((None, 2, 5, 3))
    names = [call.layer.name for call in record(model, np.stack([x, x], axis=1))]
    assert names[-1] == "gru"


def test_calls_are_given_back_also_after_an_error():
    model = keras.Sequential([layers.LSTM(3, name="lstm")])
    model.build((None, 5, 3))
    lstm = model.get_layer("lstm")
    before = dict(vars(lstm))

    def fail(layer, call):
        def failing(*args, **kwargs):
            raise RuntimeError("no")

        return failing

    with pytest.raises(RuntimeError, match="no"), wrapped_calls([lstm], fail):
        lstm(x)
    assert vars(lstm).keys() == before.keys()
    assert lstm.use_cudnn == before["use_cudnn"]
    assert lstm(x).shape == (2, 3)
