"""What must hold on PyTorch and TensorFlow; `test_backends.py` runs it once for each.

Keras reads its backend once in a process, so this file is no test module of its own:

    KERAS_BACKEND=torch python -m pytest tests/layers/backend_checks.py
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from recurra.errors import UsageError
from recurra.layers import _accelerate, accelerated, deaccelerate, explain_kernels

BACKEND = keras.backend.backend()
LAYERS = keras.layers
CELLS = {"lstm": LAYERS.LSTM, "gru": LAYERS.GRU, "simple_rnn": LAYERS.SimpleRNN}
BATCH, TIME, FEATURES, UNITS = 5, 7, 4, 6

on_torch = pytest.mark.skipif(BACKEND != "torch", reason="about PyTorch")
on_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="about TensorFlow")


@pytest.fixture(autouse=True)
def keras_as_it_came():
    deaccelerate()
    yield
    deaccelerate()


@pytest.fixture
def calls(monkeypatch):
    """The calls that reach the core, as they come."""
    seen = []
    run = _accelerate.backend_recurrence

    def counted(backend, call, operands):
        seen.append(call)
        return run(backend, call, operands)

    monkeypatch.setattr(_accelerate, "backend_recurrence", counted)
    return seen


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(BATCH, TIME, FEATURES)).astype("f")


def masks():
    r = np.random.default_rng(1)
    lengths = np.array([[7], [3], [0], [5], [1]])
    right = np.arange(TIME) < lengths
    holes = r.random((BATCH, TIME)) < 0.6
    holes[1] = False
    return {"right": right, "left": right[:, ::-1].copy(), "holes": holes}


def flat(value):
    return [a for a in keras.tree.flatten(value) if a is not None]


def scaled_sum(outputs):
    """A loss with another weight for every entry of every output."""
    total = 0.0
    for a in outputs:
        weight = np.cos(np.arange(int(np.prod(a.shape)))).reshape(a.shape)
        total = total + keras.ops.sum(a * keras.ops.cast(weight, a.dtype))
    return total


def torch_gradients(call, x, states, weights):
    import torch

    given = [torch.tensor(a).requires_grad_() for a in [x, *states]]
    outputs = flat(call(given[0], given[1:]))
    values = [v.value for v in weights]
    return outputs, torch.autograd.grad(scaled_sum(outputs), [*given, *values], allow_unused=True)


def tensorflow_gradients(call, x, states, weights):
    import tensorflow as tf

    @tf.function
    def run(given):
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs = flat(call(given[0], list(given[1:])))
            loss = scaled_sum(outputs)
        return outputs, tape.gradient(loss, [*given, *(v.value for v in weights)])

    return run([tf.constant(a) for a in [x, *states]])


def run(make, x, mask=None, states=(), *, training=False):
    """Return outputs and gradients of a fresh layer by input, states and every weight."""
    keras.utils.set_random_seed(3)
    layer = make()
    layer.build(x.shape)

    def call(x, states):
        options = {"initial_state": states} if states else {}
        return layer(x, mask=mask, training=training, **options)

    gradients = torch_gradients if BACKEND == "torch" else tensorflow_gradients
    results = gradients(call, x, list(states), layer.trainable_variables)
    assert results[1][0] is not None
    return [keras.ops.convert_to_numpy(a) for a in flat(results)]


def same(calls, make, *args, limit=3e-6, fused=True, **options):
    theirs = run(make, *args, **options)
    assert not calls
    with accelerated():
        ours = run(make, *args, **options)
    assert bool(calls) == fused
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        error = np.linalg.norm(np.asarray(a, "f8") - np.asarray(b, "f8"))
        assert error <= limit * (1 + np.linalg.norm(np.asarray(b, "f8")))


OPTIONS = {
    "plain": {},
    "states": {"return_sequences": True, "return_state": True},
    "no bias": {"use_bias": False, "go_backwards": True, "return_sequences": True},
    "dropouts": {"dropout": 0.3, "recurrent_dropout": 0.4, "seed": 5},
    "zero output": {"zero_output_for_mask": True, "return_sequences": True},
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_layers(calls, cell, options):
    training = "seed" in options
    same(calls, lambda: CELLS[cell](UNITS, **options), data(), masks()["holes"], training=training)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("side", ["right", "left"])
def test_padding(calls, cell, side):
    same(calls, lambda: CELLS[cell](UNITS), data(), masks()[side])


@pytest.mark.parametrize("cell", CELLS)
def test_initial_states_without_a_mask(calls, cell):
    states = [np.full((BATCH, UNITS), 0.3, "f")] * (2 if cell == "lstm" else 1)
    make = {"dropout": 0.3, "seed": 5, "return_sequences": True}
    same(calls, lambda: CELLS[cell](UNITS, **make), data(), None, states, training=True)


def test_gru_without_reset_after(calls):
    make = {"reset_after": False, "recurrent_dropout": 0.4, "seed": 5, "return_sequences": True}
    same(calls, lambda: LAYERS.GRU(UNITS, **make), data(), masks()["holes"], training=True)


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_other_activations(calls, activation):
    same(calls, lambda: LAYERS.SimpleRNN(UNITS, activation=activation), data())


def test_bidirectional(calls):
    make = LAYERS.Bidirectional
    same(calls, lambda: make(LAYERS.GRU(UNITS, return_sequences=True)), data(), masks()["left"])


@pytest.mark.parametrize("name", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(calls, name):
    x = keras.ops.convert_to_numpy(data())
    same(calls, lambda: LAYERS.LSTM(UNITS, dtype=keras.DTypePolicy(name)), x, limit=2e-2)


def test_what_the_core_cannot_do_takes_keras_own_path_and_says_so(calls):
    with accelerated():
        (record,) = explain_kernels(LAYERS.LSTM(3, activation="elu"))
    assert record == (record.layer, "LSTM", False, "the activation is 'elu'")
    same(calls, lambda: LAYERS.LSTM(3, activation="elu"), data(), fused=False)


def sequence_model():
    keras.utils.set_random_seed(2)
    network = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            LAYERS.Embedding(9, FEATURES, mask_zero=True),
            LAYERS.Bidirectional(LAYERS.GRU(UNITS, dropout=0.2, recurrent_dropout=0.2)),
            LAYERS.Dense(1),
        ]
    )
    network.compile("adam", "mse")
    return network


def test_training_goes_the_same_way_and_files_stay_plain(calls, tmp_path):
    """Neither batch nor time is known when TensorFlow traces these; the last batch is smaller."""
    ids = np.random.default_rng(1).integers(0, 9, (27, TIME))
    target = ids.sum(axis=1, keepdims=True) / 9.0
    options = {"epochs": 3, "batch_size": 8, "verbose": 0}
    expected = sequence_model().fit(ids, target, **options).history["loss"]
    assert not calls
    with accelerated():
        ours = sequence_model()
        losses = ours.fit(ids, target, **options).history["loss"]
        assert ours.evaluate(ids, target, verbose=0) > 0
        predicted = ours.predict(ids, verbose=0)
        ours.save(tmp_path / "fused.keras")
        assert [r.fused for r in explain_kernels(ours)] == [True] * 2
    assert len(calls) >= 3
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    plain = keras.models.load_model(tmp_path / "fused.keras")
    np.testing.assert_allclose(plain.predict(ids, verbose=0), predicted, atol=1e-5)


def test_stateful_layers_train_and_carry_their_state(calls):
    x, target = data(), np.ones((BATCH, 1), "f")
    results = []
    for fused in (False, True):
        keras.utils.set_random_seed(1)
        # On PyTorch Keras's own stateful LSTM and GRU cannot train: they overwrite their states.
        layer = (LAYERS.SimpleRNN if BACKEND == "torch" else LAYERS.LSTM)(UNITS, stateful=True)
        inputs = keras.Input(batch_shape=x.shape)
        network = keras.Model(inputs, LAYERS.Dense(1)(layer(inputs)))
        network.compile("sgd", "mse")
        (_accelerate.accelerate if fused else deaccelerate)()
        losses = [network.train_on_batch(x, target) for _ in range(3)]
        results.append([losses, *(keras.ops.convert_to_numpy(s) for s in layer.states)])
    assert calls
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def layer_and_input(**options):
    keras.utils.set_random_seed(3)
    layer = LAYERS.LSTM(UNITS, **options)
    layer.build((BATCH, TIME, FEATURES))
    return layer, data()


@on_torch
def test_nothing_is_kept_without_gradients(monkeypatch):
    import torch

    from recurra.kernels import _torch

    kept = []
    run = _torch.forward_arrays
    monkeypatch.setattr(_torch, "forward_arrays", lambda *a: (kept.append(a[-1]), run(*a)))
    layer, x = layer_and_input()
    with accelerated():
        layer(x)
        with torch.no_grad():
            layer(x)
    assert [k is None for k in kept] == [False, True]


@on_torch
def test_second_derivatives_are_refused_not_wrong():
    import torch

    layer, x = layer_and_input()
    x = torch.tensor(x).requires_grad_()
    with accelerated():
        (dx,) = torch.autograd.grad(layer(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="backward through recurra"):
        dx.sum().backward()


@on_torch
def test_compiled_by_torch(calls):
    import torch

    layer, x = layer_and_input(return_sequences=True)
    expected = [layer(a) for a in (x, x[:2])]
    with accelerated(), torch.no_grad():
        compiled = torch.compile(layer, backend="eager")
        got = [compiled(torch.tensor(a)) for a in (x, x[:2])]
    assert calls
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b.detach(), atol=1e-6)


@on_torch
@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_programs_that_need_the_formulas_take_keras_own_path(calls):
    import torch

    layer, x = layer_and_input()
    x = torch.tensor(x)
    with accelerated():
        gradient = torch.func.grad(lambda a: layer(a).sum())(x)
        with torch.autograd.forward_ad.dual_level():
            dual = torch.autograd.forward_ad.make_dual(x, torch.ones_like(x))
            tangent = torch.autograd.forward_ad.unpack_dual(layer(dual)).tangent
        exported = torch.export.export(layer, (x,), strict=False)
    assert not calls
    assert tangent.sum().item() == pytest.approx(gradient.sum().item(), abs=1e-5)
    assert "recurra" not in str(exported.graph)


@on_torch
def test_stateful_gated_layers_train(calls):
    """They do not on Keras's own path, which overwrites states that the backward pass needs."""
    inputs = keras.Input(batch_shape=(BATCH, TIME, FEATURES))
    network = keras.Model(inputs, LAYERS.GRU(UNITS, stateful=True)(inputs))
    network.compile("sgd", "mse")
    with accelerated():
        losses = [network.train_on_batch(data(), np.ones((BATCH, UNITS), "f")) for _ in range(3)]
    assert calls
    assert losses[2] < losses[0]


