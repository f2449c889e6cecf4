"""The mesh axes over which the arrays of a `jax.shard_map` vary, which custom calls must name."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from numpy.typing import DTypeLike

from recurra.kernels._recurrence import RecurrenceOperands, Shape, Tensor

__all__ = ["result_like", "vary_alike"]


def vary_alike(operands: RecurrenceOperands) -> RecurrenceOperands:
    """Let all operands vary over the axes over which any varies; JAX then adds their gradients.

    Without `jax.shard_map`, or in one that does not check its axes, nothing varies.
    """
    every = frozenset[Any]().union(*(_axes(a) for a in operands if a is not None))
    if not every:
        return operands
    return RecurrenceOperands(*(None if a is None else _varying(a, every) for a in operands))


def result_like(
    shape: Shape, array: Tensor, dtype: DTypeLike = jnp.float32
) -> jax.ShapeDtypeStruct:
    """Describe a result that varies over the axes over which `array` does."""
    if not _axes(array):
        return jax.ShapeDtypeStruct(shape, dtype)
    kind = jax.typeof(array)
    if not hasattr(kind, "manual_axis_type"):  # JAX before 0.10
        return jax.ShapeDtypeStruct(shape, dtype, vma=kind.vma)
    whole = jax.sharding.PartitionSpec(*[None] * len(shape))
    return jax.ShapeDtypeStruct(
        shape,
        dtype,
        sharding=jax.sharding.NamedSharding(kind.sharding.mesh, whole),
        manual_axis_type=kind.manual_axis_type,
    )


def _axes(array: Tensor) -> frozenset[Any]:
    kind = jax.typeof(array)
    named: frozenset[Any] = getattr(getattr(kind, "manual_axis_type", kind), "varying", frozenset())
    return named or getattr(kind, "vma", frozenset())


def _varying(array: Tensor, every: frozenset[Any]) -> Tensor:
    missing = tuple(sorted(every - _axes(array), key=str))
    if not missing:
        return array
    if hasattr(jax.lax, "pcast"):
        return jax.lax.pcast(array, missing, to="varying")
    return jax.lax.pvary(array, missing)  # JAX before 0.9
