"""Networks over sequences of numbers are blind to padding and open without Recurra."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sequence_networks import (
    FEATURES,
    every_architecture,
    padded,
    random_network,
    random_rows,
    specification,
)

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.models import build_sequence_network, named_weights
from recurra.runtime.series import SequenceSpecification


@every_architecture
def test_padding_does_not_change_an_answer(name):
    values, mask = padded(random_rows([6, 12, 6, 12]), 12)
    written_over = np.where(mask[..., None] > 0, values, np.float32(99))
    model = random_network(name)
    clean, found = (model.predict_on_batch([x, mask]) for x in (values, written_over))
    np.testing.assert_allclose(found, clean, rtol=0, atol=1e-6)


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_plain_keras_file_answers_the_same(tmp_path, ending):
    model, inputs = random_network("bigru-attention-stride"), padded(random_rows([5, 2, 9, 12]), 12)
    model.save(tmp_path / f"model{ending}")
    again = keras.models.load_model(tmp_path / f"model{ending}", compile=False)
    np.testing.assert_array_equal(again.predict_on_batch(inputs), model.predict_on_batch(inputs))


def test_the_seed_decides_the_weights():
    first, same, other = (
        named_weights(build_sequence_network(specification("gru-last"), seed))["logits/kernel"]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cell": "gruu"}, UnknownNameError, "did you mean 'gru'"),
        ({"pooling": "min"}, UnknownNameError, "unknown pooling"),
        ({"task": "ranking"}, UnknownNameError, "unknown task"),
        ({"outputs": 1}, UsageError, "outputs must be an integer from 2"),
        ({"outputs": 2, "task": "regression"}, UsageError, "outputs must be an integer from 1 to"),
        ({"stride": 0}, UsageError, "stride must be an integer from 1"),
        ({"units": ()}, UsageError, "units must be a tuple"),
        ({"dropout": 1.0}, UsageError, "dropout must be at least 0 and below 1"),
        ({"bidirectional": 1}, UsageError, "bidirectional must be true or false"),
    ],
)
def test_an_impossible_architecture_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        SequenceSpecification(FEATURES, **{"outputs": 3, **options})


def test_a_specification_comes_back_from_plain_values():
    spec = specification("bigru-attention-stride")
    assert SequenceSpecification.from_dict(spec.to_dict()) == spec
    with pytest.raises(CorruptArtifactError, match="unknown fields"):
        SequenceSpecification.from_dict({**spec.to_dict(), "more": 1})
