"""The native core computes what the float64 reference defines."""

from __future__ import annotations

import numpy as np
import pytest
from cells import CELLS, MASKS, dropout, last_states, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra import kernels
from recurra.errors import ShapeError, UnknownNameError, UsageError

pytestmark = [
    pytest.mark.skipif(not kernels.instruction_sets(), reason="the native core is not built here"),
    pytest.mark.usefixtures("each_instruction_set"),
]

FUSED = CELLS
SIZES = [
    (1, 1, 1, 1),
    (3, 5, 4, 3),
    (7, 4, 17, 33),
    (13, 3, 64, 16),
    (50, 2, 5, 65),
    (2, 130, 3, 8),
]
# Norm of the error over the norm of the result.
LIMIT = 5e-6


def entry(p, x, weights, states, **options):
    if p.cell == "lstm":
        return kernels.lstm(x, weights, *states, **options)
    if p.cell.startswith("gru"):
        return kernels.gru(x, weights, *states, **options)
    return kernels.simple_rnn(x, weights, *states, activation=p.cell, **options)


def back(p, cache, d_sequence, d_states):
    if p.cell == "lstm":
        return kernels.lstm_backward(cache, d_sequence, *d_states)
    if p.cell.startswith("gru"):
        return kernels.gru_backward(cache, d_sequence, *d_states)
    return kernels.simple_rnn_backward(cache, d_sequence, *d_states)


def everything(p, dtype, **options):
    """Return outputs and all gradients of one call in one dtype, by name."""

    def cast(value):
        return value.astype(dtype) if isinstance(value, np.ndarray) else value

    options = {k: cast(v) if "dropout" in k else v for k, v in {**p.options, **options}.items()}
    weights = type(p.weights)(*map(cast, p.weights))
    out = entry(p, cast(p.x), weights, [cast(s) for s in p.states], keep_cache=True, **options)
    r = np.random.default_rng(5)
    d_sequence = cast(r.normal(size=out.sequence.shape))
    d_states = [cast(r.normal(size=s.shape)) for s in p.states]
    got = back(p, out.cache, d_sequence, d_states)
    named = {"sequence": out.sequence, "h": out.h, "dx": got.x, "dh0": got.h0}
    if p.cell == "lstm":
        named |= {"c": out.c, "dc0": got.c0}
    named |= dict(zip(("dkernel", "drecurrent", "dbias"), got.weights[:3], strict=True))
    return {name: array for name, array in named.items() if array is not None}


def check(p, *, least=0.0, **options):
    """Compare with the reference, relative to each result's norm, or `least` of the largest one.

    What is left of a sum whose terms cancel has no bounded relative error in any float arithmetic;
    draws of one unit meet that, with NumPy in float32 as well.
    """
    ours = everything(p, np.float32, **options)
    options.pop("threads", None)
    expected = everything(p, np.float64, **options)
    norms = {name: np.linalg.norm(reference) for name, reference in expected.items()}
    for name, reference in expected.items():
        assert ours[name].dtype == np.float32
        error = np.linalg.norm(ours[name] - reference)
        size = max(norms[name], least * max(norms.values()))
        assert error <= LIMIT * size + 1e-9, (name, error, size)


def as_float32(p):
    """Round the problem's numbers to float32, so that both sides compute the same problem."""
    p.x[...] = p.x.astype(np.float32)
    for array in (*p.states, *p.weights[:3]):
        if array is not None:
            array[...] = array.astype(np.float32)
    return p


@pytest.mark.parametrize("cell", FUSED)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_sizes(cell, size, bias):
    check(as_float32(problem(cell, *size, bias=bias)))


@pytest.mark.parametrize("cell", FUSED)
@pytest.mark.parametrize("mask", [None, *MASKS.values()], ids=["no mask", *MASKS])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("zeros", [False, True])
def test_masks(cell, mask, backwards, zeros):
    p = as_float32(problem(cell))
    check(p, mask=mask, go_backwards=backwards, zero_output_for_mask=zeros)


@pytest.mark.parametrize("cell", FUSED)
@pytest.mark.parametrize("gates", [False, True])
@pytest.mark.parametrize("which", ["both", "dropout_mask", "recurrent_dropout_mask"])
def test_dropout(cell, gates, which):
    p = as_float32(problem(cell, 8, 6, 20, 18))
    masks = dropout(p, gates=gates)
    check(p, **{k: v for k, v in masks.items() if which in ("both", k)})


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_call(data):
    cell = data.draw(st.sampled_from(FUSED))
    sizes = [data.draw(st.integers(0, n)) for n in (30, 12, 40)]
    p = as_float32(
        problem(cell, *sizes, data.draw(st.integers(1, 40)), seed=data.draw(st.integers(0, 99)))
    )
    r = np.random.default_rng(data.draw(st.integers(0, 99)))
    padding = data.draw(st.sampled_from(["mask", "lengths", None]))
    given_padding = {}
    if padding == "mask":
        given_padding = {"mask": r.random(sizes[:2]) < data.draw(st.sampled_from([0.1, 0.5, 0.9]))}
    elif padding == "lengths":
        given_padding = {"lengths": r.integers(0, sizes[1] + 1, sizes[0])}
    drop = dropout(p, gates=data.draw(st.booleans())) if data.draw(st.booleans()) else {}
    check(
        p,
        least=0.2,
        go_backwards=data.draw(st.booleans()),
        zero_output_for_mask=data.draw(st.booleans()),
        threads=data.draw(st.integers(0, 3)),
        **given_padding,
        **drop,
    )


