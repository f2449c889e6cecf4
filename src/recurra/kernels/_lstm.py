"""LSTM in NumPy: the written definition of the cell.

Gate order in all weights: i (input), f (forget), c (candidate), o (output).

    i, f, o = sigmoid(x W + h U + b)      g = tanh(x W + h U + b), in the columns of c
    c' = f * c + i * g                    h' = o * tanh(c')

Source: Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000; layout of Keras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recurra.kernels._common import (
    DropoutProduct,
    bias_sum,
    check_array,
    check_sequence,
    check_weights,
    enter_mask,
    half_steps,
    squash,
    start,
)
from recurra.kernels._core import CoreCache
from recurra.kernels._schedule import Array, BoolArray, Schedule, plan
from recurra.kernels._sequence import Record, state_gradient

__all__ = [
    "LSTMCache",
    "LSTMGradients",
    "LSTMOutput",
    "LSTMState",
    "LSTMWeights",
    "lstm_backward",
    "lstm_forward",
    "lstm_gate_gradients",
    "lstm_step",
]

GATES = 4
SIGMOIDS = (True, True, False, True)


class LSTMWeights(NamedTuple):
    """Weights of an LSTM; gate order i, f, c, o.

    Attributes:
        kernel: Input weights, shape `(features, 4 * units)`.
        recurrent_kernel: State weights, shape `(units, 4 * units)`.
        bias: Shape `(4 * units,)`, or None.
    """

    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None


class LSTMState(NamedTuple):
    """State of an LSTM: `h` and `c`, each `(batch, units)`."""

    h: Array
    c: Array


@dataclass(frozen=True)
class LSTMCache:
    """What `lstm_forward` keeps for `lstm_backward`; packed rows, in the schedule's order."""

    schedule: Schedule
    weights: LSTMWeights
    product: DropoutProduct
    recurrent: DropoutProduct
    zero_output_for_mask: bool
    x: Array
    gates: Array
    h_before: Array
    c_before: Array


class LSTMOutput(NamedTuple):
    """Result of a sequence.

    Attributes:
        sequence: State after every step in the order of processing, `(batch, time, units)`.
        h: Last state, `(batch, units)`.
        c: Last cell state, `(batch, units)`.
        cache: What the backward pass needs; None unless it was asked for.
    """

    sequence: Array
    h: Array
    c: Array
    cache: LSTMCache | CoreCache | None = None


class LSTMGradients(NamedTuple):
    """Gradients of a loss with respect to what `lstm_forward` was given, same shapes."""

    x: Array
    h0: Array
    c0: Array
    weights: LSTMWeights


def lstm_forward(
    x: Array,
    weights: LSTMWeights,
    h0: Array | None = None,
    c0: Array | None = None,
    *,
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
) -> LSTMOutput:
    """Run an LSTM over whole sequences.

    Args:
        x: Input, shape `(batch, time, features)`, any float dtype.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        c0: Initial cell state, `(batch, units)`; None: zeros.
        mask: Valid steps, boolean, `(batch, time)`. A masked step carries the state over; its
            output repeats the state before it (`h0` before the first valid step).
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros instead.
        dropout_mask: Multiplies the input at every step, `(batch, features)` or, one for each
            gate, `(4, batch, features)`.
        recurrent_dropout_mask: Multiplies the state before its product with the recurrent kernel,
            `(batch, units)` or `(4, batch, units)`.
        keep_cache: Keep what `lstm_backward` needs.

    Returns:
        Sequence, last states and cache, all of the dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UsageError: If both `mask` and `lengths` are given.
    """
    check_sequence(x)
    units = check_weights(x, *weights, gates=GATES)
    schedule = plan(x.shape[0], x.shape[1], mask, lengths, backwards=go_backwards)
    masks = (
        enter_mask("dropout_mask", dropout_mask, (GATES, x.shape[2]), x, schedule),
        enter_mask("recurrent_dropout_mask", recurrent_dropout_mask, (GATES, units), x, schedule),
    )
    product = DropoutProduct(weights.kernel, masks[0], GATES)
    recurrent = DropoutProduct(weights.recurrent_kernel, masks[1], GATES)
    h, c = start("h0", h0, units, x, schedule), start("c0", c0, units, x, schedule)

    packed = schedule.pack(x)
    gates = product(packed, schedule.packed_rows())
    if weights.bias is not None:
        gates += weights.bias
    record = Record(schedule, units, x.dtype, zero_output_for_mask, keep_cache, states=2)
    _run(gates, LSTMState(h, c), recurrent, schedule, record)
    cache = None
    if keep_cache:
        h_before, c_before = record.before
        cache = LSTMCache(
            schedule, weights, product, recurrent, zero_output_for_mask,
            packed, gates, h_before, c_before,
        )  # fmt: skip
    return LSTMOutput(record.sequence(), schedule.leave(h), schedule.leave(c), cache)


