"""The switch: Keras's own SimpleRNN, LSTM and GRU computed by the native core."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import keras
import numpy as np

from recurra.kernels import JaxCall, JaxOperands, jax_recurrence
from recurra.layers._eligible import activation_name, why_not

__all__ = ["accelerate", "accelerated", "deaccelerate", "is_accelerated"]

Loop = Callable[..., tuple[Any, Any, Any]]

CELLS = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}

# The loops that were replaced, by layer class; empty while Keras is as it came. A class that
# inherits its loop has no entry of its own to restore.
_replaced: dict[type, Loop | None] = {}


def accelerate() -> None:
    """Let Keras's own `SimpleRNN`, `LSTM` and `GRU` run on the native core.

    It holds for every model in the process, loaded or built before or after, until
    `deaccelerate`. A function that JAX has already traced keeps the path it was traced with: call
    this before the first `fit` or `predict` of a model. Layers that the core cannot compute take
    Keras's own path; `explain_kernels` says which and why. Calling it again changes nothing.
    """
    if _replaced:
        return
    for name, cell in CELLS.items():
        layer = getattr(keras.layers, name)
        own = layer.inner_loop
        _replaced[layer] = layer.__dict__.get("inner_loop")
        layer.inner_loop = _fused_loop(own, cell)


def deaccelerate() -> None:
    """Give Keras its own loops back. Calling it again changes nothing."""
    for layer, loop in _replaced.items():
        if loop is None:
            del layer.inner_loop  # type: ignore[attr-defined]
        else:
            layer.inner_loop = loop  # type: ignore[attr-defined]
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
        if why_not(self) is not None or not _concrete(sequences):
            return own(self, sequences, initial_state, mask, training=training)
        states = _listed(initial_state)
        call = _call(self, cell, mask)
        operands = _operands(self, sequences, states, mask, training)
        sequence, h, c = jax_recurrence(call, operands)
        last = sequence[:, -1] if call.zero_output_for_mask and sequence is not None else h
        outputs = last[:, None] if sequence is None else sequence
        return last, outputs, [h] if c is None else [h, c]

    return inner_loop


def _concrete(sequences: Any) -> bool:
    """Whether every size is a number: an exported program may leave some open."""
    return all(isinstance(n, int) for n in sequences.shape) and sequences.shape[1] > 0


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, list | tuple) else [states]


def _call(layer: Any, cell: Any, mask: Any) -> JaxCall:
    zeros = layer.zero_output_for_mask and mask is not None
    activation = activation_name(layer.cell.activation) or "tanh"
    return JaxCall(
        cell=cell if getattr(layer.cell, "reset_after", True) else "gru_before",
        activation=activation,
        go_backwards=layer.go_backwards,
        zero_output_for_mask=zeros,
        return_sequences=layer.return_sequences or zeros,
    )


def _operands(
    layer: Any, sequences: Any, states: list[Any], mask: Any, training: bool
) -> JaxOperands:
    cell = layer.cell
    drop, recurrent_drop = _dropout(cell, sequences, states[0]) if training else (None, None)
    if isinstance(mask, list | tuple):
        mask = mask[0]
    return JaxOperands(
        x=_float32(sequences),
        kernel=_float32(cell.kernel),
        recurrent_kernel=_float32(cell.recurrent_kernel),
        bias=None if cell.bias is None else _float32(cell.bias),
        h0=_float32(states[0]),
        c0=_float32(states[1]) if len(states) > 1 else None,
        mask=None if mask is None else _flat_mask(mask, sequences.shape[:2]),
        dropout_mask=drop,
        recurrent_dropout_mask=recurrent_drop,
    )


def _flat_mask(mask: Any, shape: tuple[int, int]) -> Any:
    """Return the mask as `(batch, time)`; of further axes, one valid entry is enough."""
    mask = jnp.asarray(mask).astype(bool)
    if mask.ndim > 2:
        mask = mask.any(axis=tuple(range(2, mask.ndim)))
    return jnp.broadcast_to(mask, shape)


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
    return jnp.stack(mask) if isinstance(mask, list | tuple) else mask


def _float32(value: Any) -> Any:
    return jnp.asarray(keras.ops.convert_to_tensor(value)).astype(np.float32)
