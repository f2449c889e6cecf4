"""The NumPy runtime computes what Keras does, whole or in chunks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sequence_networks import (
    FEATURES,
    STREAMING,
    every_architecture,
    numpy_network,
    padded,
    random_network,
    random_rows,
    specification,
)

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UsageError
from recurra.models import named_weights
from recurra.runtime.series import SequenceNetwork
from recurra.runtime.series.network import expected_sequence_shapes

LENGTHS = [7, 1, 12, 4]


@every_architecture
def test_numpy_equals_keras(name):
    rows = random_rows(LENGTHS)
    values, mask = padded(rows, 12)
    expected = np.asarray(random_network(name).predict_on_batch([values, mask]))
    found = numpy_network(name)(values, np.array(LENGTHS))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=1e-6)
    assert np.ptp(found, axis=0).max() > 1e-4  # the rows do differ


@every_architecture
def test_expected_shapes_are_the_models(name):
    shapes = {k: v.shape for k, v in named_weights(random_network(name)).items()}
    assert expected_sequence_shapes(specification(name)) == shapes


@every_architecture
def test_the_rest_of_the_batch_does_not_change_a_row(name):
    rows, network = random_rows([7, 3]), numpy_network(name)
    together = network(padded(rows, 11)[0], np.array([7, 3]))  # 11 is no multiple of a stride
    alone = [network(row[None], np.array([len(row)])) for row in rows]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=0, atol=2e-6)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(STREAMING), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_chunks_give_after_each_what_the_whole_so_far_gives(name, sizes):
    network, row = numpy_network(name), random_rows([sum(sizes) + 1])[0]
    state, seen = None, 0
    for size in [1, *sizes]:
        found, state = network.step(row[None, seen : seen + size], state)
        seen += size
        expected = network(row[None, :seen], np.array([seen]))
        np.testing.assert_allclose(found, expected, rtol=0, atol=5e-6)


@pytest.mark.parametrize("name", ["lstm-deep-attention", "gru-deep-mean_max-stride"])
def test_a_stream_answers_as_the_whole(name):
    network, row = numpy_network(name), random_rows([20])[0]
    stream = network.stream()
    with pytest.raises(DataError, match="no step has come yet"):
        stream.answer()
    for start in range(0, 20, 7):
        stream.push(row[start : start + 7])
    stream.push(row[:0])
    assert stream.steps == 20
    expected = network(row[None], np.array([20]))[0]
    np.testing.assert_allclose(stream.answer(), expected, rtol=0, atol=5e-6)
    with pytest.raises(ShapeError, match=rf"shape \(2, 2\), expected \(time, {FEATURES}\)"):
        stream.push(np.zeros((2, 2), np.float32))


def test_a_network_that_reads_from_both_ends_refuses_to_stream():
    with pytest.raises(UsageError, match="bidirectional=False to stream"):
        numpy_network("bilstm-deep-mean_max").stream()


def test_an_empty_or_odd_chunk_is_refused():
    network = numpy_network("gru-last")
    with pytest.raises(DataError, match="no step has come yet"):
        network.step(np.zeros((1, 0, FEATURES), np.float32))
    with pytest.raises(ShapeError, match=r"expected \(batch, time, 3\)"):
        network.step(np.zeros((1, 2, 4), np.float32))


@pytest.mark.parametrize("name", ["lstm-deep-attention", "bigru-attention-stride"])
def test_attention_sums_to_one_over_frames(name):
    values = padded(random_rows([7, 3]), 8)[0]
    weights = numpy_network(name).attention(values, np.array([7, 3]))
    stride = specification(name).stride
    assert weights.shape == (2, 8 // stride)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    assert (weights[1, -(-3 // stride) :] == 0).all()


def test_weights_of_another_network_are_refused():
    weights = named_weights(random_network("gru-last"))
    with pytest.raises(CorruptArtifactError, match="do not fit the specification"):
        SequenceNetwork(specification("rnn-max"), {**weights, "more": weights["logits/bias"]})
