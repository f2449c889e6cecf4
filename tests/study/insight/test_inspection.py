"""What `inspect` shows of a network is what the network computed."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

import recurra
from recurra import TextClassifier, Trace, kernels
from recurra.errors import UnknownNameError, UsageError
from recurra.study.insight._gradients import output_gradients
from recurra.study.insight.inspection import PARTS

SEEN = ("states", "gradients")
TIME, FEATURES, UNITS = 6, 3, 4
x = np.random.default_rng(0).normal(size=(1, TIME, FEATURES)).astype(np.float32)
padded = x.copy()
padded[0, 4:] = 0
KINDS = {
    "lstm": (layers.LSTM, {}),
    "gru": (layers.GRU, {}),
    "gru before": (layers.GRU, {"reset_after": False}),
    "rnn": (layers.SimpleRNN, {}),
    "relu": (layers.SimpleRNN, {"activation": "relu"}),
    "no bias": (layers.LSTM, {"use_bias": False}),
}


def recurrent(kind, **more):
    layer, options = KINDS[kind]
    return layer(UNITS, bias_initializer="random_normal", **{**options, **more}, name="it")


def model_of(layer, *, wrap=None, mask=False, head=True):
    keras.utils.set_random_seed(7)
    given = keras.Input((None, FEATURES), name="series")
    vectors = layers.Masking(name="masking")(given) if mask else given
    out = (wrap(layer, name="it") if wrap else layer)(vectors)
    dense = layers.Dense(2, bias_initializer="random_normal", name="logits")
    return keras.Model(given, dense(out) if head else out)


def numbers(tensor):
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def reference(layer, values, mask, *, backwards=False):
    cell = layer.cell
    arrays = [None if w is None else numbers(w).astype(np.float64)
              for w in (cell.kernel, cell.recurrent_kernel, cell.bias)]  # fmt: skip
    options = {"mask": mask, "go_backwards": backwards, "keep_cache": True}
    values = values.astype(np.float64)
    if isinstance(layer, layers.LSTM):
        out = kernels.lstm_forward(values, kernels.LSTMWeights(*arrays), **options)
        return kernels.lstm_gates(out.cache)
    if isinstance(layer, layers.GRU):
        weights = kernels.GRUWeights(*arrays, reset_after=cell.reset_after)
        return kernels.gru_gates(kernels.gru_forward(values, weights, **options).cache)
    options["activation"] = cell.activation.__name__
    out = kernels.simple_rnn_forward(values, kernels.SimpleRNNWeights(*arrays), **options)
    return kernels.simple_rnn_states(out.cache)


@pytest.mark.parametrize(
    ("kind", "masked"), [*((kind, False) for kind in KINDS), ("lstm", True), ("gru", True)]
)
def test_states_and_gates_equal_keras_and_the_reference(kind, masked):
    both = layers.Bidirectional if kind in ("lstm", "gru") else None
    model = model_of(recurrent(kind, return_sequences=True), wrap=both, mask=masked, head=False)
    values = padded if masked else x
    with keras.StatelessScope():
        outputs = numbers(model(values))[0]
    trace = recurra.inspect(model, values, what="states")
    valid = values[0].any(axis=1)
    wrapper = model.get_layer("it")
    inner = [wrapper.forward_layer, wrapper.backward_layer] if both else [wrapper]
    assert [(one.name, one.backwards) for one in trace.layers] == [("it", False), ("it", True)][
        : len(inner)
    ]
    for number, (layer, seen) in enumerate(zip(inner, trace.layers, strict=True)):
        own = outputs[:, number * UNITS : (number + 1) * UNITS]
        np.testing.assert_allclose(seen.hidden[valid], own[valid], atol=2e-6)
        steps = reference(layer, values, valid[None], backwards=seen.backwards)
        np.testing.assert_array_equal(seen.hidden, steps.hidden[0].astype(np.float32))
        assert seen.gates.keys() == steps.gates.keys()
        for name, gate in seen.gates.items():
            np.testing.assert_array_equal(gate, steps.gates[name][0].astype(np.float32))
        np.testing.assert_array_equal(seen.valid, valid)
        np.testing.assert_allclose(seen.inputs, values[0])
        assert seen.note == ""


def test_gates_equal_those_of_a_keras_cell_step_by_step():
    layer = recurrent("lstm")
    trace = recurra.inspect(model_of(layer), x, what="states")
    (seen,) = trace.layers
    kernel, recurrent_kernel, bias = map(numbers, layer.cell.weights)
    h = c = np.zeros(UNITS, np.float32)
    for t in range(TIME):
        gates = np.split(x[0, t] @ kernel + h @ recurrent_kernel + bias, 4)
        for name, place in {"input": 0, "forget": 1, "output": 3}.items():
            expected = numbers(keras.ops.sigmoid(gates[place]))
            np.testing.assert_allclose(seen.gates[name][t], expected, atol=1e-6)
        np.testing.assert_allclose(seen.gates["candidate"][t], np.tanh(gates[2]), atol=1e-6)
        _, (h, c) = layer.cell(x[:, t], [h[None], c[None]])
        h, c = numbers(h)[0], numbers(c)[0]
        np.testing.assert_allclose(seen.hidden[t], h, atol=1e-6)
        np.testing.assert_allclose(seen.cell_state[t], c, atol=1e-6)


def unrolled(layer, head):
    """Return the same network step by step, every state passing through a layer of its own."""
    given = keras.Input((TIME, FEATURES))
    cell, states = layer.cell, [keras.ops.zeros_like(given[:, 0, :1]) @ np.zeros((1, UNITS))]
    states = [keras.ops.cast(states[0], "float32")] * (2 if isinstance(layer, layers.LSTM) else 1)
    for t in range(TIME):
        _, states = cell(given[:, t], states)
        names = (f"h{t}", f"c{t}")
        states = [layers.Identity(name=n)(s) for n, s in zip(names, states, strict=False)]
    return keras.Model(given, head(states[0]))


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_state_gradients_equal_automatic_differentiation(kind):
    layer = recurrent(kind)
    model = model_of(layer)
    (seen,) = recurra.inspect(model, x, target=1, what="gradients").layers
    chain = unrolled(layer, model.get_layer("logits"))

    def loss(outputs):  # of a model that puts out values: half the square of the one explained
        return 0.5 * keras.ops.square(outputs[:, 1])

    states = [chain.get_layer(f"h{t}") for t in range(TIME)]
    _, gradients = output_gradients(chain, x, loss, states)
    expected = np.stack([gradients[state][0][0] for state in states])
    np.testing.assert_allclose(seen.hidden_gradient, expected, rtol=1e-4, atol=1e-7)
    if kind == "lstm":
        cells = [chain.get_layer(f"c{t}") for t in range(TIME - 1)]
        _, gradients = output_gradients(chain, x, loss, cells)
        later = np.stack([*(gradients[cell][0][0] for cell in cells), np.zeros(UNITS)])
        own = seen.gates["output"] * (1 - np.tanh(seen.cell_state) ** 2) * expected
        np.testing.assert_allclose(seen.cell_gradient, later + own, rtol=1e-4, atol=1e-7)


def test_gradients_of_several_outputs_add_up():
    given = keras.Input((None, FEATURES))
    sequence, *states = recurrent("lstm", return_sequences=True, return_state=True)(given)
    joined = layers.Concatenate()([layers.GlobalMaxPooling1D()(sequence), *states])
    model = keras.Model(given, layers.Dense(1)(joined))
    (seen,) = recurra.inspect(model, x, what="gradients").layers
    last = output_gradients(
        model, x, lambda y: 0.5 * keras.ops.square(y[:, 0]), [model.get_layer("it")]
    )[1][model.get_layer("it")]
    np.testing.assert_allclose(seen.hidden_gradient[-1], last[0][0, -1] + last[1][0], atol=1e-6)


def test_zeros_put_out_at_masked_steps_have_no_gradient():
    layer = recurrent("gru", zero_output_for_mask=True)
    (seen,) = recurra.inspect(model_of(layer, mask=True), padded, what="gradients").layers
    assert not seen.hidden_gradient.any(), "the last step is masked: zeros go up, not the state"
    assert seen.hidden[-1].any()


class Leaky(layers.Layer):
    """A cell that is not Keras's."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = self.state_size = self.output_size = units

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], self.units), name="kernel")

    def call(self, inputs, states):
        h = 0.5 * states[0] + keras.ops.matmul(inputs, self.kernel)
        return h, [h]


