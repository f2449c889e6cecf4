"""A stream read step by step ends where the whole sequence ends."""

from __future__ import annotations

import numpy as np
import pytest
from cells import CELLS, forward, last_states, problem

from recurra import kernels
from recurra.errors import ShapeError, UnknownNameError

SIZES = [(1, 6, 64, 64), (3, 5, 4, 3), (2, 4, 17, 33), (50, 3, 5, 65), (0, 2, 3, 4)]


def stream(p, dtype):
    weights = p.weights._replace(
        **{
            name: None if array is None else array.astype(dtype)
            for name, array in zip(p.weights._fields[:3], p.weights[:3], strict=True)
        }
    )
    activation = p.cell if p.cell in ("tanh", "relu", "linear") else "tanh"
    return kernels.Stream(weights, len(p.x), activation=activation)


def states(s):
    return [s.h] if s.c is None else [s.h, s.c]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.usefixtures("each_instruction_set")
def test_steps_end_where_the_sequence_ends(cell, size, dtype, bias):
    p = problem(cell, *size, bias=bias)
    s = stream(p, dtype)
    s.reset(*(state.astype(dtype) for state in p.states))
    outputs = [s.step(p.x[:, t].astype(dtype)).copy() for t in range(p.x.shape[1])]
    expected = forward(p)
    limit = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(np.stack(outputs, 1), expected.sequence, limit, limit)
    for ours, theirs in zip(states(s), last_states(p, expected), strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, limit, limit)


def test_a_new_stream_starts_from_zeros_and_reset_starts_again():
    p = problem("lstm")
    s = stream(p, np.float32)
    x = p.x[:, 0].astype("f")
    first = s.step(x).copy()
    assert not np.allclose(s.step(x), first)
    s.reset()
    np.testing.assert_array_equal(s.step(x), first)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_stream_keeps_its_own_weights(dtype):
    p = problem("gru", dtype=dtype)
    s, x = stream(p, dtype), p.x[:, 0]
    expected = s.step(x).copy()
    weights = p.weights._replace(kernel=p.weights.kernel.copy())
    other = kernels.Stream(weights, len(x))
    weights.kernel[...] = 9
    np.testing.assert_array_equal(other.step(x), expected)


def test_inputs_of_any_layout():
    p = problem("tanh", 4, 2, 6, 5, dtype=np.float32)
    a, b = stream(p, np.float32), stream(p, np.float32)
    x = p.x[:, 0]
    np.testing.assert_array_equal(a.step(np.asfortranarray(x)), b.step(x.copy()))
    x.setflags(write=False)
    np.testing.assert_array_equal(a.step(x), b.step(x.copy()))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_does_not_fit_is_refused_and_the_state_stays(dtype):
    p = problem("gru", dtype=dtype)
    s, x = stream(p, dtype), p.x[:, 0]
    before = s.step(x).copy()
    with pytest.raises(ShapeError, match=r"x has shape \(3, 3\), expected \(3, 4\)"):
        s.step(x[:, :3])
    with pytest.raises(ShapeError, match="x is int64, the weights are float"):
        s.step(x.astype(np.int64))
    with pytest.raises(ShapeError, match=r"h has shape \(2, 3\), expected \(3, 3\)"):
        s.reset(np.zeros((2, 3), dtype))
    with pytest.raises(ShapeError, match="only an LSTM has a cell state"):
        s.reset(None, np.zeros((3, 3), dtype))
    np.testing.assert_array_equal(s.h, before)


def test_weights_that_do_not_fit_are_refused():
    w = problem("lstm", dtype=np.float32).weights
    with pytest.raises(ShapeError, match="recurrent_kernel has shape"):
        kernels.Stream(w._replace(recurrent_kernel=w.recurrent_kernel[:, :-1]))
    with pytest.raises(ShapeError, match="kernel has shape"):
        kernels.Stream(w._replace(kernel=w.kernel[0]))
    with pytest.raises(ShapeError, match="batch is -1"):
        kernels.Stream(w, -1)
    with pytest.raises(UnknownNameError, match="activation"):
        kernels.Stream(w, activation="elu")
