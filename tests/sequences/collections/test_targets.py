"""Numbers to learn are scaled by those of the training, and come back."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import CorruptArtifactError
from recurra.sequences.collections import TargetScaler


def test_numbers_come_back():
    numbers = np.array([1e6, 1e6 + 1, 1e6 + 5])
    scaler = TargetScaler.fit(numbers)
    scaled = scaler.transform(numbers)
    np.testing.assert_allclose(scaled.std(), 1, rtol=1e-6)
    np.testing.assert_allclose(scaler.restore(scaled), numbers, rtol=1e-9)
    assert scaler.median == 1e6 + 1
    assert TargetScaler.from_config(scaler.to_config()) == scaler


def test_equal_numbers_are_not_divided_by_zero():
    scaler = TargetScaler.fit(np.full(3, 0.1))
    assert scaler.spread == 1
    np.testing.assert_allclose(scaler.transform(np.array([0.1])), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "must have mean, spread and median"),
        ({"mean": 0.0, "spread": 1.0}, "must have mean, spread and median"),
        ({"mean": 0.0, "spread": 0.0, "median": 0.0}, "spread is not above 0"),
        ({"mean": "0", "spread": 1.0, "median": 0.0}, "must be numbers"),
        ({"mean": float("inf"), "spread": 1.0, "median": 0.0}, "must be numbers"),
    ],
)
def test_a_broken_configuration_is_refused(config, message):
    with pytest.raises(CorruptArtifactError, match=message):
        TargetScaler.from_config(config)
