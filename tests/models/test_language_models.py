"""Keras and NumPy compute the same; training carries states and drops what it should."""

from __future__ import annotations

from contextlib import nullcontext

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language_networks import (
    ARCHITECTURES,
    CELLS,
    DROPS,
    VOCABULARY,
    language_inputs,
    language_model,
    language_weights,
)

import recurra
from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError, UsageError
from recurra.layers import is_accelerated
from recurra.models import assign_weights, build_language_model, named_weights, reset_states
from recurra.runtime import LanguageModelSpecification, LanguageNetwork
from recurra.runtime._language_network import language_shapes

every_architecture = pytest.mark.parametrize("name", ARCHITECTURES)
TOLERANCE = {"rtol": 0, "atol": 1e-5}


def in_keras(spec, weights, **options):
    model = build_language_model(spec, **options)
    assign_weights(model, weights)
    return model


def compiled(model, rate=0.0):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(rate), loss)
    return model


@every_architecture
def test_numpy_and_keras_agree(name):
    spec = language_model(name, **DROPS)
    weights = language_weights(spec)
    model = in_keras(spec, weights)
    inputs = language_inputs(spec, 3, 9)
    found, _ = LanguageNetwork(spec, weights).run(inputs)
    assert found.shape == (3, 9, VOCABULARY)
    np.testing.assert_allclose(found, np.asarray(model(inputs)), **TOLERANCE)


@every_architecture
def test_reading_in_pieces_equals_reading_whole(name):
    spec = language_model(name)
    network = LanguageNetwork(spec, language_weights(spec))
    inputs = language_inputs(spec, 2, 12)
    whole, end = network.run(inputs)

    @settings(max_examples=10, deadline=None, derandomize=True, database=None)
    @given(cuts=st.lists(st.integers(0, 12), max_size=4).map(sorted))
    def check(cuts):
        state, pieces = None, []
        for first, last in zip([0, *cuts], [*cuts, 12], strict=True):
            if first < last:
                piece, state = network.run(inputs[:, first:last], state)
                pieces.append(piece)
        np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, **TOLERANCE)
        for layer, expected in zip(state, end, strict=True):
            for part, wanted in zip(layer, expected, strict=True):
                np.testing.assert_allclose(part, wanted, **TOLERANCE)

    check()


@every_architecture
def test_reading_step_by_step_equals_reading_whole(name):
    spec = language_model(name)
    network = LanguageNetwork(spec, language_weights(spec))
    inputs = language_inputs(spec, 3, 8)
    whole, _ = network.run(inputs)
    _, state = network.run(inputs[:, :3])
    kept = [[part.copy() for part in layer] for layer in state]
    stream = network.stream(state)
    steps = [stream.step(inputs[:, t]) for t in range(3, 8)]
    np.testing.assert_allclose(np.stack(steps, axis=1), whole[:, 3:], **TOLERANCE)
    for layer, before in zip(state, kept, strict=True):
        for part, wanted in zip(layer, before, strict=True):
            np.testing.assert_array_equal(part, wanted)


@every_architecture
def test_the_model_for_training_has_the_names_and_weights_of_the_plain_one(name):
    tokens = {} if name.endswith("rolls") else {"embedding_dropout": 0.1}
    spec = language_model(name, **DROPS, **tokens)
    plain = named_weights(build_language_model(spec, seed=5))
    training = named_weights(build_language_model(spec, seed=5, batch=2))
    assert {key: value.shape for key, value in plain.items()} == language_shapes(spec)
    assert list(training) == list(plain)
    for key, value in plain.items():
        np.testing.assert_array_equal(training[key], value)
    other = named_weights(build_language_model(spec, seed=6))
    assert not np.array_equal(other["recurrent_0/kernel"], plain["recurrent_0/kernel"])


def test_the_plain_model_is_made_of_keras_layers_alone():
    for name in ("lstm-2-tied", "gru-2-rolls"):
        model = build_language_model(language_model(name, **DROPS))
        assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)


