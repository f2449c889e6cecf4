import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import ShapeError, UsageError
from recurra.sequences import lengths_to_mask, pad_sequences

ROWS = [[1, 2, 3], [4], []]


def test_padding_and_truncation_are_at_the_end_by_default():
    assert pad_sequences(ROWS).tolist() == [[1, 2, 3], [4, 0, 0], [0, 0, 0]]
    assert pad_sequences(ROWS, maxlen=2).tolist() == [[1, 2], [4, 0], [0, 0]]
    front = pad_sequences(ROWS, maxlen=2, padding="pre", truncating="pre")
    assert front.tolist() == [[2, 3], [0, 4], [0, 0]]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 0, 1, 2, 5])
def test_pad_sequences_agrees_with_keras(padding, truncating, maxlen):
    keras_pad = pytest.importorskip("keras").utils.pad_sequences
    arguments = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 7}
    if maxlen == 0 and truncating == "pre":
        # Keras keeps the whole row here (`row[-0:]`) and fails
        assert pad_sequences(ROWS, **arguments).shape == (3, 0)
        return
    expected = keras_pad(ROWS, **arguments)
    np.testing.assert_array_equal(pad_sequences(ROWS, **arguments), expected)


def test_features_after_time_are_kept():
    rows = [np.ones((2, 3)), np.ones((1, 3))]
    padded = pad_sequences(rows, dtype="float32", value=-1)
    assert padded.shape == (2, 2, 3)
    assert padded[1, 1].tolist() == [-1, -1, -1]
    with pytest.raises(ShapeError, match="disagree on the axes after time"):
        pad_sequences([np.ones((2, 3)), np.ones((2, 4))])


def test_wrong_arguments_are_named():
    with pytest.raises(UsageError, match="padding must be 'pre' or 'post', not 'left'"):
        pad_sequences(ROWS, padding="left")
    with pytest.raises(UsageError, match="maxlen must be 0 or more, not -1"):
        pad_sequences(ROWS, maxlen=-1)
    with pytest.raises(ShapeError, match="not a single number"):
        pad_sequences([1, 2])


@given(st.lists(st.lists(st.integers(1, 9), max_size=8), max_size=8))
def test_the_mask_marks_exactly_the_real_steps(rows):
    padded = pad_sequences(rows)
    mask = lengths_to_mask([len(row) for row in rows], padded.shape[1])
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, padded != 0)


def test_lengths_outside_time_are_refused():
    with pytest.raises(ShapeError, match=r"between 0 and time=3, not 1\.\.4"):
        lengths_to_mask([1, 4], 3)
    with pytest.raises(ShapeError, match="shape"):
        lengths_to_mask([[1]], 3)
