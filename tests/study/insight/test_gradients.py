"""Gradients of a score with respect to outputs of layers, against finite differences."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from recurra.errors import UsageError
from recurra.study.insight._gradients import OutputGradients, output_gradients
from recurra.study.insight._watching import record, recurrent_layers
from recurra.study.insight.subject import ModelInput

ids = np.array([[3, 5, 2, 7, 0, 0]], np.int32)
series = np.random.default_rng(1).normal(size=(1, 5, 3)).astype(np.float32)


def token_model(*, bidirectional=True, sequences=False):
    keras.utils.set_random_seed(3)
    given = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True, name="embedding")(given)
    lstm = layers.LSTM(3, return_sequences=sequences, name="lstm")
    x = layers.Bidirectional(lstm, name="both")(x) if bidirectional else lstm(x)
    x = layers.GlobalAveragePooling1D(name="mean")(x) if sequences else x
    return keras.Model(given, layers.Dense(2, name="logits")(x))


def series_model():
    keras.utils.set_random_seed(4)
    past, still = keras.Input((None, 3), name="past"), keras.Input((2,), name="still")
    x, h = layers.GRU(4, return_sequences=True, return_state=True, name="gru")(past)
    x = layers.SimpleRNN(3, name="rnn")(x)
    joined = layers.Concatenate()([x, h, still])
    return keras.Model({"past": past, "still": still}, layers.Dense(1)(joined))


def margin(outputs):
    return outputs[:, 1] - outputs[:, 0]


def first(outputs):
    return outputs[:, 0]


def numbers(tensor):
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def test_value_is_that_of_the_model():
    model = token_model()
    value, gradients = output_gradients(model, ids, margin, [])
    np.testing.assert_allclose(value, numbers(margin(model(ids))), rtol=1e-5)
    assert gradients == {}


def test_gradient_of_an_embedding_equals_finite_differences():
    model = token_model()
    embedding = model.get_layer("embedding")
    vectors = numbers(embedding(ids))
    value, gradients = output_gradients(model, ids, margin, [embedding], {embedding: vectors})
    np.testing.assert_allclose(value, numbers(margin(model(ids))), rtol=1e-5)
    (gradient,) = gradients[embedding]
    assert gradient.shape == (1, 6, 4)
    assert not gradient[0, 4:].any(), "padding has no say"
    eps = 1e-2
    moved = np.repeat(vectors, 48, axis=0)
    for number, place in enumerate(np.ndindex(6, 4)):
        moved[2 * number][place] += eps
        moved[2 * number + 1][place] -= eps
    values, _ = output_gradients(model, ids, margin, [], {embedding: moved})
    expected = (values[::2] - values[1::2]).reshape(6, 4) / (2 * eps)
    np.testing.assert_allclose(gradient[0], expected, atol=2e-5)


def test_gradients_of_inner_layers_flow_through_everything_above():
    model = token_model(sequences=True)
    lstm, backward = model.get_layer("both").forward_layer, model.get_layer("both").backward_layer
    _, gradients = output_gradients(model, ids, margin, [lstm, backward])
    # Mean pooling over four valid steps, then the dense layer: every step has the same say.
    kernel = numbers(model.get_layer("logits").kernel)
    each = (kernel[:, 1] - kernel[:, 0]) / 4
    np.testing.assert_allclose(gradients[lstm][0][0, :4], [each[:3]] * 4, rtol=1e-5)
    # The backward direction puts its outputs out in the order of processing: padding first.
    np.testing.assert_allclose(gradients[backward][0][0, 2:], [each[3:]] * 4, rtol=1e-5)
    assert not gradients[backward][0][0, :2].any()


def test_gradients_of_inputs_and_of_several_outputs():
    model = series_model()
    given = {"past": series, "still": np.ones((1, 2), np.float32)}
    past, gru = ModelInput("past"), model.get_layer("gru")
    value, gradients = output_gradients(model, given, first, [past, gru])
    assert [part.shape for part in gradients[gru]] == [(1, 5, 4), (1, 4)]
    eps = 1e-2
    for place in [(0, 0), (2, 1), (4, 2)]:
        moved = np.repeat(series, 2, axis=0)
        moved[(0, *place)] += eps
        moved[(1, *place)] -= eps
        above, below = output_gradients(model, given, first, [], {past: moved})[0]
        slope = (above - below) / (2 * eps)
        np.testing.assert_allclose(gradients[past][0][(0, *place)], slope, atol=1e-4)
    np.testing.assert_allclose(value, numbers(first(model(given))), rtol=1e-5)


def test_what_the_score_does_not_see_has_zero_gradient():
    model = series_model()
    given = {"past": series, "still": np.ones((1, 2), np.float32)}

    def blind(outputs):
        return keras.ops.zeros_like(outputs[:, 0])

    rnn = model.get_layer("rnn")
    assert not output_gradients(model, given, blind, [rnn])[1][rnn][0].any()


def test_one_compiled_pass_serves_many_inputs_and_records_calls():
    model = token_model()
    embedding, watched = model.get_layer("embedding"), recurrent_layers(model)
    run = OutputGradients(model, margin, [embedding], watch=watched)
    for given in (ids, ids[:, ::-1].copy(), ids[:, :4]):
        found = run(given)
        value, gradients = output_gradients(model, given, margin, [embedding])
        np.testing.assert_allclose(found.values, value, rtol=1e-6)
        np.testing.assert_allclose(found.gradients[embedding][0], gradients[embedding][0])
        plain = record(model, given)
        for call, expected in zip(found.calls, plain, strict=True):
            assert call.layer is expected.layer
            np.testing.assert_allclose(call.inputs, expected.inputs, rtol=1e-6)
            np.testing.assert_allclose(call.outputs[0], expected.outputs[0], rtol=1e-5)


def test_a_layer_that_was_not_called_is_named():
    other = layers.LSTM(2, name="elsewhere")
    with pytest.raises(UsageError, match="did not call elsewhere"):
        output_gradients(token_model(), ids, margin, [other])


def test_the_model_is_left_as_it_was():
    model = token_model()
    before = {id(layer): dict(vars(layer)) for layer in model._flatten_layers()}
    output_gradients(model, ids, margin, [*recurrent_layers(model), model.get_layer("embedding")])
    for layer in model._flatten_layers():
        assert "call" not in vars(layer)
        assert vars(layer).get("use_cudnn") == before[id(layer)].get("use_cudnn")
