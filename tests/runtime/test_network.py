"""The NumPy runtime computes what the Keras model computes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from networks import (
    every_architecture,
    model_inputs,
    padded,
    probabilities,
    random_classifier,
    random_rows,
    random_weights,
    specification,
)

from recurra.errors import CorruptArtifactError
from recurra.models import attention_weights_model, named_weights
from recurra.runtime._network import ClassifierNetwork, expected_shapes

LENGTHS = [7, 3, 1, 5]
SHORT = 7


def network(name: str) -> ClassifierNetwork:
    return ClassifierNetwork(specification(name), named_weights(random_classifier(name)))


def run(name: str, rows: list[np.ndarray], time: int = SHORT) -> np.ndarray:
    inputs = model_inputs(name, padded(rows, time))
    ids, ngrams = inputs if isinstance(inputs, list) else (inputs, None)
    return network(name)(ids, np.array([len(row) for row in rows]), ngrams)


@every_architecture
def test_numpy_equals_keras(name):
    rows = random_rows(np.random.default_rng(6), LENGTHS)
    expected = probabilities(random_classifier(name), model_inputs(name, padded(rows, SHORT)))
    found = run(name, rows)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.log(found), np.log(expected), rtol=0, atol=1e-4)


@every_architecture
def test_the_rest_of_the_batch_does_not_change_a_row(name):
    rows = random_rows(np.random.default_rng(7), LENGTHS)
    together = run(name, rows, time=11)
    alone = np.concatenate([run(name, [row], time=len(row)) for row in rows])
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["bilstm-attention", "bigru-stack-attention"])
def test_attention_equals_keras(name):
    rows = random_rows(np.random.default_rng(6), LENGTHS)
    ids = padded(rows, SHORT)
    expected = attention_weights_model(random_classifier(name)).predict_on_batch(ids)[..., 0]
    found = network(name).attention(ids, np.array(LENGTHS))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert (found[1, LENGTHS[1] :] == 0).all()


@every_architecture
def test_expected_shapes_are_the_models(name):
    shapes = {k: v.shape for k, v in named_weights(random_classifier(name)).items()}
    assert expected_shapes(specification(name)) == shapes


def test_weights_that_do_not_fit_are_refused():
    spec = specification("bilstm-bare-stack-last")
    good = random_weights(expected_shapes(spec))
    for change, message in (
        (
            {"logits/bias": np.zeros(4, np.float32)},
            r"logits/bias is float32\[4\], expected float\[3\]",
        ),
        ({"logits/bias": np.zeros(3, np.int32)}, r"logits/bias is int32\[3\], expected float\[3\]"),
        ({"more": np.zeros(3, np.float32)}, r"do not fit the specification: \['more'\]"),
    ):
        with pytest.raises(CorruptArtifactError, match=message):
            ClassifierNetwork(spec, {**good, **change})
    del good["logits/bias"]
    with pytest.raises(
        CorruptArtifactError, match=r"do not fit the specification: \['logits/bias'\]"
    ):
        ClassifierNetwork(spec, good)


def test_normalization_uses_keras_epsilon():
    from recurra.runtime._encoding import EPSILON

    assert keras.layers.BatchNormalization().epsilon == EPSILON