@pytest.mark.parametrize("cell", FUSED)
def test_results_do_not_depend_on_threads(cell):
    p = problem(cell, 70, 6, 9, 20)
    lengths = np.random.default_rng(2).integers(0, 7, 70)
    one = everything(p, np.float32, lengths=lengths, threads=1)
    for threads in (2, 3, 8):
        many = everything(p, np.float32, lengths=lengths, threads=threads)
        for name, array in one.items():
            np.testing.assert_array_equal(many[name], array)


@pytest.mark.parametrize("cell", FUSED)
def test_padding_changes_no_bit(cell):
    p = problem(cell, 9, 6, 5, 20)
    lengths = np.array([6, 0, 3, 1, 6, 5, 2, 2, 4])
    short = everything(p, np.float32, lengths=lengths)
    p.x = np.concatenate([p.x, np.full((9, 4, 5), np.nan)], axis=1)
    p.x[np.arange(10) >= lengths[:, None]] = np.nan
    weights = type(p.weights)(
        *(w.astype("f") if isinstance(w, np.ndarray) else w for w in p.weights)
    )
    states = [s.astype("f") for s in p.states]
    out = entry(p, p.x.astype("f"), weights, states, lengths=lengths)
    np.testing.assert_array_equal(out.h, short["h"])
    np.testing.assert_array_equal(out.sequence[:, :6], short["sequence"])


@pytest.mark.parametrize("cell", FUSED)
def test_any_layout_and_alignment(cell):
    p = problem(cell, 6, 4, 7, 5, dtype=np.float32)
    plain = entry(p, p.x, p.weights, p.states)
    spaced = np.repeat(p.x, 2, axis=2)[:, :, ::2]
    raw = np.zeros(p.x.nbytes + 1, np.uint8)[1:].view(np.uint8)
    raw[:] = np.frombuffer(p.x.tobytes(), np.uint8)
    misaligned = np.ndarray(p.x.shape, np.float32, raw.data)
    for x in (spaced, np.asfortranarray(p.x), misaligned):
        np.testing.assert_array_equal(entry(p, x, p.weights, p.states).sequence, plain.sequence)


@pytest.mark.parametrize("cell", FUSED)
def test_values_that_are_not_finite_stay_in_their_row(cell):
    p = problem(cell, 5, 4, 6, 7, dtype=np.float32)
    clean = entry(p, p.x, p.weights, p.states)
    p.x[2, 1, 0] = np.inf
    p.x[3, 2, 1] = np.nan
    with np.errstate(all="ignore"):
        expected = everything(p, np.float64)["sequence"]
    out = entry(p, p.x, p.weights, p.states, keep_cache=True)
    rows = [0, 1, 4]
    np.testing.assert_array_equal(out.sequence[rows], clean.sequence[rows])
    np.testing.assert_array_equal(np.isnan(out.sequence), np.isnan(expected))
    back(p, out.cache, np.ones_like(out.sequence), [np.ones_like(s) for s in p.states])


def test_long_backward_passes_do_not_slow_down_on_denormals():
    p = problem("lstm", 16, 400, 16, 32, dtype=np.float32)
    p.weights.recurrent_kernel[:] *= np.float32(0.01)
    out = entry(p, p.x, p.weights, p.states, keep_cache=True)
    tiny = np.full((16, 32), 1e-30, np.float32)
    got = back(p, out.cache, None, [tiny, tiny])
    numbers = got.x[got.x != 0]
    assert np.all(np.abs(numbers) >= np.finfo(np.float32).tiny)
    # The caller's own arithmetic keeps its denormals.
    assert np.float32(1e-30) * np.float32(1e-10) > 0


def test_wrong_calls_are_refused():
    p = problem("lstm", dtype=np.float32)
    with pytest.raises(ShapeError, match="kernel is float64, x is float32"):
        kernels.lstm(p.x, problem("lstm").weights)
    with pytest.raises(ShapeError, match="h0 has shape"):
        kernels.lstm(p.x, p.weights, p.states[0][:1])
    with pytest.raises(ShapeError, match="mask is bool of shape"):
        kernels.lstm(p.x, p.weights, mask=np.ones((3, 4), bool))
    with pytest.raises(ShapeError, match="lengths run from -1"):
        kernels.lstm(p.x, p.weights, lengths=[-1, 2, 3])
    with pytest.raises(UsageError, match="give the one"):
        kernels.lstm(p.x, p.weights, lengths=[1, 2, 3], mask=MASKS["holes"])
    with pytest.raises(ShapeError, match="dropout_mask has shape"):
        kernels.lstm(p.x, p.weights, dropout_mask=np.ones((2, 3, 4), np.float32))
    out = kernels.lstm(p.x, p.weights, keep_cache=True)
    with pytest.raises(ShapeError, match="d_h has shape"):
        kernels.lstm_backward(out.cache, None, p.states[0][:1])
    with pytest.raises(UnknownNameError, match="instruction set 'mmx'"):
        kernels.use_instruction_set("mmx")


def test_it_says_which_kernel_runs():
    assert kernels.kernel_for(np.float32) == f"native ({kernels.instruction_set()})"
    assert kernels.kernel_for(np.float64).startswith("reference: the core computes float32")


def test_the_reference_serves_what_the_core_cannot():
    p = problem("gru")
    out = entry(p, p.x, p.weights, p.states, keep_cache=True)
    assert isinstance(out.cache, kernels.GRUCache)
    assert len(last_states(p, out)) == 1
