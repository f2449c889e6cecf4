"""The native core inside TensorFlow, eager and in graphs: NumPy functions with their gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.ops import control_flow_util
from tensorflow.python.saved_model import save_context

from recurra.errors import UsageError
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
from recurra.kernels._schedule import Array

__all__ = ["can_call_from_tensorflow", "tensorflow_recurrence", "why_not_tensorflow"]

ALIGNMENT = 64  # TensorFlow copies arrays that start elsewhere


def why_not_tensorflow() -> str | None:
    """Say why the core cannot run inside TensorFlow here; None if it can."""
    if native is None:
        return "the native core was not built when the package was installed"
    others = {d.device_type for d in tf.config.get_visible_devices()} - {"CPU"}
    if others:
        return f"TensorFlow runs on {', '.join(sorted(others))}, the core on the CPU"
    return None


def can_call_from_tensorflow(x: Tensor) -> bool:
    """Whether the program around `x` stays in this process: neither XLA's nor being saved."""
    graph = tf.compat.v1.get_default_graph()
    compiled = control_flow_util.GraphOrParentsInXlaContext(graph)
    return x.shape[1] != 0 and not compiled and not save_context.in_save_context()


def tensorflow_recurrence(
    call: RecurrenceCall, operands: RecurrenceOperands
) -> tuple[Tensor | None, Tensor, Tensor | None]:
    """Run a recurrent layer, eagerly or in a graph; differentiable once in everything but masks.

    Args:
        call: What is fixed.
        operands: The tensors; batch and time may be unknown until the graph runs.

    Returns:
        Outputs `(batch, time, units)` (None unless `return_sequences`), last state `h`
        `(batch, units)`, last cell state `c` (None but for an LSTM).
    """
    names, tensors = _given(operands)
    save = record.could_possibly_record()

    def recurrence(*tensors: Tensor) -> tuple[list[Tensor], Callable[..., list[Tensor]]]:
        given = RecurrenceOperands(**dict(zip(names, tensors, strict=True)))
        results = _forward(call, given, save=save)

        def gradient(*upstream: Tensor) -> list[Tensor]:
            # A graph that was traced without a tape kept nothing: compute it again.
            kept = results if save else _forward(call, given, save=True)
            found = _backward(call, given, (kept[0], kept[-1]), upstream)
            return [getattr(found, name) for name in names]

        return _wanted(call, results), gradient

    out = tf.custom_gradient(recurrence)(*tensors)
    sequence, states = (out[0], out[1:]) if call.return_sequences else (None, out)
    return sequence, states[0], states[1] if len(states) > 1 else None


def _wanted(call: RecurrenceCall, results: list[Tensor]) -> list[Tensor]:
    return results[0 if call.return_sequences else 1 : 1 + call.states]


def _forward(call: RecurrenceCall, operands: RecurrenceOperands, *, save: bool) -> list[Tensor]:
    def compute(given: RecurrenceOperands) -> list[Array]:
        shapes = forward_shapes(call, given)
        results = [_room(shape) for shape in shapes]
        saved = _room((core().saved_size(call.cell, *shapes[0]),)) if save else None
        forward_arrays(call, given, results, saved)
        return results if saved is None else [*results, saved]

    shapes: list[tuple[Any, ...]] = [*forward_shapes(call, operands), *([(None,)] if save else [])]
    return _run(compute, *_given(operands), shapes)


def _backward(
    call: RecurrenceCall,
    operands: RecurrenceOperands,
    kept: tuple[Tensor, Tensor],
    upstream: Sequence[Tensor],
) -> RecurrenceOperands:
    def compute(given: RecurrenceOperands, *more: Array) -> list[Array]:
        results = [_room(shape) for shape in backward_shapes(call, given)]
        incoming = more[2:] if call.return_sequences else (None, *more[2:])
        backward_arrays(call, given, (more[0], more[1]), incoming, results)
        return results

    def once(*tensors: Tensor) -> tuple[list[Tensor], Callable[..., None]]:
        return _run(compute, names, tensors, backward_shapes(call, operands)), _refuse

    names, tensors = _given(operands)
    results = tf.custom_gradient(once)(*tensors, *kept, *upstream)
    return gradients_of(call, operands, results)


def _refuse(*_: Tensor) -> None:
    raise UsageError(
        "the native core computes first derivatives only: call recurra.deaccelerate() before "
        "building what needs derivatives of gradients"
    )


def _given(operands: RecurrenceOperands) -> tuple[list[str], list[Tensor]]:
    """Return the names and the tensors of the operands that there are."""
    pairs = [(name, t) for name, t in operands._asdict().items() if t is not None]
    return [name for name, _ in pairs], [t for _, t in pairs]


def _run(
    compute: Callable[..., list[Array]],
    names: list[str],
    tensors: Sequence[Tensor],
    shapes: Sequence[tuple[Any, ...]],
) -> list[Tensor]:
    """Run `compute(operands, *more)` on arrays, now or whenever the graph runs."""

    def on_arrays(*arrays: Array) -> list[Array]:
        given = RecurrenceOperands(**dict(zip(names, arrays, strict=False)))
        return compute(given, *arrays[len(names) :])

    if tf.executing_eagerly():  # numpy_function would copy here
        return [tf.convert_to_tensor(a) for a in on_arrays(*map(np.asarray, tensors))]
    results = tf.numpy_function(on_arrays, tensors, [tf.float32] * len(shapes), stateful=False)
    for tensor, shape in zip(results, shapes, strict=True):
        tensor.set_shape(shape)
    return list(results)


def _room(shape: tuple[int, ...]) -> Array:
    """Return an array that TensorFlow takes over without a copy."""
    size = 4 * int(np.prod(shape, dtype=np.int64))
    room = np.empty(size + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + size].view(np.float32).reshape(shape)