@on_torch
def test_another_device_takes_keras_own_path(calls):
    import torch

    layer, x = layer_and_input()
    for weight in layer.weights:
        weight._value = torch.nn.Parameter(weight.value.to("meta"))
    with accelerated():
        (record,) = explain_kernels(layer)
        with keras.device("meta"):
            assert layer(torch.empty(x.shape, device="meta")).shape == (BATCH, UNITS)
    assert not calls
    assert record.reason == "it is on the device 'meta', the core on the CPU"


@on_tensorflow
def test_eager_execution_gives_the_same(calls):
    import tensorflow as tf

    layer, x = layer_and_input(return_sequences=True)
    results = []
    for context in (tf.function, lambda f: f):
        with accelerated():

            def gradients(x):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    out = layer(x, mask=masks()["holes"])
                return [out, *tape.gradient(out, [x, *layer.trainable_variables])]

            results.append(context(gradients)(tf.constant(x)))
    assert len(calls) == 2
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


@on_tensorflow
def test_a_graph_that_was_traced_without_a_tape_has_gradients(calls):
    import tensorflow as tf

    layer, x = layer_and_input()
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = layer(x)
    expected = tape.gradient(out, x)
    with accelerated():
        traced = tf.function(layer.__call__)
        traced(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = traced(x)
        got = tape.gradient(out, x)
    assert len(calls) == 1
    np.testing.assert_allclose(got, expected, atol=1e-6)


@on_tensorflow
def test_second_derivatives_are_refused_in_tensorflow():
    import tensorflow as tf

    layer, x = layer_and_input()
    x = tf.constant(x)
    with accelerated(), tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            out = layer(x)
        dx = inner.gradient(out, x)
    with pytest.raises(UsageError, match="first derivatives only"):
        outer.gradient(dx, x)


@on_tensorflow
def test_programs_of_xla_take_keras_own_path_and_say_so(calls):
    def model():
        keras.utils.set_random_seed(2)
        network = keras.Sequential([keras.Input((TIME, FEATURES)), LAYERS.SimpleRNN(UNITS)])
        network.compile("adam", "mse", jit_compile=True)
        return network

    x, target = data(), np.ones((BATCH, UNITS), "f")
    expected = model().train_on_batch(x, target)
    with accelerated():
        network = model()
        (record,) = explain_kernels(network)
        got = network.train_on_batch(x, target)
    assert not calls
    assert got == pytest.approx(expected, rel=1e-5)
    assert record.reason == "the model is compiled with jit_compile=True (XLA)"


def operations(function):
    """Names of a concrete function's operations, those of the functions it calls included."""
    graph = function.graph.as_graph_def()
    nodes = [*graph.node, *(n for f in graph.library.function for n in f.node_def)]
    return {node.op for node in nodes}


@on_tensorflow
@pytest.mark.parametrize("how", ["export", "archive", "saved_model"])
def test_saved_programs_take_keras_own_path(calls, tmp_path, how):
    import tensorflow as tf

    ids = np.random.default_rng(1).integers(0, 9, (3, TIME)).astype("int32")
    path = str(tmp_path / "program")
    embedding = LAYERS.Embedding(9, FEATURES, mask_zero=True)
    network = keras.Sequential([keras.Input((TIME,), dtype="int32"), embedding, LAYERS.GRU(UNITS)])
    with accelerated():
        expected = network.predict(ids, verbose=0)
        assert calls
        calls.clear()
        if how == "export":
            network.export(path, verbose=False)
        elif how == "archive":
            archive = keras.export.ExportArchive()
            spec = keras.InputSpec(shape=(None, TIME), dtype="int32")
            archive.track(network)
            archive.add_endpoint("serve", network.call, [spec])
            archive.write_out(path, verbose=False)
        else:
            tf.saved_model.save(network, path)
        assert not calls
    program = tf.saved_model.load(path).signatures["serving_default"]
    assert not {name for name in operations(program) if name.startswith("PyFunc")}
    (got,) = program(tf.constant(ids)).values()
    np.testing.assert_allclose(got, expected, atol=1e-5)