@pytest.mark.parametrize("cell", CELLS)
def test_states_carry_over_between_batches_of_a_compiled_model(cell):
    spec = language_model(f"{cell}-2")
    weights = language_weights(spec)
    model = in_keras(spec, weights, batch=2)
    ids = language_inputs(spec, 2, 8)
    whole, _ = LanguageNetwork(spec, weights).run(ids)
    for _ in range(2):
        pieces = [np.asarray(model.predict_on_batch(ids[:, k : k + 4])) for k in (0, 4)]
        np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, **TOLERANCE)
        reset_states(model)


def test_states_carry_over_between_training_batches_and_no_gradient_flows_back():
    spec = language_model("lstm-1")
    weights = language_weights(spec)
    model = compiled(in_keras(spec, weights, batch=2))
    ids = language_inputs(spec, 2, 9)
    network = LanguageNetwork(spec, weights)
    for start in (0, 4):
        loss = model.train_on_batch(ids[:, start : start + 4], ids[:, start + 1 : start + 5])
    _, before = network.run(ids[:, :4])
    logits, after = network.run(ids[:, 4:8], before)
    layer = model.get_layer("recurrent_0")
    for variable, wanted in zip(layer.states, after[0], strict=True):
        np.testing.assert_allclose(np.asarray(variable.value), wanted, **TOLERANCE)
    powers = np.exp(logits)
    chosen = np.take_along_axis(powers, ids[:, 5:9, None], axis=-1)[..., 0]
    assert float(loss) == pytest.approx(float(-np.log(chosen / powers.sum(-1)).mean()), abs=1e-5)
    reset_states(model)
    assert not np.asarray(layer.states[0].value).any()


def test_carried_states_are_no_weights():
    model = build_language_model(language_model("lstm-2"), batch=2)
    assert not [weight for weight in model.weights if "state" in weight.path]
    assert len([v for v in model.non_trainable_variables if "rnn_state" in v.path]) == 4


def test_every_layer_runs_on_the_core():
    spec = language_model("lstm-2-tied", **DROPS)
    with recurra.accelerated():
        for batch in (None, 2):
            explained = recurra.explain_kernels(build_language_model(spec, batch=batch))
            assert len(explained) == 2
            assert all(kernel.fused for kernel in explained), explained


@pytest.mark.parametrize("cell", CELLS)
def test_weight_drop_is_for_training_and_the_core_does_as_keras(cell):
    spec = language_model(f"{cell}-1", weight_drop=0.5)
    weights = language_weights(spec)
    ids = language_inputs(spec, 2, 6)
    plain, _ = LanguageNetwork(spec, weights).run(ids)
    found = []
    for kernels in (recurra.accelerated, _as_keras_comes):
        with kernels():
            model = in_keras(spec, weights, seed=3, batch=2)
            first = np.asarray(model(ids, training=True))
            reset_states(model)
            second = np.asarray(model(ids, training=True))
            reset_states(model)
            np.testing.assert_allclose(np.asarray(model(ids)), plain, **TOLERANCE)
            assert np.abs(first - second).max() > 1e-3
            assert np.abs(first - plain).max() > 1e-3
            found.append(first)
    np.testing.assert_allclose(found[0], found[1], **TOLERANCE)
    kernel = named_weights(model)["recurrent_0/recurrent_kernel"]
    np.testing.assert_array_equal(kernel, weights["recurrent_0/recurrent_kernel"])


def _as_keras_comes():
    assert not is_accelerated()
    return nullcontext()


def test_what_is_dropped_of_a_kernel_has_no_gradient():
    spec = LanguageModelSpecification(VOCABULARY, 3, "lstm", (20,), weight_drop=0.4)
    model = compiled(in_keras(spec, language_weights(spec), batch=2), rate=1.0)
    ids = language_inputs(spec, 2, 7)
    before = named_weights(model)
    model.train_on_batch(ids[:, :-1], ids[:, 1:])
    changed = {key: (value != before[key]).mean() for key, value in named_weights(model).items()}
    assert 0.55 < changed["recurrent_0/recurrent_kernel"] < 0.65
    assert changed["recurrent_0/kernel"] > 0.9