def _run(
    gates: Array, state: LSTMState, recurrent: DropoutProduct, schedule: Schedule, record: Record
) -> None:
    """Advance the state over all steps in place; `gates` become the activated gates."""
    h, c = state
    units = h.shape[1]
    scale, offset = half_steps(units, SIGMOIDS, h.dtype)
    for step, rows, part in schedule.steps():
        a = gates[part]
        record.keep(part, h[rows], c[rows])
        a += recurrent(h[rows], rows)
        squash(a, scale, offset)
        h[rows], c[rows] = _advance(a, c[rows], units)
        record.emit(step, rows, h)


def _advance(a: Array, c: Array, units: int) -> tuple[Array, Array]:
    """Return the next `h` and `c` from activated gates `(n, 4 * units)`."""
    after = a[:, units : 2 * units] * c
    after += a[:, :units] * a[:, 2 * units : 3 * units]
    return a[:, 3 * units :] * np.tanh(after), after


def lstm_backward(
    cache: LSTMCache,
    d_sequence: Array | None = None,
    d_h: Array | None = None,
    d_c: Array | None = None,
) -> LSTMGradients:
    """Propagate gradients back through a whole sequence.

    Args:
        cache: From `lstm_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `LSTMOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `LSTMOutput.h`, `(batch, units)`; None: zeros.
        d_c: Gradient of `LSTMOutput.c`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial states and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    schedule, units = cache.schedule, cache.h_before.shape[1]
    dh = start("d_h", d_h, units, cache.x, schedule)
    dc = start("d_c", d_c, units, cache.x, schedule)
    incoming = state_gradient(d_sequence, units, cache.x, schedule)
    dz = np.empty_like(cache.gates)
    for step, rows, part in schedule.steps(reverse=True):
        incoming.add(step, rows, dh, cache.zero_output_for_mask)
        dz[part], dc[rows] = lstm_gate_gradients(cache.gates[part], cache.c_before[part],
                                             dh[rows], dc[rows])  # fmt: skip
        dh[rows] = cache.recurrent.input_gradient(dz[part], rows)
    every = schedule.packed_rows()
    weights = LSTMWeights(
        cache.product.kernel_gradient(cache.x, dz, every),
        cache.recurrent.kernel_gradient(cache.h_before, dz, every),
        None if cache.weights.bias is None else bias_sum(dz),
    )
    dx = schedule.unpack(cache.product.input_gradient(dz, every))
    return LSTMGradients(dx, schedule.leave(dh), schedule.leave(dc), weights)


def lstm_gate_gradients(gates: Array, c: Array, dh: Array, dc: Array) -> tuple[Array, Array]:
    """Return gradients of the gates before activation and of the cell state before the step."""
    i, f, g, o = np.split(gates, GATES, axis=1)
    squashed = np.tanh(f * c + i * g)
    dc = dc + dh * o * (1 - squashed * squashed)
    dz = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * c * f * (1 - f),
            dc * i * (1 - g * g),
            dh * squashed * o * (1 - o),
        ],
        axis=1,
    )
    return dz, dc * f


def lstm_step(x: Array, h: Array, c: Array, weights: LSTMWeights) -> LSTMState:
    """Advance an LSTM by one time step.

    Args:
        x: Input, shape `(batch, features)`.
        h: Previous state, shape `(batch, units)`.
        c: Previous cell state, shape `(batch, units)`.
        weights: Weights; gate order i, f, c, o.

    Returns:
        New `h` and `c`, shape `(batch, units)`, dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    check_sequence(x, axes=2)
    units = check_weights(x, *weights, gates=GATES)
    check_array("h", h, (x.shape[0], units), x)
    check_array("c", c, (x.shape[0], units), x)
    z = np.matmul(x, weights.kernel)
    z += np.matmul(h, weights.recurrent_kernel)
    if weights.bias is not None:
        z += weights.bias
    squash(z, *half_steps(units, SIGMOIDS, x.dtype))
    return LSTMState(*_advance(z, c, units))
