"""SimpleRNN in NumPy: the written definition of the cell.

    h' = f(x W + h U + b),  f one of tanh, relu, linear

Source: Elman 1990; layout of Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from recurra.errors import UnknownNameError
from recurra.kernels._common import (
    DropoutProduct,
    bias_sum,
    check_array,
    check_sequence,
    check_weights,
    enter_mask,
    start,
)
from recurra.kernels._core import CoreCache
from recurra.kernels._schedule import Array, BoolArray, Schedule, plan
from recurra.kernels._sequence import Record, state_gradient

__all__ = [
    "Activation",
    "SimpleRNNCache",
    "SimpleRNNGradients",
    "SimpleRNNOutput",
    "SimpleRNNWeights",
    "activation_slope",
    "check_activation",
    "simple_rnn_backward",
    "simple_rnn_forward",
    "simple_rnn_step",
]

Activation: TypeAlias = Literal["tanh", "relu", "linear"]
ACTIVATIONS = ("tanh", "relu", "linear")


class SimpleRNNWeights(NamedTuple):
    """Weights of a SimpleRNN.

    Attributes:
        kernel: Input weights, shape `(features, units)`.
        recurrent_kernel: State weights, shape `(units, units)`.
        bias: Shape `(units,)`, or None.
    """

    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None


@dataclass(frozen=True)
class SimpleRNNCache:
    """What `simple_rnn_forward` keeps for `simple_rnn_backward`; packed rows."""

    schedule: Schedule
    weights: SimpleRNNWeights
    product: DropoutProduct
    recurrent: DropoutProduct
    activation: Activation
    zero_output_for_mask: bool
    x: Array
    h_before: Array
    h_after: Array


class SimpleRNNOutput(NamedTuple):
    """Result of a sequence.

    Attributes:
        sequence: State after every step in the order of processing, `(batch, time, units)`.
        h: Last state, `(batch, units)`.
        cache: What the backward pass needs; None unless it was asked for.
    """

    sequence: Array
    h: Array
    cache: SimpleRNNCache | CoreCache | None = None


class SimpleRNNGradients(NamedTuple):
    """Gradients of a loss with respect to what `simple_rnn_forward` was given, same shapes."""

    x: Array
    h0: Array
    weights: SimpleRNNWeights


def simple_rnn_forward(
    x: Array,
    weights: SimpleRNNWeights,
    h0: Array | None = None,
    *,
    activation: Activation = "tanh",
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
) -> SimpleRNNOutput:
    """Run a SimpleRNN over whole sequences.

    Args:
        x: Input, shape `(batch, time, features)`, any float dtype.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        activation: `"tanh"`, `"relu"` or `"linear"`.
        mask: Valid steps, boolean, `(batch, time)`. A masked step carries the state over; its
            output repeats the state before it (`h0` before the first valid step).
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros instead.
        dropout_mask: Multiplies the input at every step, `(batch, features)`.
        recurrent_dropout_mask: Multiplies the state before its product with the recurrent kernel,
            `(batch, units)`.
        keep_cache: Keep what `simple_rnn_backward` needs.

    Returns:
        Sequence, last state and cache, all of the dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UnknownNameError: If the activation is another one.
        UsageError: If both `mask` and `lengths` are given.
    """
    check_sequence(x)
    check_activation(activation)
    units = check_weights(x, *weights, gates=1)
    schedule = plan(x.shape[0], x.shape[1], mask, lengths, backwards=go_backwards)
    masks = (
        enter_mask("dropout_mask", dropout_mask, (1, x.shape[2]), x, schedule),
        enter_mask("recurrent_dropout_mask", recurrent_dropout_mask, (1, units), x, schedule),
    )
    product = DropoutProduct(weights.kernel, masks[0], 1)
    recurrent = DropoutProduct(weights.recurrent_kernel, masks[1], 1)
    h = start("h0", h0, units, x, schedule)
    packed = schedule.pack(x)
    states = product(packed, schedule.packed_rows())
    if weights.bias is not None:
        states += weights.bias
    record = Record(schedule, units, x.dtype, zero_output_for_mask, keep_cache)
    for step, rows, part in schedule.steps():
        record.keep(part, h[rows])
        a = states[part]
        a += recurrent(h[rows], rows)
        _activate(a, activation)
        h[rows] = a
        record.emit(step, rows, h)
    cache = None
    if keep_cache:
        cache = SimpleRNNCache(
            schedule, weights, product, recurrent, activation, zero_output_for_mask,
            packed, record.before[0], states,
        )  # fmt: skip
    return SimpleRNNOutput(record.sequence(), schedule.leave(h), cache)


def check_activation(activation: str) -> None:
    """Refuse an unknown activation.

    Raises:
        UnknownNameError: If it is none of tanh, relu and linear.
    """
    if activation not in ACTIVATIONS:
        raise UnknownNameError("activation", activation, ACTIVATIONS)


def _activate(a: Array, activation: Activation) -> None:
    if activation == "tanh":
        np.tanh(a, out=a)
    elif activation == "relu":
        np.maximum(a, 0, out=a)


def activation_slope(after: Array, activation: Activation) -> Array:
    """Return the activation's derivative, told from its value."""
    if activation == "tanh":
        return 1 - after * after
    return (after > 0).astype(after.dtype) if activation == "relu" else np.ones_like(after)


def simple_rnn_backward(
    cache: SimpleRNNCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> SimpleRNNGradients:
    """Propagate gradients back through a whole sequence.

    Args:
        cache: From `simple_rnn_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `SimpleRNNOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `SimpleRNNOutput.h`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial state and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    schedule, units = cache.schedule, cache.h_before.shape[1]
    dh = start("d_h", d_h, units, cache.x, schedule)
    incoming = state_gradient(d_sequence, units, cache.x, schedule)
    dz = np.empty_like(cache.h_after)
    for step, rows, part in schedule.steps(reverse=True):
        incoming.add(step, rows, dh, cache.zero_output_for_mask)
        np.multiply(dh[rows], activation_slope(cache.h_after[part], cache.activation), out=dz[part])
        dh[rows] = cache.recurrent.input_gradient(dz[part], rows)
    every = schedule.packed_rows()
    weights = SimpleRNNWeights(
        cache.product.kernel_gradient(cache.x, dz, every),
        cache.recurrent.kernel_gradient(cache.h_before, dz, every),
        None if cache.weights.bias is None else bias_sum(dz),
    )
    dx = schedule.unpack(cache.product.input_gradient(dz, every))
    return SimpleRNNGradients(dx, schedule.leave(dh), weights)


def simple_rnn_step(
    x: Array, h: Array, weights: SimpleRNNWeights, *, activation: Activation = "tanh"
) -> Array:
    """Advance a SimpleRNN by one time step.

    Args:
        x: Input, shape `(batch, features)`.
        h: Previous state, shape `(batch, units)`.
        weights: Weights.
        activation: `"tanh"`, `"relu"` or `"linear"`.

    Returns:
        New state, shape `(batch, units)`, dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UnknownNameError: If the activation is another one.
    """
    check_sequence(x, axes=2)
    check_activation(activation)
    units = check_weights(x, *weights, gates=1)
    check_array("h", h, (x.shape[0], units), x)
    z = np.matmul(x, weights.kernel)
    z += np.matmul(h, weights.recurrent_kernel)
    if weights.bias is not None:
        z += weights.bias
    _activate(z, activation)
    after: Array = z
    return after
