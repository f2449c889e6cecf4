"""The native core inside JAX programs: XLA custom calls with their own backward pass."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from recurra.kernels._core import native
from recurra.kernels._jax_axes import result_like, vary_alike
from recurra.kernels._recurrence import (
    RecurrenceCall,
    RecurrenceOperands,
    Shape,
    Tensor,
    backward_shapes,
    core,
    forward_shapes,
    gradients_of,
)

__all__ = ["can_call_from_jax", "jax_recurrence", "why_not_jax"]

CELLS = {"simple_rnn": 0, "lstm": 1, "gru": 2, "gru_before": 3}
ACTIVATIONS = {"tanh": 0, "relu": 1, "linear": 2}
OPTIONAL = ("bias", "h0", "c0", "mask", "dropout_mask", "recurrent_dropout_mask")
D_SEQUENCE, SAVED, NO_SEQUENCE, TICKET = 64, 128, 256, 512
LARGEST_KEPT = 1 << 26  # floats that the core keeps for a backward pass itself; XLA keeps more


def why_not_jax() -> str | None:
    """Say why the core cannot run inside JAX programs here; None if it can."""
    if native is None:
        return "the native core was not built when the package was installed"
    if not hasattr(native, "xla_forward"):
        return "the native core was built without jaxlib's headers"
    if jax.default_backend() != "cpu":
        return f"JAX runs on {jax.default_backend()}, the core on the CPU"
    return _register()


def can_call_from_jax(x: Tensor) -> bool:
    """Whether every size is a number: an exported program may leave some open."""
    return all(isinstance(n, int) for n in x.shape) and x.shape[1] > 0


def jax_recurrence(
    call: RecurrenceCall, operands: RecurrenceOperands
) -> tuple[Tensor | None, Tensor, Tensor | None]:
    """Run a recurrent layer inside a JAX program; differentiable in everything but masks.

    Args:
        call: What is fixed.
        operands: The arrays.

    Returns:
        Outputs `(batch, time, units)` (None unless `return_sequences`), last state `h`
        `(batch, units)`, last cell state `c` (None but for an LSTM).
    """
    out = _recurrence(call, vary_alike(operands))
    sequence, states = (out[0], out[1:]) if call.return_sequences else (None, out)
    return sequence, states[0], states[1] if len(states) > 1 else None


@functools.cache
def _register() -> str | None:
    """Make the core known to XLA; say why that fails, as where jaxlib is older than its headers."""
    try:
        for name in ("xla_forward", "xla_backward"):
            jax.ffi.register_ffi_target(f"recurra_{name}", getattr(core(), name)(), platform="cpu")
    except RuntimeError as error:  # XlaRuntimeError
        cause = str(error).splitlines()[0]
        return f"jaxlib {jax.lib.__version__} does not take the core: {cause}"
    return None


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recurrence(call: RecurrenceCall, operands: RecurrenceOperands) -> tuple[Tensor, ...]:
    results = _results(forward_shapes(call, operands), operands)
    if call.return_sequences:
        return _forward(call, operands, results, 0)
    return _forward(call, operands, results[1:], NO_SEQUENCE)


def _attributes(call: RecurrenceCall, operands: RecurrenceOperands, more: int) -> dict[str, Any]:
    given = sum(1 << i for i, name in enumerate(OPTIONAL) if getattr(operands, name) is not None)
    return {
        "cell": CELLS[call.cell],
        "activation": ACTIVATIONS[call.activation],
        "given": given + more,
        "go_backwards": int(call.go_backwards),
        "zero_output_for_mask": int(call.zero_output_for_mask),
    }


def _arrays(operands: RecurrenceOperands) -> list[Tensor]:
    return [array for array in operands if array is not None]


def _results(shapes: Sequence[Shape], operands: RecurrenceOperands) -> list[jax.ShapeDtypeStruct]:
    return [result_like(shape, operands.x) for shape in shapes]


def _kept(call: RecurrenceCall, operands: RecurrenceOperands) -> jax.ShapeDtypeStruct:
    """Describe what the backward pass needs: the core's ticket for it, or the record itself."""
    size = core().saved_size(call.cell, *forward_shapes(call, operands)[0])
    if 0 < size <= LARGEST_KEPT:
        return result_like((2,), operands.x, jnp.uint32)
    return result_like((size,), operands.x)


def _forward(
    call: RecurrenceCall,
    operands: RecurrenceOperands,
    results: list[jax.ShapeDtypeStruct],
    more: int,
) -> tuple[Tensor, ...]:
    run = jax.ffi.ffi_call("recurra_xla_forward", results, vmap_method="sequential")
    return tuple(run(*_arrays(operands), **_attributes(call, operands, more)))


def _forward_rule(
    call: RecurrenceCall, operands: RecurrenceOperands
) -> tuple[tuple[Tensor, ...], tuple[RecurrenceOperands, Tensor, Tensor]]:
    kept = _kept(call, operands)
    results = [*_results(forward_shapes(call, operands), operands), kept]
    more = TICKET if kept.dtype == jnp.uint32 else SAVED
    sequence, *states, saved = _forward(call, operands, results, more)
    wanted = (sequence, *states) if call.return_sequences else tuple(states)
    return wanted, (operands, sequence, saved)


def _backward_rule(
    call: RecurrenceCall,
    residuals: tuple[RecurrenceOperands, Tensor, Tensor],
    gradients: tuple[Tensor, ...],
) -> tuple[RecurrenceOperands]:
    operands, sequence, saved = residuals
    results = _results(backward_shapes(call, operands), operands)
    run = jax.ffi.ffi_call("recurra_xla_backward", results, vmap_method="sequential")
    more = (D_SEQUENCE if call.return_sequences else 0) + (
        TICKET if saved.dtype == jnp.uint32 else 0
    )
    attributes = _attributes(call, operands, more)
    out = run(*_arrays(operands), sequence, saved, *gradients, **attributes)
    masks = {
        name: _no_gradient(getattr(operands, name))
        for name in ("mask", "dropout_mask", "recurrent_dropout_mask")
    }
    return (gradients_of(call, operands, out)._replace(**masks),)


def _no_gradient(mask: Tensor | None) -> Tensor | None:
    if mask is None:
        return None
    if mask.dtype == jnp.bool_:
        return np.zeros(mask.shape, jax.dtypes.float0)
    return jnp.zeros_like(mask)


_recurrence.defvjp(_forward_rule, _backward_rule)