@pytest.mark.parametrize(("backwards", "sequences"), [(False, True), (True, False)])
def test_cells_of_ones_own_show_their_states(backwards, sequences):
    layer = layers.RNN(Leaky(2), go_backwards=backwards, return_sequences=sequences, name="it")
    model = model_of(layer, head=False)
    (seen,) = recurra.inspect(model, x, what=SEEN).layers
    weights = numbers(layer.cell.kernel)
    h, expected = np.zeros(2), np.zeros((TIME, 2))
    for t in reversed(range(TIME)) if backwards else range(TIME):
        h = expected[t] = 0.5 * h + x[0, t] @ weights
    np.testing.assert_allclose(seen.hidden, expected, atol=1e-5)
    assert (seen.cell, seen.gates, seen.hidden_gradient) == ("other", {}, None)
    assert seen.note == "no gates and no gradients through time: the cell is a Leaky"
    assert layer.return_sequences is sequences


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"activation": "elu"}, "the activation is 'elu'"),
        ({"recurrent_activation": "hard_sigmoid"}, "recurrent activation is 'hard_sigmoid'"),
    ],
)
def test_other_activations_show_their_states(options, reason):
    model = model_of(layers.LSTM(UNITS, **options))
    with keras.StatelessScope():
        expected = numbers(model.layers[1](x))
    (seen,) = recurra.inspect(model, x, what=SEEN).layers
    assert reason in seen.note
    np.testing.assert_allclose(seen.hidden[-1], expected[0], atol=1e-6)


