"""The switch: Keras's own SimpleRNN, LSTM and GRU computed by the native core."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras

from recurra.kernels import (
    RecurrenceCall,
    RecurrenceOperands,
    backend_recurrence,
    can_call_core,
)
from recurra.layers._eligible import activation_name, why_not
from recurra.layers._exports import exporters, is_exporting

__all__ = ["accelerate", "accelerated", "deaccelerate", "is_accelerated"]

Loop = Callable[..., tuple[Any, Any, Any]]

CELLS = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}

# What was replaced: class, method, and what the class itself held under that name, None where it
# inherits the method. Empty while Keras is as it came.
_replaced: list[tuple[type, str, Any]] = []


def accelerate() -> None:
    """Let Keras's own `SimpleRNN`, `LSTM` and `GRU` run on the native core.

    On Keras's backends JAX, PyTorch and TensorFlow, on the CPU. It holds for every model in the
    process, loaded or built before or after, until `deaccelerate`. A function that JAX,
    TensorFlow or `torch.compile` has already traced keeps the path it was traced with: call this
    before the first `fit` or `predict` of a model. Layers that the core cannot compute take
    Keras's own path, and so do programs that leave the process (`model.export`) or that
    TensorFlow compiles with XLA; `explain_kernels` says which and why. Calling it again changes
    nothing.
    """
    if _replaced:
        return
    for name, cell in CELLS.items():
        layer = getattr(keras.layers, name)
        _replace(layer, "inner_loop", _fused_loop(layer.inner_loop, cell))
    for owner, name, method in exporters():
        _replace(owner, name, method)


def _replace(owner: type, name: str, method: Any) -> None:
    _replaced.append((owner, name, owner.__dict__.get(name)))
    setattr(owner, name, method)


def deaccelerate() -> None:
    """Give Keras its own loops back. Calling it again changes nothing."""
    for owner, name, method in _replaced:
        if method is None:
            delattr(owner, name)
        else:
            setattr(owner, name, method)
    _replaced.clear()


def is_accelerated() -> bool:
    """Return whether `accelerate` is in force."""
    return bool(_replaced)


@contextlib.contextmanager
def accelerated() -> Iterator[None]:
    """Accelerate within a `with` block, and leave Keras as it was before the block."""
    before = is_accelerated()
    accelerate()
    try:
        yield
    finally:
        if not before:
            deaccelerate()


def _fused_loop(own: Loop, cell: Any) -> Loop:
    """Return an `inner_loop` that runs the core where it can, and `own` elsewhere."""

    def inner_loop(
        self: Any, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, Any]:
        backend = keras.backend.backend()
        if why_not(self) is not None or is_exporting() or not can_call_core(backend, sequences):
            return own(self, sequences, initial_state, mask, training=training)
        call = _call(self, cell, mask)
        operands = _operands(self, sequences, _listed(initial_state), mask, training)
        sequence, h, c = backend_recurrence(backend, call, operands)
        last = sequence[:, -1] if call.zero_output_for_mask and sequence is not None else h
        outputs = last[:, None] if sequence is None else sequence
        return last, outputs, [h] if c is None else [h, c]

    return inner_loop


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, list | tuple) else [states]


def _call(layer: Any, cell: Any, mask: Any) -> RecurrenceCall:
    zeros = layer.zero_output_for_mask and mask is not None
    activation = activation_name(layer.cell.activation) or "tanh"
    return RecurrenceCall(
        cell=cell if getattr(layer.cell, "reset_after", True) else "gru_before",
        activation=activation,
        go_backwards=layer.go_backwards,
        zero_output_for_mask=zeros,
        return_sequences=layer.return_sequences or zeros,
    )


def _operands(
    layer: Any, sequences: Any, states: list[Any], mask: Any, training: bool
) -> RecurrenceOperands:
    cell = layer.cell
    drop, recurrent_drop = _dropout(cell, sequences, states[0]) if training else (None, None)
    if isinstance(mask, list | tuple):
        mask = mask[0]
    if layer.stateful and keras.backend.backend() == "torch":
        # The layer overwrites its states in place, before the backward pass reads them.
        states = [keras.ops.copy(state) for state in states]
    return RecurrenceOperands(
        x=_float32(sequences),
        kernel=_float32(cell.kernel),
        recurrent_kernel=_float32(cell.recurrent_kernel),
        bias=None if cell.bias is None else _float32(cell.bias),
        h0=_float32(states[0]),
        c0=_float32(states[1]) if len(states) > 1 else None,
        mask=None if mask is None else _flat_mask(mask, sequences),
        dropout_mask=drop,
        recurrent_dropout_mask=recurrent_drop,
    )


def _flat_mask(mask: Any, sequences: Any) -> Any:
    """Return the mask as `(batch, time)`; of further axes, one valid entry is enough."""
    mask = keras.ops.cast(keras.ops.convert_to_tensor(mask), "bool")
    if mask.ndim > 2:
        mask = keras.ops.any(mask, axis=tuple(range(2, mask.ndim)))
    return keras.ops.broadcast_to(mask, keras.ops.shape(sequences)[:2])


def _dropout(cell: Any, sequences: Any, h0: Any) -> tuple[Any, Any]:
    """Return the masks that Keras has drawn for this call, one or one for each gate."""
    masks = (cell.get_dropout_mask(sequences[:, 0, :]), cell.get_recurrent_dropout_mask(h0))
    # Keras's gated cells leave a rate of exactly 1 out; its SimpleRNN applies it.
    gated = not isinstance(cell, keras.layers.SimpleRNNCell)
    rates = (cell.dropout, cell.recurrent_dropout)
    wanted = [m if m is not None and not (gated and r >= 1) else None
              for m, r in zip(masks, rates, strict=True)]  # fmt: skip
    drop, recurrent_drop = (None if m is None else _float32(_stacked(m)) for m in wanted)
    return drop, recurrent_drop


def _stacked(mask: Any) -> Any:
    return keras.ops.stack(mask) if isinstance(mask, list | tuple) else mask


def _float32(value: Any) -> Any:
    return keras.ops.cast(keras.ops.convert_to_tensor(value), "float32")
