"""Sequences from Python come as arrays `(time, channels)`, or an error names which does not."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import DataError, ShapeError
from recurra.sequences.collections import as_sequences


def test_every_form_becomes_arrays_of_time_by_channels():
    lists = as_sequences([[1, 2, 3], [4.5, None]])
    assert [row.shape for row in lists] == [(3, 1), (2, 1)]
    assert np.isnan(lists[1][1, 0])
    assert [row.shape for row in as_sequences(np.zeros((4, 5, 2)))] == [(5, 2)] * 4
    assert [row.shape for row in as_sequences(np.zeros((4, 5)))] == [(5, 1)] * 4
    assert as_sequences([]) == []
    assert all(row.dtype == np.float32 for row in lists)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("abc", DataError, "a list of sequences is needed, not str"),
        (3, DataError, "a list of sequences is needed, not int"),
        ([[1, 2], []], DataError, "sequence 1 has no step"),
        ([[1, 2], ["a"]], DataError, "sequence 1 is no array of numbers"),
        ([[1], [np.inf]], DataError, "sequence 1 holds an infinite value"),
        ([np.array([1e39])], DataError, "sequence 0 .* too large for float32"),
        ([1.0, 2.0], ShapeError, r"sequence 0 has shape \(\), expected \(time, channels\)"),
        ([np.zeros((2, 0))], ShapeError, r"sequence 0 has shape \(2, 0\)"),
        ([np.zeros((2, 3)), np.zeros((2, 1))], ShapeError, "sequence 1 has 1 channels, expected 3"),
    ],
)
def test_what_is_no_sequence_is_named(given, error, message):
    with pytest.raises(error, match=message):
        as_sequences(given)


def test_the_training_says_how_many_channels_there_are():
    with pytest.raises(ShapeError, match="sequence 0 has 1 channels, expected 2 as in the train"):
        as_sequences([[1, 2]], 2)
