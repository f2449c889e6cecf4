"""The core inside JAX programs under JAX's transformations: vmap, grad, remat, scan, shards."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cells import problem

from recurra import kernels
from recurra.kernels import _jax

pytestmark = pytest.mark.skipif(
    kernels.why_not_backend("jax") is not None,
    reason="the core with its JAX handlers is not built here",
)

CELLS = ("lstm", "gru", "gru_before", "tanh")
BATCH, TIME, FEATURES, UNITS, COPIES = 4, 6, 5, 3, 3
# A whole sequence is the same arithmetic however it is called; only the sums over copies or shards
# are grouped differently.
SAME = {"rtol": 2e-6, "atol": 2e-6}


def test_a_jaxlib_that_refuses_the_core_leaves_keras_its_own_path(monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("the handler's API version is newer\nmore")

    _jax._register.cache_clear()
    monkeypatch.setattr(jax.ffi, "register_ffi_target", refuse)
    try:
        reason = kernels.why_not_backend("jax")
    finally:
        _jax._register.cache_clear()
    assert reason.endswith("does not take the core: the handler's API version is newer")


def setting(cell, *, seed=0):
    """Return the fixed part of a call and its differentiable and other operands."""
    p = problem(cell, BATCH, TIME, FEATURES, UNITS, seed=seed, dtype=np.float32)
    name = cell if cell in ("lstm", "gru", "gru_before") else "simple_rnn"
    c0 = p.states[1] if cell == "lstm" else None
    operands = kernels.RecurrenceOperands(p.x, *p.weights[:3], p.states[0], c0)
    mask = np.random.default_rng(seed).random((BATCH, TIME)) < 0.7
    return kernels.RecurrenceCall(name), jax.tree.map(jnp.asarray, operands), jnp.asarray(mask)


def loss(call, operands, mask):
    """Reduce every output to one number in which each of them counts differently."""
    sequence, h, c = kernels.backend_recurrence("jax", call, operands._replace(mask=mask))
    total = (sequence * jnp.cos(jnp.arange(sequence.size)).reshape(sequence.shape)).sum()
    total += (jnp.sin(h) * h).sum()
    return total if c is None else total + (c * c).sum()


def value_and_grad(call):
    return jax.value_and_grad(lambda operands, mask: loss(call, operands, mask))


def same(got, expected):
    pairs = zip(jax.tree.leaves(got), jax.tree.leaves(expected), strict=True)
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, **SAME)


def copies(cell):
    """Return several calls' operands and masks, stacked."""
    each = [setting(cell, seed=seed)[1:] for seed in range(COPIES)]
    return each, jax.tree.map(lambda *a: jnp.stack(a), *each)


@pytest.mark.parametrize("cell", CELLS)
def test_vmap_equals_a_loop_forward_and_backward(cell):
    call, _, _ = setting(cell)
    each, stacked = copies(cell)
    values = jax.vmap(lambda o, m: loss(call, o, m))(*stacked)
    same(values, jnp.stack([loss(call, *one) for one in each]))
    run = value_and_grad(call)
    expected = jax.tree.map(lambda *a: jnp.stack(a), *[run(*one) for one in each])
    same(jax.vmap(run)(*stacked), expected)
    same(jax.jit(jax.vmap(run))(*stacked), expected)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_through_vmap_sums_what_is_shared(cell):
    call, shared, mask = setting(cell)
    xs = jnp.stack([shared.x, -shared.x, 2 * shared.x])

    def total(operands, xs):
        one = lambda x: loss(call, operands._replace(x=x), mask)  # noqa: E731
        return jax.vmap(one)(xs).sum()

    by_weights, by_x = jax.grad(total, argnums=(0, 1))(shared._replace(x=None), xs)
    each = [value_and_grad(call)(shared._replace(x=x), mask)[1] for x in xs]
    same(by_x, jnp.stack([g.x for g in each]))
    same(by_weights, jax.tree.map(lambda *a: sum(a), *[g._replace(x=None) for g in each]))


def test_vmap_over_weights_and_masks_alone():
    call, operands, mask = setting("lstm")
    kernels_ = jnp.stack([operands.kernel, 2 * operands.kernel])
    masks = jnp.stack([mask, ~mask])
    got = jax.vmap(lambda k, m: loss(call, operands._replace(kernel=k), m))(kernels_, masks)
    pairs = zip(kernels_, masks, strict=True)
    same(got, jnp.stack([loss(call, operands._replace(kernel=k), m) for k, m in pairs]))


