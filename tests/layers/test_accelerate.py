"""Keras's own layers compute the same on the core, forward and backward."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

import recurra
from recurra import kernels
from recurra.layers import accelerate, accelerated, deaccelerate, explain_kernels, is_accelerated

pytestmark = pytest.mark.skipif(
    not kernels.instruction_sets() or kernels.why_not_backend("jax") is not None,
    reason="the native core with its JAX handlers is not built here",
)

LAYERS = keras.layers
CELLS = {"lstm": LAYERS.LSTM, "gru": LAYERS.GRU, "simple_rnn": LAYERS.SimpleRNN}
BATCH, TIME, FEATURES, UNITS = 5, 7, 4, 6


@pytest.fixture(autouse=True)
def keras_as_it_came():
    deaccelerate()
    yield
    deaccelerate()


def data(seed=0):
    r = np.random.default_rng(seed)
    x = r.normal(size=(BATCH, TIME, FEATURES)).astype("f")
    mask = r.random((BATCH, TIME)) < 0.6
    mask[1] = False
    return x, mask


def run(make, x, mask=None, states=None, *, training=False):
    """Return outputs and gradients of a fresh layer by input and by every weight."""
    keras.utils.set_random_seed(3)
    layer = make()
    layer.build(x.shape)
    weights = [v.value for v in layer.trainable_variables]
    fixed = [v.value for v in layer.non_trainable_variables]

    def loss(weights, x, states):
        options = {} if states is None else {"initial_state": states}
        out, _ = layer.stateless_call(weights, fixed, x, mask=mask, training=training, **options)
        flat = jax.tree.leaves(out)
        scale = [jnp.cos(jnp.arange(a.size, dtype=a.dtype)).reshape(a.shape) for a in flat]
        return sum((a * s).sum() for a, s in zip(flat, scale, strict=True)), out

    gradient = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True))
    traced = gradient.trace(weights, x, states)
    results = traced.lower().compile()(weights, x, states)
    return jax.tree.leaves(results), str(traced.jaxpr).count("recurra_xla_")


def same(make, *args, limit=3e-6, fused=True, **options):
    theirs, none = run(make, *args, **options)
    with accelerated():
        ours, calls = run(make, *args, **options)
    assert none == 0
    assert (calls > 0) == fused
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        error = np.linalg.norm(np.asarray(a, "f8") - np.asarray(b, "f8"))
        assert error <= limit * (1 + np.linalg.norm(np.asarray(b, "f8")))


OPTIONS = {
    "plain": {},
    "sequences and states": {"return_sequences": True, "return_state": True},
    "no bias": {"use_bias": False},
    "backwards": {"go_backwards": True, "return_sequences": True},
    "dropout": {"dropout": 0.3, "seed": 5},
    "both dropouts": {"dropout": 0.3, "recurrent_dropout": 0.4, "seed": 5},
    "zero output": {"zero_output_for_mask": True},
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_layers(cell, options):
    same(lambda: CELLS[cell](UNITS, **options), *data(), training="seed" in options)


@pytest.mark.parametrize("cell", CELLS)
def test_layers_without_a_mask(cell):
    same(lambda: CELLS[cell](UNITS, dropout=0.3, seed=5), data()[0], training=True)


def test_gru_without_reset_after():
    make = {"reset_after": False, "recurrent_dropout": 0.4, "seed": 5, "return_sequences": True}
    same(lambda: LAYERS.GRU(UNITS, **make), *data(), training=True)


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_other_activations(activation):
    same(lambda: LAYERS.SimpleRNN(UNITS, activation=activation), data()[0])


@pytest.mark.parametrize("cell", CELLS)
def test_initial_states(cell):
    x, mask = data()
    states = [np.full((BATCH, UNITS), 0.3, "f")] * (2 if cell == "lstm" else 1)
    same(lambda: CELLS[cell](UNITS, return_sequences=True), x, mask, states)


@pytest.mark.parametrize("cell", CELLS)
def test_bidirectional(cell):
    same(lambda: LAYERS.Bidirectional(CELLS[cell](UNITS, return_sequences=True)), *data())


def test_mixed_precision():
    for name in ("mixed_bfloat16", "mixed_float16"):
        policy = keras.DTypePolicy(name)
        same(lambda: LAYERS.LSTM(UNITS, dtype=policy), data()[0], limit=2e-2)  # noqa: B023


def test_vmap():
    x, _ = data()
    layer = LAYERS.GRU(UNITS)
    layer.build(x.shape)
    stacked = jnp.stack([x, 2 * x])
    expected = jnp.stack([layer(x), layer(2 * x)])
    with accelerated():
        got = jax.vmap(layer)(stacked)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_stateful_layers_carry_their_state():
    x, _ = data()
    results = []
    for fused in (False, True):
        keras.utils.set_random_seed(1)
        layer = LAYERS.LSTM(UNITS, stateful=True)
        (accelerate if fused else deaccelerate)()
        layer(x)
        results.append([layer(x), *(s.value for s in layer.states)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def model():
    keras.utils.set_random_seed(2)
    network = keras.Sequential(
        [
            keras.Input((TIME,), dtype="int32"),
            LAYERS.Embedding(9, FEATURES, mask_zero=True),
            LAYERS.Bidirectional(LAYERS.GRU(UNITS, return_sequences=True)),
            LAYERS.LSTM(UNITS, dropout=0.2, recurrent_dropout=0.2),
            LAYERS.Dense(1),
        ]
    )
    network.compile("adam", "mse")
    return network


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_training_goes_the_same_way_and_files_stay_plain(tmp_path):
    ids = np.random.default_rng(1).integers(0, 9, (32, TIME))
    target = ids.sum(axis=1, keepdims=True) / 9.0
    theirs = model()
    expected = theirs.fit(ids, target, epochs=3, verbose=0).history["loss"]
    with accelerated():
        ours = model()
        losses = ours.fit(ids, target, epochs=3, verbose=0).history["loss"]
        ours.save(tmp_path / "fused.keras")
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    plain = keras.models.load_model(tmp_path / "fused.keras")
    np.testing.assert_allclose(
        plain.predict(ids, verbose=0), ours.predict(ids, verbose=0), atol=1e-5
    )


def test_the_switch_restores_keras_exactly():
    before = {cls: cls.__dict__.get("inner_loop") for cls in CELLS.values()}
    with accelerated():
        assert is_accelerated()
        accelerate()
        with accelerated():
            pass
        assert is_accelerated()
    assert not is_accelerated()
    assert before == {cls: cls.__dict__.get("inner_loop") for cls in CELLS.values()}


def test_the_switch_is_public():
    assert recurra.accelerate is accelerate
    assert recurra.deaccelerate is deaccelerate
    assert recurra.explain_kernels is explain_kernels


REASONS = {
    "the activation is 'elu'": lambda: LAYERS.LSTM(3, activation="elu"),
    "the recurrent activation is 'hard_sigmoid'": lambda: LAYERS.GRU(
        3, recurrent_activation="hard_sigmoid"
    ),
    "unroll is True": lambda: LAYERS.LSTM(3, unroll=True),
    "it computes in float64": lambda: LAYERS.LSTM(3, dtype="float64"),
    "a generic RNN around LSTMCell": lambda: LAYERS.RNN(LAYERS.LSTMCell(3)),
}


@pytest.mark.parametrize(("reason", "make"), REASONS.items(), ids=REASONS)
def test_what_the_core_cannot_do_takes_keras_own_path_and_says_so(reason, make):
    with accelerated():
        (record,) = explain_kernels(make())
    assert not record.fused
    assert record.reason == reason
    if "float64" not in reason:
        same(make, data()[0], fused=False)


def test_explaining_a_model():
    network = model()
    assert {r.reason for r in explain_kernels(network)} == {"recurra.accelerate() is not in force"}
    with accelerated():
        records = explain_kernels(network)
    assert [(r.kind, r.fused) for r in records] == [("GRU", True)] * 2 + [("LSTM", True)]


@pytest.mark.slow
def test_keras_own_tests_pass(tmp_path):
    folder = Path(keras.__file__).parent / "src" / "layers" / "rnn"
    (tmp_path / "accelerate_first.py").write_text("import recurra\nrecurra.accelerate()\n")
    names = ("lstm", "gru", "simple_rnn", "bidirectional", "rnn", "time_distributed")
    source = Path(recurra.__file__).parents[1]
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # not this project's strict settings
    plugins = ("-c", "pytest.ini", "-p", "accelerate_first", "-p", "no:cacheprovider")
    files = [str(folder / f"{name}_test.py") for name in names]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "ignore", *plugins, *files],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": f"{source}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
