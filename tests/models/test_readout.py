"""Attention weights can be read out."""

from __future__ import annotations

import numpy as np
import pytest
from networks import padded, random_classifier, random_rows

from recurra.errors import UsageError
from recurra.models import attention_weights_model


@pytest.mark.parametrize("name", ["bilstm-attention", "bigru-stack-attention"])
def test_attention_sums_to_one_and_skips_padding(name):
    model = random_classifier(name)
    readout = attention_weights_model(model)
    lengths = [7, 3, 1, 5]
    ids = padded(random_rows(np.random.default_rng(2), lengths), 7)
    weights = np.asarray(readout.predict_on_batch(ids))
    assert weights.shape == (4, 7, 1)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    for row, length in zip(weights[..., 0], lengths, strict=True):
        assert (row[length:] == 0).all()
        assert (row[:length] > 0).all()
    assert np.ptp(weights[0]) > 1e-3


def test_a_model_without_attention_is_refused():
    message = r"model 'dense_classifier' has no attention; build it with pooling='attention'"
    with pytest.raises(UsageError, match=message):
        attention_weights_model(random_classifier("dense"))