@pytest.mark.parametrize("cell", CELLS)
def test_jit_and_remat_change_nothing(cell):
    call, operands, mask = setting(cell)
    expected = value_and_grad(call)(operands, mask)
    again = jax.checkpoint(lambda operands, mask: loss(call, operands, mask))
    for run in (value_and_grad(call), jax.value_and_grad(again)):
        same(jax.jit(run)(operands, mask), expected)
    gradients = [jax.grad(f)(operands, mask) for f in (again, lambda o, m: loss(call, o, m))]
    for ours, theirs in zip(*map(jax.tree.leaves, gradients), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_scan_over_chunks_equals_the_whole():
    call, operands, mask = setting("lstm")

    def chunked(operands):
        def advance(states, chunk):
            x, m = chunk
            given = operands._replace(x=x, h0=states[0], c0=states[1], mask=m)
            sequence, h, c = kernels.backend_recurrence("jax", call, given)
            return (h, c), sequence

        xs = operands.x.reshape(BATCH, 3, TIME // 3, FEATURES).swapaxes(0, 1)
        ms = mask.reshape(BATCH, 3, TIME // 3).swapaxes(0, 1)
        _, parts = jax.lax.scan(advance, (operands.h0, operands.c0), (xs, ms))
        return parts.swapaxes(0, 1).reshape(BATCH, TIME, UNITS)

    def whole(operands):
        return kernels.backend_recurrence("jax", call, operands._replace(mask=mask))[0]

    same(chunked(operands), whole(operands))
    grads = [jax.grad(lambda o, f=f: jnp.sin(f(o)).sum())(operands) for f in (chunked, whole)]
    same(*grads)


SHARDS = """
import jax
import jax.numpy as jnp
import keras
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from recurra.kernels import RecurrenceCall, RecurrenceOperands, backend_recurrence
from recurra.layers import accelerated

assert len(jax.devices()) == 2
whole, split = PartitionSpec(), PartitionSpec("rows")
mesh = Mesh(np.array(jax.devices()), ("rows",))
r = np.random.default_rng(0)
x = r.normal(size=(6, 7, 4)).astype("f")
mask = r.random((6, 7)) < 0.7
layer = keras.layers.LSTM(5, return_sequences=True)
layer.build(x.shape)
weights = [v.value for v in layer.trainable_variables]
fixed = [v.value for v in layer.non_trainable_variables]

def by_layer(weights, x, mask):
    out, _ = layer.stateless_call(weights, fixed, x, mask=mask)
    return jnp.sin(out).sum(axis=1).mean()

def by_kernel(weights, x, mask):
    operands = RecurrenceOperands(x, *weights, mask=mask)
    out, _, _ = backend_recurrence("jax", RecurrenceCall("lstm"), operands)
    return jnp.sin(out).sum(axis=1).mean()

def graded(loss):
    return jax.value_and_grad(loss, argnums=(0, 1))

def per_shard(weights, x, mask):
    value, (by_weights, by_x) = graded(by_layer)(weights, x, mask)
    return jax.lax.pmean((value, by_weights), "rows"), by_x / 2

def sharded(local, out, check):
    given = (whole, split, split)
    return jax.shard_map(local, mesh=mesh, in_specs=given, out_specs=out, check_vma=check)

def shard_map(weights, x, mask):
    run = sharded(per_shard, ((whole, whole), split), False)
    (value, by_weights), by_x = run(weights, x, mask)
    return value, (by_weights, by_x)

def checked_shard_map(weights, x, mask):
    def local(weights, x, mask):  # JAX adds the shards' gradients by itself here
        return graded(lambda *given: jax.lax.pmean(by_kernel(*given), "rows"))(weights, x, mask)
    return sharded(local, (whole, (whole, split)), True)(weights, x, mask)

expected = jax.jit(graded(by_layer))(weights, x, mask)
rows = NamedSharding(mesh, split)
given = weights, jax.device_put(x, rows), jax.device_put(mask, rows)
with accelerated():
    ways = {
        "automatic": graded(by_layer),
        "shard_map": shard_map,
        "checked_shard_map": checked_shard_map,
    }
    for name, run in ways.items():
        try:
            lowered = jax.jit(run).lower(*given)
            assert "recurra_xla_backward" in lowered.as_text()
            got = jax.tree.leaves(lowered.compile()(*given))
            for ours, theirs in zip(got, jax.tree.leaves(expected), strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
            print(name, "same")
        except Exception as error:
            print(name, type(error).__name__, " ".join(str(error).split()))
"""


@pytest.fixture(scope="module")
def shards(run_python) -> dict[str, str]:
    """What becomes of value and gradients over two devices, by how the program is split."""
    flags = "--xla_force_host_platform_device_count=2"
    ended = run_python(SHARDS, env={"XLA_FLAGS": flags, "KERAS_BACKEND": "jax"})
    return dict(line.split(" ", 1) for line in ended.stdout.splitlines())


def test_automatic_partitioning_changes_nothing(shards):
    assert shards["automatic"] == "same"


def test_shard_map_changes_nothing(shards):
    assert shards["shard_map"] == "same"


def test_shard_map_that_checks_its_axes_changes_nothing(shards):
    assert shards["checked_shard_map"] == "same"
