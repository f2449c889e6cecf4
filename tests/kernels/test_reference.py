"""What holds for every cell of the NumPy reference."""

from __future__ import annotations

import numpy as np
import pytest
from cells import CELLS, MASKS, backward, dropout, forward, last_states, problem, step
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra import kernels
from recurra.errors import ShapeError, UnknownNameError, UsageError

OPTIONS = {
    "plain": {},
    "right": {"mask": MASKS["right"]},
    "holes backwards": {"mask": MASKS["holes"], "go_backwards": True},
    "left, zero output": {"mask": MASKS["left"], "zero_output_for_mask": True},
    "lengths backwards": {"lengths": [3, 5, 0], "go_backwards": True},
}


def loss_of(p, weights_of_loss, **changes):
    out = forward(p, **changes)
    outputs = [out.sequence, *last_states(p, out)]
    return sum(float(np.sum(a * w)) for a, w in zip(outputs, weights_of_loss, strict=True))


def numerical(array, loss, eps=1e-6):
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + eps
        above = loss()
        array[index] = kept - eps
        gradient[index] = (above - loss()) / (2 * eps)
        array[index] = kept
    return gradient


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("name", "drop"),
    [(name, None) for name in OPTIONS] + [("plain", "shared"), ("holes backwards", "per gate")],
)
def test_gradients_equal_finite_differences(cell, name, drop):
    p = problem(cell, units=2, features=3, seed=3, **OPTIONS[name])
    if drop:
        p.options.update(dropout(p, gates=drop == "per gate"))
    r = np.random.default_rng(1)
    out = forward(p, keep_cache=True)
    ds = [r.normal(size=a.shape) for a in (out.sequence, *last_states(p, out))]
    got = backward(p, out.cache, ds[0], ds[1:])
    states = [got.h0, got.c0] if cell == "lstm" else [got.h0]
    pairs = [(p.x, got.x), *zip(p.states, states, strict=True)]
    pairs += list(zip(p.weights[:3], got.weights[:3], strict=True))
    for array, gradient in pairs:
        expected = numerical(array, lambda: loss_of(p, ds))
        np.testing.assert_allclose(gradient, expected, atol=2e-8, rtol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_without_bias_or_some_losses(cell):
    p = problem(cell, bias=False)
    out = forward(p, keep_cache=True)
    got = backward(p, out.cache, None, [np.ones_like(out.h)])
    assert got.weights.bias is None
    ones = [np.zeros_like(out.sequence), np.ones_like(out.h), np.zeros_like(out.h)]
    count = 3 if cell == "lstm" else 2
    expected = numerical(p.x, lambda: loss_of(p, ones[:count]))
    np.testing.assert_allclose(got.x, expected, atol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_padding_never_changes_a_result(cell, data):
    p = problem(cell, time=4)
    more = data.draw(st.integers(1, 4))
    lengths = np.array(data.draw(st.lists(st.integers(0, 4), min_size=3, max_size=3)))
    backwards = data.draw(st.booleans())
    short = forward(p, lengths=lengths, go_backwards=backwards, keep_cache=True)
    dh = [np.ones_like(s) for s in p.states]
    short_gradients = backward(p, short.cache, None, dh)
    p.x = np.concatenate([p.x, np.full((3, more, p.x.shape[2]), np.nan)], axis=1)
    p.x[np.arange(4 + more) >= lengths[:, None]] = np.nan
    long = forward(p, lengths=lengths, go_backwards=backwards, keep_cache=True)
    gradients = backward(p, long.cache, None, dh)
    np.testing.assert_array_equal(long.h, short.h)
    np.testing.assert_array_equal(gradients.x[:, :4], short_gradients.x)
    np.testing.assert_allclose(
        gradients.weights.kernel, short_gradients.weights.kernel, rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_mask_equals_stepping_by_hand(cell, data):
    rows = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=3, max_size=3)
    mask = np.array(data.draw(rows))
    backwards = data.draw(st.booleans())
    zeros = data.draw(st.booleans())
    p = problem(cell)
    out = forward(p, mask=mask, go_backwards=backwards, zero_output_for_mask=zeros)
    states = list(p.states)
    for position, t in enumerate(range(5)[::-1] if backwards else range(5)):
        valid = mask[:, t, None]
        after = step(p, p.x[:, t], states)
        states = [np.where(valid, a, s) for a, s in zip(after, states, strict=True)]
        shown = np.where(valid, states[0], 0) if zeros else states[0]
        np.testing.assert_allclose(out.sequence[:, position], shown, rtol=1e-12, atol=1e-14)
    for ours, theirs in zip(last_states(p, out), states, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_permuting_the_batch_permutes_the_output(cell):
    p = problem(cell, batch=6)
    lengths = np.array([5, 1, 3, 3, 0, 4])
    whole = forward(p, lengths=lengths)
    order = np.array([4, 2, 0, 5, 1, 3])
    p.x, p.states = p.x[order], [s[order] for s in p.states]
    permuted = forward(p, lengths=lengths[order])
    np.testing.assert_allclose(permuted.sequence, whole.sequence[order], rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_chunks_equal_the_whole_sequence(cell):
    p = problem(cell, time=7)
    whole = forward(p)
    x = p.x
    parts = []
    for chunk in (x[:, :3], x[:, 3:4], x[:, 4:]):
        p.x = chunk
        out = forward(p)
        p.states = last_states(p, out)
        parts.append(out.sequence)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole.sequence, rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("mask_name", ["lengths", "mask"])
def test_all_masked_rows_keep_the_initial_state(cell, mask_name):
    p = problem(cell)
    p.x[:] = np.nan
    mask = {"lengths": [0, 0, 0]} if mask_name == "lengths" else {"mask": MASKS["all masked"]}
    out = forward(p, **mask, keep_cache=True)
    for last, first in zip(last_states(p, out), p.states, strict=True):
        np.testing.assert_array_equal(last, first)
    got = backward(p, out.cache, np.ones_like(out.sequence), [np.zeros_like(s) for s in p.states])
    assert not got.x.any()
    assert not got.weights.kernel.any()
    np.testing.assert_array_equal(got.h0, np.full_like(out.h, 5))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("batch", "time"), [(0, 5), (3, 0), (0, 0)])
def test_empty_batches_and_sequences(cell, batch, time):
    p = problem(cell, batch=batch, time=time)
    for options in ({}, {"lengths": np.zeros(batch, int)}, {"mask": np.zeros((batch, time), bool)}):
        out = forward(p, **options, keep_cache=True)
        assert out.sequence.shape == (batch, time, p.units)
        np.testing.assert_array_equal(out.h, p.states[0])
        got = backward(
            p, out.cache, np.ones_like(out.sequence), [np.ones_like(s) for s in p.states]
        )
        assert got.x.shape == p.x.shape
        assert not got.weights.recurrent_kernel.any()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_results_have_the_dtype_of_the_input(cell, dtype):
    p = problem(cell, dtype=dtype, mask=MASKS["right"])
    out = forward(p, keep_cache=True)
    got = backward(p, out.cache, np.ones_like(out.sequence), [np.ones_like(s) for s in p.states])
    for array in (out.sequence, out.h, got.x, got.h0, *got.weights[:3]):
        assert array.dtype == dtype
    assert np.isfinite(got.x).all()


@pytest.mark.parametrize("cell", ["lstm", "gru", "tanh"])
def test_large_inputs_saturate_without_warnings(cell):
    p = problem(cell, dtype=np.float32)
    p.x *= np.float32(1e4)
    assert np.isfinite(forward(p).sequence).all()


def test_inputs_are_left_alone():
    p = problem("lstm", lengths=[5, 2, 3])
    copies = [a.copy() for a in (p.x, *p.states, *p.weights)]
    out = forward(p, keep_cache=True)
    backward(p, out.cache, np.ones_like(out.sequence), [out.h, out.c])
    for array, copy in zip((p.x, *p.states, *p.weights), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_no_cache_is_kept_unless_asked_for():
    assert forward(problem("lstm")).cache is None


WRONG = {
    "mask shape": ({"mask": np.ones((3, 4), bool)}, r"mask is bool of shape \(3, 4\), expected"),
    "mask dtype": ({"mask": np.ones((3, 5))}, "mask is float64 .* expected bool"),
    "lengths dtype": ({"lengths": [1.0, 2.0, 3.0]}, "lengths are float64 .* expected integers"),
    "lengths range": ({"lengths": [1, 2, 6]}, "lengths run from 1 to 6, expected 0 to 5"),
    "dropout": ({"dropout_mask": np.ones((3, 3))}, r"dropout_mask has shape \(3, 3\), expected"),
    "gates": (
        {"recurrent_dropout_mask": np.ones((2, 3, 3))},
        r"recurrent_dropout_mask has shape \(2, 3, 3\), expected \(4, 3, 3\)",
    ),
}


@pytest.mark.parametrize(("options", "text"), WRONG.values(), ids=WRONG)
def test_wrong_options_are_refused(options, text):
    with pytest.raises(ShapeError, match=text):
        forward(problem("lstm"), **options)


def test_mask_and_lengths_together_are_refused():
    with pytest.raises(UsageError, match="give the one"):
        forward(problem("gru"), mask=MASKS["right"], lengths=[1, 2, 3])


def test_wrong_arrays_are_refused():
    p = problem("lstm")
    with pytest.raises(ShapeError, match=r"x has shape \(3, 4\), expected \(batch, time, features"):
        kernels.lstm_forward(p.x[:, 0], p.weights)
    with pytest.raises(ShapeError, match="x is int64, expected a floating-point dtype"):
        kernels.lstm_forward(p.x.astype(int), p.weights)
    with pytest.raises(ShapeError, match=r"kernel has shape \(4, 12\), expected \(3, 12\)"):
        kernels.lstm_forward(p.x[:, :, :3], p.weights)
    with pytest.raises(ShapeError, match="kernel is float64, x is float32"):
        kernels.lstm_forward(p.x.astype(np.float32), p.weights)
    with pytest.raises(ShapeError, match=r"recurrent_kernel .*expected \(units, 3 \* units\)"):
        kernels.gru_forward(p.x, kernels.GRUWeights(*p.weights))
    with pytest.raises(ShapeError, match=r"h0 has shape \(2, 3\), expected \(3, 3\)"):
        kernels.lstm_forward(p.x, p.weights, p.states[0][:2])
    with pytest.raises(ShapeError, match=r"h has shape \(1, 3\), expected \(3, 3\)"):
        kernels.lstm_step(p.x[:, 0], p.states[0][:1], p.states[1], p.weights)
    q = problem("tanh")
    with pytest.raises(UnknownNameError, match="unknown activation 'rel'; did you mean 'relu'"):
        kernels.simple_rnn_forward(q.x, q.weights, activation="rel")


@pytest.mark.parametrize("bias_shape", [(9,), (2, 9)])
def test_gru_bias_must_fit_reset_after(bias_shape):
    p = problem("gru")
    weights = p.weights._replace(bias=np.zeros(bias_shape), reset_after=len(bias_shape) == 1)
    with pytest.raises(ShapeError, match="bias has shape"):
        kernels.gru_forward(p.x, weights)


def test_the_room_exports_what_it_says():
    assert sorted(kernels.__all__) == kernels.__all__
    assert all(hasattr(kernels, name) for name in kernels.__all__)
