"""What is shown of a recurrence is what was computed, and its gradients are the right ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cells import CELLS, MASKS, forward, last_states, problem

from recurra import kernels

OPTIONS = {
    "plain": {},
    "backwards": {"go_backwards": True},
    "right": {"mask": MASKS["right"]},
    "left, zero output": {"mask": MASKS["left"], "zero_output_for_mask": True},
    "holes backwards": {"mask": MASKS["holes"], "go_backwards": True},
    "empty row": {"mask": MASKS["empty row"]},
    "lengths backwards": {"lengths": [3, 5, 1], "go_backwards": True},
}
GATE_NAMES = {
    "lstm": ["input", "forget", "output", "candidate"],
    "gru": ["update", "reset", "candidate"],
}


def seen(p, cache):
    name = p.cell.split("_")[0]
    by_name = {"lstm": kernels.lstm_gates, "gru": kernels.gru_gates}
    return by_name.get(name, kernels.simple_rnn_states)(cache)


def state_gradients(p, cache, d_sequence, d_states):
    name = p.cell.split("_")[0]
    by_name = {"lstm": kernels.lstm_state_gradients, "gru": kernels.gru_state_gradients}
    return by_name.get(name, kernels.simple_rnn_state_gradients)(cache, d_sequence, *d_states)


def in_time(p, sequence):
    return sequence[:, ::-1] if p.options.get("go_backwards") else sequence


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", OPTIONS)
def test_states_equal_those_of_the_forward_pass(cell, name):
    p = problem(cell, **OPTIONS[name])
    out = forward(p, keep_cache=True, zero_output_for_mask=False)
    steps = seen(p, out.cache)
    rows = np.ones(3, bool) if name != "empty row" else np.array([False, True, True])
    np.testing.assert_array_equal(steps.hidden[rows], in_time(p, out.sequence)[rows])
    last = 0 if p.options.get("go_backwards") else -1
    shown = [steps.hidden, steps.cell_state] if cell == "lstm" else [steps.hidden]
    for kept, state in zip(shown, last_states(p, out), strict=True):
        np.testing.assert_array_equal(kept[:, last][rows], state[rows])
    assert (steps.cell_state is None) == (cell != "lstm")


@pytest.mark.parametrize("cell", ["lstm", "gru", "gru_before"])
def test_gates_recompute_every_state(cell):
    p = problem(cell)
    steps = seen(p, forward(p, keep_cache=True).cache)
    g = steps.gates
    assert list(g) == GATE_NAMES[cell.split("_")[0]]
    before = np.concatenate([p.states[0][:, None], steps.hidden[:, :-1]], axis=1)
    if cell == "lstm":
        c_before = np.concatenate([p.states[1][:, None], steps.cell_state[:, :-1]], axis=1)
        c = g["forget"] * c_before + g["input"] * g["candidate"]
        np.testing.assert_allclose(steps.cell_state, c, rtol=1e-14)
        np.testing.assert_allclose(steps.hidden, g["output"] * np.tanh(c), rtol=1e-14)
    else:
        h = g["update"] * before + (1 - g["update"]) * g["candidate"]
        np.testing.assert_allclose(steps.hidden, h, rtol=1e-12, atol=1e-14)


def test_lstm_gates_equal_their_definition():
    p = problem("lstm")
    steps = seen(p, forward(p, keep_cache=True).cache)
    before = np.concatenate([p.states[0][:, None], steps.hidden[:, :-1]], axis=1)
    z = p.x @ p.weights.kernel + before @ p.weights.recurrent_kernel + p.weights.bias
    i, f, c, o = np.split(z, 4, axis=-1)
    for name, gate in {"input": i, "forget": f, "output": o}.items():
        np.testing.assert_allclose(steps.gates[name], 1 / (1 + np.exp(-gate)), rtol=1e-12)
    np.testing.assert_allclose(steps.gates["candidate"], np.tanh(c), rtol=1e-12)


def test_gru_gates_equal_their_definition():
    p = problem("gru")
    steps = seen(p, forward(p, keep_cache=True).cache)
    before = np.concatenate([p.states[0][:, None], steps.hidden[:, :-1]], axis=1)
    zx, rx, gx = np.split(p.x @ p.weights.kernel + p.weights.bias[0], 3, axis=-1)
    zh, rh, gh = np.split(before @ p.weights.recurrent_kernel + p.weights.bias[1], 3, axis=-1)
    reset = 1 / (1 + np.exp(-rx - rh))
    np.testing.assert_allclose(steps.gates["update"], 1 / (1 + np.exp(-zx - zh)), rtol=1e-12)
    np.testing.assert_allclose(steps.gates["reset"], reset, rtol=1e-12)
    np.testing.assert_allclose(steps.gates["candidate"], np.tanh(gx + reset * gh), rtol=1e-11)


def test_gates_are_zero_at_masked_steps():
    p = problem("gru", mask=MASKS["holes"])
    steps = seen(p, forward(p, keep_cache=True).cache)
    for gate in steps.gates.values():
        assert not gate[~MASKS["holes"]].any()
        assert gate[MASKS["holes"]].all()


def mask_of(p):
    lengths = np.array(p.options.get("lengths", [5] * 3))
    return p.options.get("mask", np.arange(5) < lengths[:, None])


def loss_after(p, t, states, d_sequence, d_last):
    """Return the loss of what follows step `t`, counted in the order of processing."""
    flip = slice(None, None, -1 if p.options.get("go_backwards") else 1)
    rest = replace(
        p,
        x=np.ascontiguousarray(p.x[:, flip][:, t + 1 :]),
        states=states,
        options={
            "mask": np.ascontiguousarray(mask_of(p)[:, flip][:, t + 1 :]),
            "zero_output_for_mask": p.options.get("zero_output_for_mask", False),
        },
    )
    out = forward(rest)
    total = float(np.sum(out.sequence * d_sequence[:, t + 1 :]))
    ends = zip(last_states(p, out), d_last, strict=True)
    return total + sum(float(np.sum(state * d)) for state, d in ends)


def numerical(states, which, loss, eps=1e-6):
    gradient = np.zeros_like(states[which])
    for index in np.ndindex(gradient.shape):
        moved = [state.copy() for state in states]
        moved[which][index] += eps
        above = loss(moved)
        moved[which][index] -= 2 * eps
        gradient[index] = (above - loss(moved)) / (2 * eps)
    return gradient


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", OPTIONS)
def test_state_gradients_equal_finite_differences(cell, name):
    p = problem(cell, units=2, features=3, seed=3, **OPTIONS[name])
    r = np.random.default_rng(1)
    out = forward(p, keep_cache=True)
    ds, *ends = [r.normal(size=a.shape) for a in (out.sequence, *last_states(p, out))]
    steps, got = seen(p, out.cache), state_gradients(p, out.cache, ds, ends)
    valid = in_time(p, mask_of(p))
    hidden, gradient = in_time(p, steps.hidden), in_time(p, got.hidden)
    for t in range(5):
        states = [hidden[:, t]]
        if cell == "lstm":
            states.append(in_time(p, steps.cell_state)[:, t])

        def loss(moved, t=t):
            return loss_after(p, t, moved, ds, ends)

        heard = valid[:, t : t + 1] | (not p.options.get("zero_output_for_mask"))
        expected = numerical(states, 0, loss) + heard * ds[:, t]
        np.testing.assert_allclose(gradient[:, t], expected, atol=1e-7)
        if cell == "lstm":
            # The state of a computed step follows its cell state.
            o = in_time(p, steps.gates["output"])[:, t]  # zeros where the step is masked
            along = o * (1 - np.tanh(states[1]) ** 2) * gradient[:, t]
            cells = in_time(p, got.cell_state)[:, t]
            np.testing.assert_allclose(cells, numerical(states, 1, loss) + along, atol=1e-7)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("lengths", [[5, 5, 5], [3, 5, 2]])
def test_backwards_is_the_forward_direction_of_the_mirrored_input(cell, lengths):
    p = problem(cell, lengths=lengths)
    mirrored = problem(cell)
    mirrored.x = np.ascontiguousarray(p.x[:, ::-1])
    mask = np.arange(5) < np.array(lengths)[:, None]
    mirrored.options = {"mask": np.ascontiguousarray(mask[:, ::-1]), "go_backwards": True}
    d = np.random.default_rng(2).normal(size=(3, 5, 3))
    ends = [np.ones((3, 3))] * (2 if cell == "lstm" else 1)
    out, other = forward(p, keep_cache=True), forward(mirrored, keep_cache=True)
    a, b = seen(p, out.cache), seen(mirrored, other.cache)
    np.testing.assert_allclose(a.hidden, b.hidden[:, ::-1], rtol=1e-12)
    a, b = (state_gradients(q, o.cache, d, ends) for q, o in ((p, out), (mirrored, other)))
    np.testing.assert_allclose(a.hidden, b.hidden[:, ::-1], rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_no_loss_gives_no_gradient(cell):
    p = problem(cell)
    got = state_gradients(p, forward(p, keep_cache=True).cache, None, [])
    assert not got.hidden.any()
