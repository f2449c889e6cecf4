"""What holds for every forecaster."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from forecast_networks import (
    EVERYDAY,
    HORIZON,
    every_forecaster,
    forecaster_specification,
    forecasts,
    random_forecaster,
    random_windows,
)

from recurra.layers import accelerated, explain_kernels
from recurra.models import assign_weights, build_forecaster, named_weights
from recurra.models._quantiles import rising_quantiles

MASKED = [name for name in EVERYDAY if not name.startswith("segrnn")]
TOLERANCE = {"rtol": 0, "atol": 2e-6}


@every_forecaster
def test_forecasts_have_the_specified_shape_and_rise(name):
    spec = forecaster_specification(name)
    found = forecasts(random_forecaster(name), random_windows(name))
    assert found.shape == (5, HORIZON, spec.targets, spec.outputs)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=-1) >= 0).all()


@every_forecaster
def test_every_recurrent_layer_runs_on_the_core(name):
    with accelerated():
        kernels = explain_kernels(random_forecaster(name))
    spec = forecaster_specification(name)
    stacks = {"recurrent": 1 + spec.bidirectional, "seq2seq": 2 + spec.bidirectional, "segrnn": 1}
    assert len(kernels) == len(spec.units) * stacks[spec.architecture]
    assert all(kernel.fused for kernel in kernels), kernels


@pytest.mark.parametrize("name", EVERYDAY)
def test_permuting_the_batch_permutes_the_forecasts(name):
    windows, order = random_windows(name), np.array([3, 0, 4, 1, 2])
    found = forecasts(random_forecaster(name), windows)
    permuted = forecasts(random_forecaster(name), {k: v[order] for k, v in windows.items()})
    np.testing.assert_allclose(permuted, found[order], **TOLERANCE)
    assert np.abs(permuted - found).max() > 1e-3


@pytest.mark.parametrize("name", MASKED)
def test_masked_steps_change_nothing(name):
    windows = random_windows(name)
    changed = {**windows, "past": windows["past"].copy()}
    changed["past"][windows["mask"] == 0] = 1e30
    found, again = (forecasts(random_forecaster(name), w) for w in (windows, changed))
    np.testing.assert_array_equal(found, again)


@pytest.mark.parametrize(
    "name",
    [
        "recurrent-lstm-everything",
        "seq2seq-lstm-everything",
        "seq2seq-gru-bi-dot",
        "segrnn-gru-odd",
        "segrnn-lstm-whole",
    ],
)
def test_every_step_input_and_weight_matters(name):
    """Nothing that a network reads or holds is left out of its forecasts."""
    model, windows = random_forecaster(name), random_windows(name)
    found = forecasts(model, windows)
    for key in windows:
        flat = windows[key].reshape(len(windows[key]), -1)
        for column in range(0, flat.shape[1], 3):
            changed = flat.copy()
            changed[0, column] = 0 if key == "mask" else changed[0, column] + 3
            other = forecasts(model, {**windows, key: changed.reshape(windows[key].shape)})
            assert np.abs(other[0] - found[0]).max() > 1e-6, (key, column)
    gradients = _gradients(model, windows)
    assert set(gradients) == set(named_weights(model))
    still = {key for key, value in gradients.items() if not np.abs(value).max() > 0}
    assert not still
    assert all(np.isfinite(value).all() for value in gradients.values())


def _gradients(model, windows):
    import jax

    names = {id(variable): name for name, variable in _variables(model)}

    def loss(trainable):
        out, _ = model.stateless_call(trainable, fixed, windows)
        return (out**2).sum()

    fixed = [v.value for v in model.non_trainable_variables]
    with accelerated():
        gradients = jax.jit(jax.grad(loss))([v.value for v in model.trainable_variables])
    variables = model.trainable_variables
    return {names[id(v)]: np.asarray(g) for v, g in zip(variables, gradients, strict=True)}


def _variables(model):
    from recurra.models._weights import named_variables

    return named_variables(model)


READ = """
import json, sys
import numpy as np
import keras
folder = sys.argv[1]
for name in json.load(open(f"{folder}/names.json")):
    model = keras.models.load_model(f"{folder}/{name}.keras", compile=False, safe_mode=True)
    windows = dict(np.load(f"{folder}/{name}.npz"))
    np.save(f"{folder}/{name}.npy", np.asarray(model.predict_on_batch(windows)))
