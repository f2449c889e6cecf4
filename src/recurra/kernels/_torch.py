"""The native core inside PyTorch: custom operators on CPU tensors, without copies."""

from __future__ import annotations

from typing import Any

import torch
from torch._C import _are_functorch_transforms_active
from torch.autograd import forward_ad

from recurra.kernels._core import native
from recurra.kernels._recurrence import (
    RecurrenceCall,
    RecurrenceOperands,
    Tensor,
    backward_arrays,
    backward_shapes,
    core,
    forward_arrays,
    forward_shapes,
    gradients_of,
)

__all__ = ["can_call_from_torch", "torch_recurrence", "why_not_torch"]

OPERANDS = (
    "Tensor x, Tensor kernel, Tensor recurrent_kernel, Tensor? bias, Tensor? h0, Tensor? c0, "
    "Tensor? mask, Tensor? dropout_mask, Tensor? recurrent_dropout_mask"
)
CALL = "str cell, str activation, bool go_backwards, bool zero_output_for_mask"
KEPT = "Tensor sequence, Tensor saved, Tensor? d_sequence, Tensor? d_h, Tensor? d_c"
N_OPERANDS, N_KEPT = len(RecurrenceOperands._fields), 5


def why_not_torch() -> str | None:
    """Say why the core cannot run inside PyTorch here; None if it can."""
    if native is None:
        return "the native core was not built when the package was installed"
    return None


def can_call_from_torch(x: Tensor) -> bool:
    """Whether `x` is on the CPU and no program is being made that others run or transform.

    `torch.func`, forward mode (which would see zeros) and exported programs need the formulas
    themselves; `torch.compile` does not.
    """
    exporting = torch.compiler.is_exporting() or torch.jit.is_tracing()
    transformed = _are_functorch_transforms_active() or forward_ad._current_level >= 0
    return x.device.type == "cpu" and x.shape[1] > 0 and not exporting and not transformed


def torch_recurrence(
    call: RecurrenceCall, operands: RecurrenceOperands
) -> tuple[Tensor | None, Tensor, Tensor | None]:
    """Run a recurrent layer on CPU tensors; differentiable once in everything but masks.

    Args:
        call: What is fixed.
        operands: The tensors.

    Returns:
        Outputs `(batch, time, units)` (None unless `return_sequences`), last state `h`
        `(batch, units)`, last cell state `c` (None but for an LSTM).
    """
    save = torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in operands)
    sequence, h, c, _ = _forward(*operands, *_attributes(call), save)
    return sequence if call.return_sequences else None, h, c if call.states > 1 else None


def _attributes(call: RecurrenceCall) -> tuple[str, str, bool, bool]:
    return call.cell, call.activation, call.go_backwards, call.zero_output_for_mask


def _arrays(tensors: Any) -> list[Any]:
    return [None if t is None else t.detach().contiguous().numpy() for t in tensors]


def _empty(shapes: list[tuple[int, ...]], like: Tensor) -> list[Tensor]:
    return [like.new_empty(shape) for shape in shapes]


def _forward_on_cpu(*arguments: Any) -> tuple[Tensor, ...]:
    operands, call, save = _parted(arguments)
    results = _forward_results(operands, call, _saved_size(operands, call) if save else 0)
    states = results[: 1 + call.states]
    forward_arrays(
        call,
        RecurrenceOperands(*_arrays(operands)),
        [t.numpy() for t in states],
        results[-1].numpy() if save else None,
    )
    return results


def _parted(arguments: tuple[Any, ...]) -> tuple[RecurrenceOperands, RecurrenceCall, bool]:
    operands = RecurrenceOperands(*arguments[:N_OPERANDS])
    return operands, RecurrenceCall(*arguments[N_OPERANDS:-1]), arguments[-1]


def _saved_size(operands: RecurrenceOperands, call: RecurrenceCall) -> int:
    return int(core().saved_size(call.cell, *forward_shapes(call, operands)[0]))


def _forward_results(
    operands: RecurrenceOperands, call: RecurrenceCall, saved_size: Any
) -> tuple[Tensor, ...]:
    """Make room for the results: a tensor that the call has no use for is empty."""
    sequence, h, *c = _empty(forward_shapes(call, operands), operands.x)
    saved = operands.x.new_empty((saved_size,))
    return sequence, h, *(c or _empty([(0,)], h)), saved


def _forward_shapes_only(*arguments: Any) -> tuple[Tensor, ...]:
    operands, call, save = _parted(arguments)
    if not save:
        size = 0
    elif all(type(n) is int for n in operands.x.shape):
        size = _saved_size(operands, call)
    else:  # a compiled program for any batch: the size is known when it runs
        size = torch.library.get_ctx().new_dynamic_size()
    return _forward_results(operands, call, size)


def _backward_on_cpu(*arguments: Any) -> list[Tensor]:
    operands = RecurrenceOperands(*arguments[:N_OPERANDS])
    sequence, saved, *upstream = _arrays(arguments[N_OPERANDS : N_OPERANDS + N_KEPT])
    call = RecurrenceCall(*arguments[N_OPERANDS + N_KEPT :])
    results = _empty(backward_shapes(call, operands), operands.x)
    backward_arrays(
        call,
        RecurrenceOperands(*_arrays(operands)),
        (sequence, saved),
        upstream,
        [t.numpy() for t in results],
    )
    return results


def _backward_shapes_only(*arguments: Any) -> list[Tensor]:
    operands = RecurrenceOperands(*arguments[:N_OPERANDS])
    call = RecurrenceCall(*arguments[N_OPERANDS + N_KEPT :])
    return _empty(backward_shapes(call, operands), operands.x)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    ctx.set_materialize_grads(False)
    ctx.attributes = inputs[N_OPERANDS:-1]
    ctx.save_for_backward(*inputs[:N_OPERANDS], output[0], output[-1])


def _gradients(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
    *tensors, sequence, saved = ctx.saved_tensors
    call, operands = RecurrenceCall(*ctx.attributes), RecurrenceOperands(*tensors)
    d_c = upstream[2] if call.states > 1 else None
    results = _backward(*operands, sequence, saved, *upstream[:2], d_c, *ctx.attributes)
    return *gradients_of(call, operands, results), *[None] * len(ctx.attributes), None


def _operator(name: str, function: Any, shapes_only: Any, schema: str) -> Any:
    operator = torch.library.custom_op(
        f"recurra::{name}", function, mutates_args=(), device_types="cpu", schema=schema
    )
    operator.register_fake(shapes_only)
    return operator


_forward = _operator(
    "forward",
    _forward_on_cpu,
    _forward_shapes_only,
    f"({OPERANDS}, {CALL}, bool save) -> (Tensor, Tensor, Tensor, Tensor)",
)
_backward = _operator(
    "backward", _backward_on_cpu, _backward_shapes_only, f"({OPERANDS}, {KEPT}, {CALL}) -> Tensor[]"
)
_forward.register_autograd(_gradients, setup_context=_keep)
