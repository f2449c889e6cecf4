"""Several Python threads in the core at once get what each gets alone, and none waits for ever."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from cells import problem

from recurra import kernels

pytestmark = pytest.mark.skipif(
    not kernels.instruction_sets(), reason="the native core is not built here"
)

ROUNDS = 100
PATIENCE = 60  # seconds; each test takes less than one
CELLS = ("lstm", "gru", "gru_before", "tanh")


def numpy_job(cell, seed, threads):
    """Return a job that runs a cell forward and backward, and gives all results."""
    p = problem(cell, 40, 12, 9, 20, seed=seed, dtype=np.float32)
    lengths = np.random.default_rng(seed).integers(0, 13, 40)
    options = {"lengths": lengths, "keep_cache": True, "threads": threads}

    def job():
        if cell == "lstm":
            out = kernels.lstm(p.x, p.weights, *p.states, **options)
            got = kernels.lstm_backward(out.cache, out.sequence, out.h, out.c)
            return [out.sequence, out.h, out.c, got.x, got.h0, got.c0, *got.weights]
        if cell.startswith("gru"):
            out = kernels.gru(p.x, p.weights, *p.states, **options)
            got = kernels.gru_backward(out.cache, out.sequence, out.h)
        else:
            out = kernels.simple_rnn(p.x, p.weights, *p.states, **options)
            got = kernels.simple_rnn_backward(out.cache, out.sequence, out.h)
        return [out.sequence, out.h, got.x, got.h0, *got.weights[:3]]

    return job


def jax_job(cell, seed):
    """Return a job that runs one compiled program with a forward and a backward pass."""
    import jax
    import jax.numpy as jnp

    p = problem(cell, 40, 12, 9, 20, seed=seed, dtype=np.float32)
    call = kernels.RecurrenceCall(cell if cell != "tanh" else "simple_rnn")
    mask = jnp.asarray(np.random.default_rng(seed).random((40, 12)) < 0.7)

    def loss(weights):
        operands = kernels.RecurrenceOperands(p.x, *weights, h0=p.states[0], mask=mask)
        return jnp.sin(kernels.backend_recurrence("jax", call, operands)[0]).sum()

    program = jax.jit(jax.value_and_grad(loss))
    weights = [jnp.asarray(w) for w in p.weights[:3]]

    def job():
        return [np.asarray(a) for a in jax.tree.leaves(program(weights))]

    return job


def all_at_once(jobs):
    """Run each job again and again in a thread of its own; compare with what it gave alone."""
    alone = [job() for job in jobs]
    together = threading.Barrier(len(jobs))
    failed: list[str] = []

    def run(job, expected):
        try:
            together.wait(PATIENCE)
            for _ in range(ROUNDS):
                for ours, theirs in zip(job(), expected, strict=True):
                    np.testing.assert_array_equal(ours, theirs)
        except Exception as error:  # it would be lost with its thread
            failed.append(repr(error))

    pairs = zip(jobs, alone, strict=True)
    # Daemons: a thread that hangs must not keep the tests from ending.
    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    assert not failed


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_calls_on_arrays_do_not_disturb_each_other(threads):
    all_at_once([numpy_job(cell, seed, threads) for seed, cell in enumerate(CELLS)])


def test_one_cell_in_two_threads():
    all_at_once([numpy_job("lstm", 1, 0), numpy_job("lstm", 2, 0)])


@pytest.mark.skipif(kernels.why_not_backend("jax") is not None, reason="no JAX handlers here")
def test_compiled_programs_do_not_disturb_each_other():
    all_at_once([jax_job(cell, seed) for seed, cell in enumerate(("lstm", "gru", "tanh"))])


@pytest.mark.skipif(kernels.why_not_backend("jax") is not None, reason="no JAX handlers here")
def test_arrays_and_compiled_programs_at_once():
    all_at_once([jax_job("lstm", 1), numpy_job("lstm", 2, 0), jax_job("gru", 3)])
