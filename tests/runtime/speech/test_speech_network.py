"""The network on NumPy arrays is the Keras model; pieces of a stream are the whole."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, ShapeError, UnknownNameError, UsageError
from recurra.models import build_recognizer, named_variables, named_weights
from recurra.runtime.speech import (
    RecognizerNetwork,
    RecognizerSpecification,
    log_likelihood,
    recognizer_shapes,
)

SPECS = [
    RecognizerSpecification(3, 4, cell="gru", units=(5, 4), stride=3, head_dropout=0.5),
    RecognizerSpecification(3, 5, cell="rnn", units=(4, 3), bidirectional=False, stride=1),
    RecognizerSpecification(2, 4, cell="lstm", units=(3,), bidirectional=False, stride=4),
    RecognizerSpecification(2, 3, cell="dense", units=(6, 5), bidirectional=False, stride=2),
]
LENGTHS = np.array([12, 1, 7, 10])


def name_of(spec):
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}-{spec.stride}"


def random_model(spec):
    """Return a model whose weights are all random, biases too."""
    model = build_recognizer(spec, seed=1)
    generator = np.random.default_rng(2)
    for _, variable in named_variables(model):
        variable.assign(generator.normal(size=variable.shape) * 0.7)
    return model


def random_clips(spec, lengths, seed=3):
    time = -(-max(lengths) // spec.stride) * spec.stride
    values = np.random.default_rng(seed).normal(size=(len(lengths), time, spec.features))
    valid = np.arange(time) < np.array(lengths)[:, None]
    return (values * valid[..., None]).astype(np.float32), valid.astype(np.int32)


def zeros(spec):
    return {name: np.zeros(shape) for name, shape in recognizer_shapes(spec).items()}


@pytest.fixture(scope="module", params=SPECS, ids=name_of)
def compared(request):
    """A network, what it reads, and what the Keras model of its weights answers."""
    model = random_model(request.param)
    values, mask = random_clips(request.param, LENGTHS)
    answer = scipy.special.log_softmax(np.asarray(model([values, mask])), axis=-1)
    return RecognizerNetwork(request.param, named_weights(model)), values, answer


@pytest.fixture(scope="module")
def network(compared):
    return compared[0]


def test_the_network_is_the_keras_model(compared):
    network, values, expected = compared
    found, steps = network(values, LENGTHS)
    assert list(steps) == [-(-n // network.specification.stride) for n in LENGTHS]
    for row, count in enumerate(steps):
        np.testing.assert_allclose(found[row, :count], expected[row, :count], atol=1e-5)


def test_padding_is_a_certain_blank(compared):
    network, values, answer = compared
    for row, length in enumerate(LENGTHS):
        alone, (steps,) = network(values[[row], :length], LENGTHS[[row]])
        assert np.exp(answer[row, steps:, 0]) == pytest.approx(1)
        for text in [(), (1,)]:
            expected = log_likelihood(alone[0], text)
            assert log_likelihood(answer[row], text) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=5))
def test_pieces_are_the_whole(network, sizes):
    total = sum(sizes)
    if not network.specification.streams or not total:
        return
    values = np.random.default_rng(5).normal(size=(2, total, network.specification.features))
    values = values.astype(np.float32)
    state, parts = None, []
    for index, piece in enumerate(np.split(values, np.cumsum(sizes)[:-1], axis=1)):
        answer, state = network.step(piece, state, last=index == len(sizes) - 1)
        parts.append(answer)
    expected, _ = network(values, np.array([total, total]))
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, atol=1e-5)


def test_a_bidirectional_network_refuses_pieces():
    network = RecognizerNetwork(SPECS[0], zeros(SPECS[0]))
    with pytest.raises(UsageError, match="has to know the end of the sound"):
        network.step(np.zeros((1, 3, 3), np.float32))


def test_wrong_pieces_and_weights_are_refused():
    weights = zeros(SPECS[1])
    network = RecognizerNetwork(SPECS[1], weights)
    with pytest.raises(ShapeError, match=r"expected \(batch, frames, 3\)"):
        network.step(np.zeros((1, 3, 4), np.float32))
    with pytest.raises(CorruptArtifactError, match="weights do not fit"):
        RecognizerNetwork(SPECS[1], {**weights, "other": np.zeros(2)})


def test_specifications_are_checked():
    spec = RecognizerSpecification(40, 11)
    assert RecognizerSpecification.from_dict(spec.to_dict()) == spec
    with pytest.raises(UnknownNameError, match="did you mean 'lstm'"):
        RecognizerSpecification(40, 11, cell="lstn")
    for wrong in ({"outputs": 1}, {"stride": 0}, {"units": ()}, {"dropout": 1.0}):
        with pytest.raises(UsageError):
            RecognizerSpecification(**{"features": 40, "outputs": 11, **wrong})
    with pytest.raises(CorruptArtifactError, match="unknown fields"):
        RecognizerSpecification.from_dict({**spec.to_dict(), "depth": 3})
