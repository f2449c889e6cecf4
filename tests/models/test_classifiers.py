"""What holds for every architecture."""

from __future__ import annotations

import random

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.layers.rnn.rnn import RNN
from networks import (
    CLASSES,
    EVERYDAY,
    VOCABULARY,
    every_architecture,
    model_inputs,
    padded,
    probabilities,
    random_classifier,
    random_rows,
    random_weights,
    specification,
)

from recurra import models
from recurra.errors import CorruptArtifactError
from recurra.models import assign_weights, build_classifier, named_weights
from recurra.runtime import ClassifierSpecification

SHORT, LONG = 7, 12
RECURRENT = [name for name in EVERYDAY if not name.startswith("dense")]
TOLERANCE = {"rtol": 0, "atol": 1e-6}
LENGTHS = st.lists(st.integers(1, SHORT), min_size=4, max_size=4)


@every_architecture
def test_padding_never_changes_a_prediction(name):
    model = random_classifier(name)

    @settings(max_examples=8, deadline=None, derandomize=True, database=None)
    @given(lengths=LENGTHS, seed=st.integers(0, 1000))
    def check(lengths, seed):
        rows = random_rows(np.random.default_rng(seed), lengths)
        short = probabilities(model, model_inputs(name, padded(rows, SHORT)))
        long = probabilities(model, model_inputs(name, padded(rows, LONG)))
        np.testing.assert_allclose(short, long, **TOLERANCE)

    check()


@pytest.mark.parametrize("name", ["rnn-last", "bilstm-bare-stack-last", "bigru-max"])
def test_a_row_predicts_the_same_alone_and_without_padding(name):
    model = random_classifier(name)
    rows = random_rows(np.random.default_rng(3), [2, 7, 4, 1])
    together = probabilities(model, padded(rows, SHORT))
    alone = probabilities(model, padded(rows[:1], 2))
    np.testing.assert_allclose(together[:1], alone, **TOLERANCE)
    shuffled = probabilities(model, padded(rows[::-1], SHORT))
    np.testing.assert_allclose(shuffled[::-1], together, **TOLERANCE)


@pytest.mark.parametrize(
    "name", ["birnn-stack-attention", "bilstm-bare-stack-last", "gru-stack-mean_max"]
)
def test_masks_do_not_rest_on_implicit_propagation(name, monkeypatch):
    """The next Keras propagates no mask through recurrent layers; ours must not notice."""
    rows = random_rows(np.random.default_rng(5), [2, 7, 4, 1])
    today = probabilities(random_classifier(name), padded(rows, SHORT))

    def no_mask(_self, *_arguments, **_options):
        return None

    monkeypatch.setattr(RNN, "compute_mask", no_mask)
    monkeypatch.setattr(keras.layers.Bidirectional, "compute_mask", no_mask)
    model = build_classifier(specification(name))
    assign_weights(model, named_weights(random_classifier(name)))
    np.testing.assert_allclose(probabilities(model, padded(rows, SHORT)), today, **TOLERANCE)
    np.testing.assert_allclose(probabilities(model, padded(rows, LONG)), today, **TOLERANCE)


@pytest.mark.parametrize("name", RECURRENT)
def test_word_order_matters_to_recurrent_cells(name):
    rows = random_rows(np.random.default_rng(8), [7, 6, 6, 5])
    forward, backward = (
        np.log(probabilities(random_classifier(name), model_inputs(name, padded(order, SHORT))))
        for order in (rows, [row[::-1] for row in rows])
    )
    assert np.abs(forward - backward).max() > 1e-3


@pytest.mark.parametrize("name", ["dense", "dense-deep"])
def test_word_order_does_not_matter_to_the_dense_baseline(name):
    ids = np.array([[2, 3, 4, 5, 6, 7, 0], [7, 6, 5, 4, 3, 2, 0]] * 2, np.int32)
    forward, backward = probabilities(random_classifier(name), ids)[:2]
    np.testing.assert_allclose(forward, backward, **TOLERANCE)
    assert np.abs(forward - probabilities(random_classifier(name), ids + 1)[0]).max() > 1e-4


BUILDERS = {
    "dense_classifier": ("dense_classifier", {"units": 3}),
    "simple_rnn_classifier": ("rnn_classifier", {"units": 3}),
    "lstm_classifier": ("lstm_classifier", {"units": 3}),
    "gru_classifier": ("gru_classifier", {"units": 3}),
    "stacked_classifier": ("lstm_classifier", {"units": (4, 3)}),
    "bidirectional_classifier": ("bigru_classifier", {"cell": "gru", "units": (3,)}),
    "attention_classifier": ("bilstm_classifier", {"units": (3,)}),
    "deep_classifier": ("lstm_classifier", {"units": (4, 3), "head": (3,)}),
}


def test_every_builder_is_tried_here():
    builders = {name for name in models.__all__ if name.endswith("_classifier")}
    assert builders == {*BUILDERS, "build_classifier"}