assert not [m for m in sys.modules if m.split(".")[0] == "recurra"]
"""


def test_saved_files_open_without_recurra(tmp_path, run_python):
    """There Keras's own loops compute them, so this also compares the core with those."""
    names = ["recurrent-gru-bi-dot", "seq2seq-lstm-everything", "segrnn-gru-odd"]
    for name in names:
        random_forecaster(name).save(tmp_path / f"{name}.keras")
        np.savez(tmp_path / f"{name}.npz", **random_windows(name))
    (tmp_path / "names.json").write_text(json.dumps(names))
    run_python(READ, tmp_path, env={"PYTHONPATH": "", "KERAS_BACKEND": "jax"})
    for name in names:
        expected = forecasts(random_forecaster(name), random_windows(name))
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.npy"), expected, **TOLERANCE)


def test_forecasters_are_plain_keras_models():
    model = random_forecaster("seq2seq-lstm-everything")
    assert model.name == "bilstm_seq2seq_forecaster"
    assert list(model.input) == ["past", "mask", "future", "static"]
    for name in ("seq2seq-lstm-everything", "recurrent-lstm-everything", "segrnn-gru-odd"):
        layers = random_forecaster(name).layers
        assert all(type(layer).__module__.startswith("keras.") for layer in layers)


@pytest.mark.parametrize("name", ["seq2seq-lstm-everything", "segrnn-gru-odd"])
def test_a_seed_fixes_the_weights(name):
    spec = forecaster_specification(name)
    first, same, other = (named_weights(build_forecaster(spec, seed)) for seed in (1, 1, 2))
    for key, array in first.items():
        np.testing.assert_array_equal(array, same[key])
        if not key.endswith("bias") and not key.startswith("skip"):
            assert (array != other[key]).any(), key


def test_weights_of_a_layer_that_is_called_twice_are_named_once():
    model = build_forecaster(forecaster_specification("segrnn-lstm-whole"), 3)
    weights = named_weights(model)
    assert sum(name.startswith("recurrent_0/") for name in weights) == 3
    other = build_forecaster(forecaster_specification("segrnn-lstm-whole"), 4)
    assign_weights(other, weights)
    windows = random_windows("segrnn-lstm-whole")
    np.testing.assert_array_equal(forecasts(other, windows), forecasts(model, windows))


@pytest.mark.parametrize(
    "name", ["recurrent-lstm-stack-future", "seq2seq-gru-bi-dot", "segrnn-gru-odd"]
)
def test_training_lowers_the_loss(name):
    spec = forecaster_specification(name)
    model = build_forecaster(spec, 5)
    before = named_weights(model)
    windows = random_windows(name, batch=16, seed=2)
    targets = np.cumsum(np.ones((16, HORIZON, spec.targets, spec.outputs), np.float32), axis=1)
    with accelerated():
        model.compile(keras.optimizers.Adam(0.03), "mse")
        losses = model.fit(windows, targets, epochs=20, batch_size=16, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.7 * losses[0]
    after = named_weights(model)
    assert not [key for key in after if (after[key] == before[key]).all()]


def test_dropout_works_in_training_alone():
    for name in ("seq2seq-lstm-everything", "segrnn-gru-odd"):
        model, windows = random_forecaster(name), random_windows(name)
        with accelerated():
            trained = [np.asarray(model(windows, training=True)) for _ in range(2)]
        assert (trained[0] != trained[1]).any()
        found = [forecasts(model, windows) for _ in range(2)]
        np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("median", [0, 2, 4])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e3, 1e9, 1e30])
def test_quantiles_never_cross(median, scale):
    values = np.random.default_rng(6).normal(0, scale, (5, 1000)).astype(np.float32)
    found = np.stack([np.asarray(q) for q in rising_quantiles(list(values), median)])
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) >= 0).all()
    np.testing.assert_array_equal(found[median], values[median])


@pytest.mark.parametrize("name", ["recurrent-lstm-everything", "segrnn-gru-odd"])
def test_extreme_weights_do_not_make_quantiles_cross(name):
    model = build_forecaster(forecaster_specification(name))
    for scale in (1e4, 1e8):
        weights = {
            k: v * np.float32(scale) for k, v in named_weights(random_forecaster(name)).items()
        }
        assign_weights(model, weights)
        found = forecasts(model, random_windows(name))
        assert np.isfinite(found).all()
        assert (np.diff(found, axis=-1) >= 0).all()


def test_the_known_future_of_a_step_does_not_change_earlier_steps():
    for name in ("recurrent-lstm-everything", "seq2seq-lstm-stack-future"):
        model, windows = random_forecaster(name), random_windows(name)
        changed = {**windows, "future": windows["future"].copy()}
        changed["future"][:, 2] += 3
        moved = np.abs(forecasts(model, changed) - forecasts(model, windows)).max(axis=(0, 2, 3))
        assert moved[:2].max() < 1e-6
        assert moved[2] > 1e-3