def test_a_shared_layer_is_shown_for_every_call():
    shared = layers.GRU(UNITS, name="shared")
    a, b = keras.Input((None, FEATURES), name="a"), keras.Input((None, FEATURES), name="b")
    model = keras.Model([a, b], layers.Dense(1)(layers.Add()([shared(a), shared(b)])))
    seen = recurra.inspect(model, [x, -x], what=SEEN).layers
    assert [one.name for one in seen] == ["shared", "shared (call 2)"]
    assert "called more than once" in seen[1].note
    np.testing.assert_allclose(seen[1].inputs, -x[0])


def test_layers_over_other_steps_have_names_of_their_own():
    given = keras.Input((TIME, FEATURES))
    halved = layers.AveragePooling1D(2)(given)
    model = keras.Model(given, layers.GRU(2)(halved))
    (seen,) = recurra.inspect(model, x, labels=list("abcdef"), what="states").layers
    assert seen.labels == ("1", "2", "3")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    r = np.random.default_rng(0)
    words = [f"word{n}" for n in range(30)]
    labels = [("bad", "good")[n % 2] for n in range(60)]
    texts = [f"{label} {' '.join(r.choice(words, 6))}" for label in labels]
    fitted = TextClassifier(
        cell="gru", units=(4,), embedding=4, bidirectional=True, epochs=1, seed=0
    ).fit(texts, labels)
    path = tmp_path_factory.mktemp("model") / "m.recurra"
    fitted.save(path)
    return path


def test_everything_of_a_saved_classifier(classifier, tmp_path):
    trace = recurra.inspect(str(classifier), "good word1 word2 word3", what=SEEN[:2])
    assert trace.task == "text-classification"
    assert trace.labels == ("good", "word1", "word2", "word3")
    assert {name for name, _ in trace.answer} == {"good", "bad"}
    assert trace.explained.startswith("log-odds of")
    assert [(one.cell, one.backwards) for one in trace.layers] == [("gru", False), ("gru", True)]
    kinds = {block.kind: block for block in trace.blocks}
    assert kinds["GRU"].directions == 2
    assert kinds["GRU"].recurrent
    assert kinds["GRU"].shape_in == "(time, 4)"
    assert kinds["GRU"].shape_out == "(8)"
    assert sum(block.parameters for block in trace.blocks) == trace.facts["parameters"]
    loaded = Trace.load(trace.save(tmp_path / "one.trace"))
    np.testing.assert_array_equal(loaded.layers[1].hidden, trace.layers[1].hidden)


def test_the_parts_that_were_asked_for(classifier):
    trace = recurra.inspect(classifier, "good word1", what=["memory", "attribution"])
    assert trace.layers == ()
    assert trace.memory.length == 2
    assert {one.method for one in trace.attributions} == {
        "integrated_gradients", "gradient_x_input", "occlusion",
    }  # fmt: skip
    again = recurra.inspect(classifier, "good word1", what="gradients")
    assert again.loss == pytest.approx(trace.loss, rel=1e-5)
    assert again.memory is None
    assert again.attributions == ()


def test_the_loss_is_that_of_the_target(classifier):
    seen = recurra.inspect(classifier, "good word1", target="bad", what="states")
    assert seen.loss == pytest.approx(-np.log(dict(seen.answer)["bad"]), rel=1e-4)


def test_unknown_parts_and_other_things_are_refused():
    with pytest.raises(UnknownNameError, match="unknown part 'state'; did you mean 'states'"):
        recurra.inspect(model_of(recurrent("gru")), x, what=["state"])
    dense = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    with pytest.raises(UsageError, match="no recurrent layer"):
        recurra.inspect(dense, np.ones((1, 3), np.float32), what=PARTS)


def test_keras_is_not_left_accelerated():
    recurra.inspect(model_of(recurrent("gru")), x, what="states")
    from recurra.layers import is_accelerated

    assert not is_accelerated()
