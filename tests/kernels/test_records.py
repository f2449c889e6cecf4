"""What the core keeps between the passes inside JAX programs may go: gradients stay the same."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cells import problem

from recurra import kernels
from recurra.kernels import _jax
from recurra.kernels._core import native

pytestmark = pytest.mark.skipif(
    kernels.why_not_backend("jax") is not None,
    reason="the core with its JAX handlers is not built here",
)

LIMIT = 1 << 30
CELLS = ("lstm", "gru", "gru_before")


@pytest.fixture(autouse=True)
def the_usual_limit():
    native.limit_kept(0)
    native.limit_kept(LIMIT)
    yield
    native.limit_kept(LIMIT)


def setting(cell, batch=9):
    p = problem(cell, batch, 6, 5, 20, dtype=np.float32)
    c0 = p.states[1] if cell == "lstm" else None
    operands = kernels.RecurrenceOperands(p.x, *p.weights[:3], p.states[0], c0)
    return kernels.RecurrenceCall(cell), jax.tree.map(jnp.asarray, operands)


def outputs(call):
    """Return a function of the operands that JAX can differentiate."""

    def run(operands):
        sequence, h, _ = kernels.backend_recurrence("jax", call, operands)
        return jnp.sin(sequence).sum() + h.sum()

    return run


def same(got, expected):
    for ours, theirs in zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("cell", CELLS)
def test_a_record_that_is_gone_is_computed_again(cell):
    call, operands = setting(cell)
    value, back = jax.vjp(outputs(call), operands)
    expected = back(jnp.ones_like(value))
    assert native.kept_bytes() > 0
    native.limit_kept(0)
    assert native.kept_bytes() == 0
    same(back(jnp.ones_like(value)), expected)


def test_a_record_can_be_read_again_and_again():
    call, operands = setting("lstm")
    value, back = jax.vjp(outputs(call), operands)
    first = back(jnp.ones_like(value))
    same(back(jnp.ones_like(value)), first)


def test_other_passes_between_do_not_change_a_gradient():
    call, operands = setting("gru")
    value, back = jax.vjp(outputs(call), operands)
    other = operands._replace(x=-operands.x)
    for _ in range(3):  # the first of them takes a record of its own, the next take that again
        jax.grad(outputs(call))(other)
    mine = back(jnp.ones_like(value))
    jax.grad(outputs(call))(other)
    same(back(jnp.ones_like(value)), mine)
    same(jax.grad(outputs(call))(operands), mine[0])


def test_training_takes_the_same_memory_again():
    call, operands = setting("lstm")
    step = jax.jit(jax.grad(outputs(call)))
    jax.block_until_ready(step(operands))
    before = native.kept_bytes()
    for _ in range(5):
        jax.block_until_ready(step(operands))
    assert native.kept_bytes() == before > 0


def test_growing_batches_leave_one_record_behind():
    for batch in range(10, 20):
        call, operands = setting("lstm", batch)
        jax.block_until_ready(jax.grad(outputs(call))(operands))
    largest = 4 * native.saved_size("lstm", *operands.x.shape[:2], 20)
    assert largest <= native.kept_bytes() < 1.1 * largest


def test_passes_that_never_come_back_are_bounded():
    call, operands = setting("lstm", batch=40)
    one = 4 * native.saved_size("lstm", *operands.x.shape[:2], 20)
    native.limit_kept(3 * one)
    ways = [jax.vjp(outputs(call), operands._replace(x=operands.x * i)) for i in range(6)]
    jax.block_until_ready([value for value, _ in ways])
    assert native.kept_bytes() <= 3 * one
    for i, (value, back) in enumerate(ways):
        got = back(jnp.ones_like(value))[0]
        native.limit_kept(0)
        same(got, jax.grad(outputs(call))(operands._replace(x=operands.x * i)))


def test_what_is_too_large_to_keep_stays_with_xla(monkeypatch):
    call, operands = setting("gru")
    expected = jax.grad(outputs(call))(operands)
    native.limit_kept(0)
    native.limit_kept(LIMIT)
    monkeypatch.setattr(_jax, "LARGEST_KEPT", 10)
    same(jax.grad(outputs(call))(operands), expected)
    assert native.kept_bytes() == 0