@pytest.mark.parametrize("builder", BUILDERS)
def test_builders_return_plain_keras_models(builder):
    name, options = BUILDERS[builder]
    model = getattr(models, builder)(VOCABULARY, CLASSES, embedding=3, **options)
    assert model.name == name
    assert model.input_shape == (None, None)
    assert model.output_shape == (None, CLASSES)
    assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)


def test_builders_make_what_their_names_say():
    def layer_names(model):
        return [layer.name for layer in model.layers]

    stacked = models.stacked_classifier(VOCABULARY, CLASSES, units=(4, 3), embedding=3)
    recurrent = [stacked.get_layer(f"recurrent_{k}") for k in range(2)]
    assert [layer.return_sequences for layer in recurrent] == [True, False]
    assert "attention_weights" in layer_names(
        models.attention_classifier(VOCABULARY, CLASSES, units=(3,), embedding=3)
    )
    deep = models.deep_classifier(
        VOCABULARY, CLASSES, units=(3, 3), head=(3,), recurrent_dropout=0.25, embedding=3
    )
    assert {"recurrent_1_normalization", "head_0", "head_0_normalization", "head_dropout"} <= set(
        layer_names(deep)
    )
    assert deep.get_layer("recurrent_0").recurrent_dropout == 0.25
    assert deep.get_layer("head_dropout").rate == 0.5


@pytest.mark.parametrize(
    "rate", ["dropout", "recurrent_dropout", "embedding_dropout", "head_dropout"]
)
def test_dropout_acts_in_training_only(rate):
    spec = ClassifierSpecification(
        VOCABULARY, CLASSES, embedding=3, cell="rnn", units=(4,), **{rate: 0.5}
    )
    model = build_classifier(spec, seed=1)
    weights = {name: values.shape for name, values in named_weights(model).items()}
    assign_weights(model, random_weights(weights))
    ids = padded(random_rows(np.random.default_rng(1), [7, 3, 5, 2]), SHORT)
    plain = probabilities(model, ids)
    np.testing.assert_array_equal(probabilities(model, ids), plain)
    first, second = (np.asarray(model(ids, training=True)) for _ in range(2))
    assert np.abs(first - plain).max() > 1e-3
    assert np.abs(first - second).max() > 1e-3


def test_directions_start_with_different_weights():
    weights = named_weights(build_classifier(specification("bilstm-bare-stack-last"), seed=4))
    for layer in ("recurrent_0", "recurrent_1"):
        for part in ("kernel", "recurrent_kernel"):
            forward, backward = (
                weights[f"{layer}/{way}/{part}"] for way in ("forward", "backward")
            )
            assert np.abs(forward - backward).mean() > 0.1


def test_the_seed_fixes_the_weights():
    first, again, other = (
        named_weights(build_classifier(specification("bigru-max"), seed=seed)) for seed in (7, 7, 8)
    )
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        if not name.endswith("bias"):
            assert not np.array_equal(values, other[name]), name


def test_building_leaves_every_global_generator_alone():
    keras.utils.set_random_seed(5)
    before = _global_state()
    build_classifier(specification("bilstm-wide"), seed=3)
    assert _global_state() == before


def _global_state() -> tuple[object, ...]:
    from keras.src.backend.common import global_state
    from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR

    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    state = None if generator is None else np.asarray(generator.state).tolist()
    return random.getstate(), str(np.random.get_state()), state  # noqa: NPY002 - the global one


def test_named_weights_round_trip():
    model = build_classifier(specification("bilstm-wide"))
    names = named_weights(model)
    assert {"embedding/embeddings", "recurrent_0/forward/kernel", "logits/bias"} <= set(names)
    assert "wide/embeddings" in names
    drawn = random_weights({name: values.shape for name, values in names.items()}, seed=9)
    assign_weights(model, drawn)
    for name, values in named_weights(model).items():
        np.testing.assert_array_equal(values, drawn[name])


def test_named_weights_are_copies():
    model = random_classifier("dense")
    named_weights(model)["logits/bias"][:] = 99
    assert named_weights(model)["logits/bias"].max() < 99


def test_weights_of_another_model_are_refused_and_nothing_is_assigned():
    model = build_classifier(specification("dense"))
    before = named_weights(model)
    wrong = {name: values + 1 for name, values in before.items()}
    wrong["logits/bias"] = np.zeros(7, np.float32)
    with pytest.raises(
        CorruptArtifactError, match=r"weight logits/bias has shape \(7,\), expected \(3,\)"
    ):
        assign_weights(model, wrong)
    del wrong["logits/bias"]
    with pytest.raises(
        CorruptArtifactError, match=r"not this model's; they differ in \['logits/bias'\]"
    ):
        assign_weights(model, wrong)
    for name, values in named_weights(model).items():
        np.testing.assert_array_equal(values, before[name])