@pytest.mark.parametrize("rate", ["dropout", "recurrent_dropout", "embedding_dropout"])
def test_dropout_acts_in_training_only(rate):
    spec = language_model("rnn-1-tied", **{rate: 0.5})
    weights = language_weights(spec)
    model = in_keras(spec, weights, batch=2)
    ids = language_inputs(spec, 2, 6)
    plain, _ = LanguageNetwork(spec, weights).run(ids)
    found = []
    for training in (False, True, True):
        reset_states(model)
        found.append(np.asarray(model(ids, training=training)))
    np.testing.assert_allclose(found[0], plain, **TOLERANCE)
    assert np.abs(found[1] - plain).max() > 1e-3
    assert np.abs(found[1] - found[2]).max() > 1e-3


OPEN = """
import sys
import numpy as np
import keras
model = keras.models.load_model(sys.argv[1], compile=False)
np.save(sys.argv[2], np.asarray(model(np.load(sys.argv[3]))))
assert not [m for m in sys.modules if m.split(".")[0] == "recurra"]
"""


def test_the_plain_model_opens_without_recurra(tmp_path, run_python):
    spec = language_model("lstm-2-tied", **DROPS)
    weights = language_weights(spec)
    ids = language_inputs(spec, 2, 5)
    in_keras(spec, weights).save(tmp_path / "model.keras")
    np.save(tmp_path / "ids.npy", ids)
    names = [tmp_path / name for name in ("model.keras", "found.npy", "ids.npy")]
    run_python(OPEN, *names, env={"PYTHONPATH": "", "KERAS_BACKEND": "jax"})
    expected, _ = LanguageNetwork(spec, weights).run(ids)
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), expected, **TOLERANCE)


def test_inputs_that_are_none_are_refused():
    spec = language_model("lstm-1")
    network = LanguageNetwork(spec, language_weights(spec))
    for ids in ([[0, 11]], [[-1, 3]]):
        with pytest.raises(DataError, match=r"token ids go from .*, the network knows 0 to 10"):
            network.run(np.array(ids))
    spec = language_model("gru-2-rolls")
    rolls = LanguageNetwork(spec, language_weights(spec))
    with pytest.raises(ShapeError, match=r"shape \(1, 2, 10\), expected \(batch, time, 11\)"):
        rolls.run(np.zeros((1, 2, 10)))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cell": "dense"}, UnknownNameError, "unknown cell 'dense'"),
        ({"inputs": "bytes"}, UnknownNameError, "unknown inputs 'bytes'"),
        ({"vocabulary": 1}, UsageError, "vocabulary must be an integer from 2"),
        ({"units": ()}, UsageError, "units must be a tuple of 1 to 64 integers"),
        ({"weight_drop": 1.0}, UsageError, "weight_drop must be at least 0 and below 1, not 1.0"),
        ({"tie_weights": 1}, UsageError, "tie_weights must be true or false, not 1"),
        ({"inputs": "rolls", "tie_weights": True}, UsageError, "rolls have no tie_weights"),
        ({"inputs": "rolls", "embedding_dropout": 0.1}, UsageError, "no embedding_dropout"),
    ],
)
def test_specifications_out_of_range_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        LanguageModelSpecification(**{"vocabulary": 11, **options})


def test_specifications_read_back_and_foreign_ones_are_refused():
    spec = language_model("gru-2-tied", **DROPS)
    assert LanguageModelSpecification.from_dict(spec.to_dict()) == spec
    for values in (None, {}, {**spec.to_dict(), "more": 1}, {**spec.to_dict(), "units": "9"}):
        with pytest.raises(CorruptArtifactError, match="the specification"):
            LanguageModelSpecification.from_dict(values)
