"""The native core inside JAX programs: XLA custom calls with their own backward pass."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from recurra.kernels._core import CellName, native

__all__ = ["JaxCall", "JaxOperands", "jax_recurrence", "why_not_jax"]

JaxArray: TypeAlias = Any

CELLS = {"simple_rnn": 0, "lstm": 1, "gru": 2, "gru_before": 3}
ACTIVATIONS = {"tanh": 0, "relu": 1, "linear": 2}
OPTIONAL = ("bias", "h0", "c0", "mask", "dropout_mask", "recurrent_dropout_mask")
D_SEQUENCE, SAVED = 64, 128


@dataclass(frozen=True)
class JaxCall:
    """What is fixed when a program is traced.

    Attributes:
        cell: Name of the cell.
        activation: Of a SimpleRNN.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros.
        return_sequences: Whether the outputs of all steps are wanted.
    """

    cell: CellName
    activation: str = "tanh"
    go_backwards: bool = False
    zero_output_for_mask: bool = False
    return_sequences: bool = True


class JaxOperands(NamedTuple):
    """The arrays of a call, float32 (`mask`: bool), shaped as for `lstm_forward` and the like."""

    x: JaxArray
    kernel: JaxArray
    recurrent_kernel: JaxArray
    bias: JaxArray | None = None
    h0: JaxArray | None = None
    c0: JaxArray | None = None
    mask: JaxArray | None = None
    dropout_mask: JaxArray | None = None
    recurrent_dropout_mask: JaxArray | None = None


def why_not_jax() -> str | None:
    """Say why the core cannot run inside JAX programs here; None if it can."""
    if native is None:
        return "the native core was not built when the package was installed"
    if not hasattr(native, "xla_forward"):
        return "the native core was built without jaxlib's headers"
    if jax.default_backend() != "cpu":
        return f"JAX runs on {jax.default_backend()}, the core on the CPU"
    return None


def jax_recurrence(
    call: JaxCall, operands: JaxOperands
) -> tuple[JaxArray | None, JaxArray, JaxArray | None]:
    """Run a recurrent layer inside a JAX program; differentiable in everything but masks.

    Args:
        call: What is fixed.
        operands: The arrays.

    Returns:
        Outputs `(batch, time, units)` (None unless `return_sequences`), last state `h`
        `(batch, units)`, last cell state `c` (None but for an LSTM).
    """
    _register()
    out = _recurrence(call, operands)
    sequence, states = (out[0], out[1:]) if call.return_sequences else (None, out)
    return sequence, states[0], states[1] if len(states) > 1 else None


@functools.cache
def _register() -> None:
    assert native is not None  # noqa: S101 - callers ask `why_not_jax` first
    for name in ("xla_forward", "xla_backward"):
        jax.ffi.register_ffi_target(f"recurra_{name}", getattr(native, name)(), platform="cpu")


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recurrence(call: JaxCall, operands: JaxOperands) -> tuple[JaxArray, ...]:
    return _wanted(call, _forward(call, operands, save=False))


def _wanted(call: JaxCall, results: tuple[JaxArray, ...]) -> tuple[JaxArray, ...]:
    states = 2 if call.cell == "lstm" else 1
    return results[0 if call.return_sequences else 1 : 1 + states]


def _attributes(call: JaxCall, operands: JaxOperands, more: int) -> dict[str, Any]:
    given = sum(1 << i for i, name in enumerate(OPTIONAL) if getattr(operands, name) is not None)
    return {
        "cell": CELLS[call.cell],
        "activation": ACTIVATIONS[call.activation],
        "given": given + more,
        "go_backwards": int(call.go_backwards),
        "zero_output_for_mask": int(call.zero_output_for_mask),
    }


def _arrays(operands: JaxOperands) -> list[JaxArray]:
    return [array for array in operands if array is not None]


def _forward(call: JaxCall, operands: JaxOperands, *, save: bool) -> tuple[JaxArray, ...]:
    batch, time, _ = operands.x.shape
    units = operands.recurrent_kernel.shape[0]
    shapes = [(batch, time, units), (batch, units)]
    if call.cell == "lstm":
        shapes.append((batch, units))
    if save:
        assert native is not None  # noqa: S101 - callers ask `why_not_jax` first
        shapes.append((native.saved_size(call.cell, batch, time, units),))
    results = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    run = jax.ffi.ffi_call("recurra_xla_forward", results, vmap_method="sequential")
    out = run(*_arrays(operands), **_attributes(call, operands, SAVED if save else 0))
    return tuple(out)


def _forward_rule(
    call: JaxCall, operands: JaxOperands
) -> tuple[tuple[JaxArray, ...], tuple[JaxOperands, JaxArray, JaxArray]]:
    results = _forward(call, operands, save=True)
    return _wanted(call, results), (operands, results[0], results[-1])


def _backward_rule(
    call: JaxCall,
    residuals: tuple[JaxOperands, JaxArray, JaxArray],
    gradients: tuple[JaxArray, ...],
) -> tuple[JaxOperands]:
    operands, sequence, saved = residuals
    state = jax.ShapeDtypeStruct((operands.x.shape[0], sequence.shape[2]), jnp.float32)
    like = [operands.x, state, *([state] if call.cell == "lstm" else [])]
    like += [operands.kernel, operands.recurrent_kernel]
    like += [] if operands.bias is None else [operands.bias]
    results = [jax.ShapeDtypeStruct(array.shape, jnp.float32) for array in like]
    run = jax.ffi.ffi_call("recurra_xla_backward", results, vmap_method="sequential")
    given = D_SEQUENCE if call.return_sequences else 0
    attributes = _attributes(call, operands, given)
    out = run(*_arrays(operands), sequence, saved, *gradients, **attributes)
    return (_named(call, operands, list(out)),)


def _named(call: JaxCall, operands: JaxOperands, out: list[JaxArray]) -> JaxOperands:
    """Put the gradients in the places of their operands; masks have none."""
    x, h0 = out.pop(0), out.pop(0)
    c0 = out.pop(0) if call.cell == "lstm" else None
    return JaxOperands(
        x=x,
        kernel=out[0],
        recurrent_kernel=out[1],
        bias=None if operands.bias is None else out[2],
        h0=None if operands.h0 is None else h0,
        c0=None if operands.c0 is None else c0,
        mask=_no_gradient(operands.mask),
        dropout_mask=_no_gradient(operands.dropout_mask),
        recurrent_dropout_mask=_no_gradient(operands.recurrent_dropout_mask),
    )


def _no_gradient(mask: JaxArray | None) -> JaxArray | None:
    if mask is None:
        return None
    if mask.dtype == jnp.bool_:
        return np.zeros(mask.shape, jax.dtypes.float0)
    return jnp.zeros_like(mask)


_recurrence.defvjp(_forward_rule, _backward_rule)
