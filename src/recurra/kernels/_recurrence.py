"""A recurrent layer's call as every backend states it, and the core on its NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

from recurra.kernels._core import CellName, native
from recurra.kernels._schedule import Array

__all__ = [
    "RecurrenceCall",
    "RecurrenceOperands",
    "Shape",
    "Tensor",
    "backward_arrays",
    "backward_shapes",
    "core",
    "forward_arrays",
    "forward_shapes",
    "gradients_of",
]

Tensor: TypeAlias = Any
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class RecurrenceCall:
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

    @property
    def states(self) -> int:
        """Number of states that pass from step to step."""
        return 2 if self.cell == "lstm" else 1


class RecurrenceOperands(NamedTuple):
    """The arrays of a call, float32 (`mask`: bool), shaped as for `lstm_forward` and the like."""

    x: Tensor
    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor | None = None
    h0: Tensor | None = None
    c0: Tensor | None = None
    mask: Tensor | None = None
    dropout_mask: Tensor | None = None
    recurrent_dropout_mask: Tensor | None = None


def core() -> ModuleType:
    """Return the native core, which callers know to be there."""
    assert native is not None  # noqa: S101 - callers ask `why_not_backend` first
    return native


def forward_shapes(call: RecurrenceCall, operands: RecurrenceOperands) -> list[Shape]:
    """Return the shapes of the outputs of all steps and of the last states.

    Args:
        call: What is fixed.
        operands: The arrays, or anything with their shapes.

    Returns:
        `(batch, time, units)`, then `(batch, units)` for each state.
    """
    batch, time = operands.x.shape[:2]
    units = operands.recurrent_kernel.shape[0]
    return [(batch, time, units), *[(batch, units)] * call.states]


def forward_arrays(
    call: RecurrenceCall, operands: RecurrenceOperands, results: list[Array], saved: Array | None
) -> None:
    """Run the core over whole sequences.

    Args:
        call: What is fixed.
        operands: Row-major NumPy arrays.
        results: Arrays of `forward_shapes`, which are filled.
        saved: Filled with what `backward_arrays` needs; None: no gradient is wanted.
    """
    sequence, h = results[:2]
    c = results[2] if call.states > 1 else None
    core().forward(_native_call(call, operands), sequence, h, c, saved, 0)


def backward_arrays(
    call: RecurrenceCall,
    operands: RecurrenceOperands,
    kept: tuple[Array, Array],
    upstream: Sequence[Array | None],
    results: list[Array],
) -> None:
    """Propagate gradients back through whole sequences.

    Args:
        call: What is fixed.
        operands: Those of the forward pass.
        kept: Its outputs of all steps, and `saved`.
        upstream: Gradients of the outputs of all steps and of each last state; None: zeros.
        results: Filled with the gradients, in the order that `gradients_of` takes.
    """
    d_sequence, d_h = upstream[:2]
    d_c = upstream[2] if call.states > 1 else None
    dx, dh0, *rest = results
    dc0 = rest.pop(0) if call.states > 1 else None
    dbias = rest.pop() if operands.bias is not None else None
    core().backward(
        _native_call(call, operands), *kept, d_sequence, d_h, d_c, dx, dh0, dc0, *rest, dbias, 0
    )


def backward_shapes(call: RecurrenceCall, operands: RecurrenceOperands) -> list[Shape]:
    """Return the shapes of the gradients, in the order that `gradients_of` takes."""
    states = forward_shapes(call, operands)[1:]
    weights = [operands.kernel, operands.recurrent_kernel]
    weights += [] if operands.bias is None else [operands.bias]
    return [operands.x.shape, *states, *(array.shape for array in weights)]


def gradients_of(
    call: RecurrenceCall, operands: RecurrenceOperands, results: Sequence[Tensor]
) -> RecurrenceOperands:
    """Put gradients in the places of their operands; masks and absent operands have none.

    Args:
        call: What is fixed.
        operands: Those of the forward pass.
        results: Gradients of `x`, `h0`, `c0` (of an LSTM), `kernel`, `recurrent_kernel`, `bias`
            (where there is one).
    """
    dx, dh0, *rest = results
    dc0 = rest.pop(0) if call.states > 1 else None
    return RecurrenceOperands(
        x=dx,
        kernel=rest[0],
        recurrent_kernel=rest[1],
        bias=None if operands.bias is None else rest[2],
        h0=None if operands.h0 is None else dh0,
        c0=None if operands.c0 is None else dc0,
    )


def _native_call(call: RecurrenceCall, operands: RecurrenceOperands) -> Any:
    *arrays, mask, dropout_mask, recurrent_dropout_mask = operands
    return core().call(
        call.cell, call.activation, *arrays, mask, None, dropout_mask, recurrent_dropout_mask,
        call.go_backwards, call.zero_output_for_mask,
    )  # fmt: skip
