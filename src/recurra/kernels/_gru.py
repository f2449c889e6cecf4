"""GRU in NumPy: the written definition of the cell.

Gate order in all weights: z (update), r (reset), h (candidate).

    z, r = sigmoid(x W + h U + b)
    g = tanh(x W_h + r * (h U_h + b'_h) + b_h)    reset_after=True; bias (2, 3 * units)
    g = tanh(x W_h + (r * h) U_h + b_h)           reset_after=False; bias (3 * units,)
    h' = z * h + (1 - z) * g

Source: Cho et al. 2014; `reset_after` as in cuDNN and Keras, whose layout this is.
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
    squash,
    start,
)
from recurra.kernels._core import CoreCache
from recurra.kernels._schedule import Array, BoolArray, Rows, Schedule, plan
from recurra.kernels._sequence import Record, state_gradient

__all__ = [
    "GRUCache",
    "GRUGradients",
    "GRUOutput",
    "GRUWeights",
    "check_gru_weights",
    "gru_backward",
    "gru_forward",
    "gru_step",
    "gru_step_gradients",
]

GATES = 3


class GRUWeights(NamedTuple):
    """Weights of a GRU; gate order z, r, h.

    Attributes:
        kernel: Input weights, shape `(features, 3 * units)`.
        recurrent_kernel: State weights, shape `(units, 3 * units)`.
        bias: With `reset_after` `(2, 3 * units)`, input and recurrent bias; without it
            `(3 * units,)`; or None.
        reset_after: Whether the reset gate is applied after the recurrent product.
    """

    kernel: Array
    recurrent_kernel: Array
    bias: Array | None = None
    reset_after: bool = True


@dataclass(frozen=True)
class _Cell:
    """The products of one call; the candidate's own stands apart without `reset_after`."""

    product: DropoutProduct
    recurrent: DropoutProduct
    candidate: DropoutProduct | None
    bias: Array | None
    recurrent_bias: Array | None
    units: int


@dataclass(frozen=True)
class GRUCache:
    """What `gru_forward` keeps for `gru_backward`; packed rows, in the schedule's order."""

    schedule: Schedule
    cell: _Cell
    zero_output_for_mask: bool
    x: Array
    gates: Array
    h_before: Array
    inner: Array


class GRUOutput(NamedTuple):
    """Result of a sequence.

    Attributes:
        sequence: State after every step in the order of processing, `(batch, time, units)`.
        h: Last state, `(batch, units)`.
        cache: What the backward pass needs; None unless it was asked for.
    """

    sequence: Array
    h: Array
    cache: GRUCache | CoreCache | None = None


class GRUGradients(NamedTuple):
    """Gradients of a loss with respect to what `gru_forward` was given, same shapes."""

    x: Array
    h0: Array
    weights: GRUWeights


def gru_forward(
    x: Array,
    weights: GRUWeights,
    h0: Array | None = None,
    *,
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
) -> GRUOutput:
    """Run a GRU over whole sequences.

    Args:
        x: Input, shape `(batch, time, features)`, any float dtype.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        mask: Valid steps, boolean, `(batch, time)`. A masked step carries the state over; its
            output repeats the state before it (`h0` before the first valid step).
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros instead.
        dropout_mask: Multiplies the input at every step, `(batch, features)` or, one for each
            gate, `(3, batch, features)`.
        recurrent_dropout_mask: Multiplies the state before its product with the recurrent kernel,
            `(batch, units)` or `(3, batch, units)`.
        keep_cache: Keep what `gru_backward` needs.

    Returns:
        Sequence, last state and cache, all of the dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UsageError: If both `mask` and `lengths` are given.
    """
    check_sequence(x)
    units = check_gru_weights(x, weights)
    schedule = plan(x.shape[0], x.shape[1], mask, lengths, backwards=go_backwards)
    cell = _cell(
        weights,
        enter_mask("dropout_mask", dropout_mask, (GATES, x.shape[2]), x, schedule),
        enter_mask("recurrent_dropout_mask", recurrent_dropout_mask, (GATES, units), x, schedule),
    )
    h = start("h0", h0, units, x, schedule)
    packed = schedule.pack(x)
    gates = cell.product(packed, schedule.packed_rows())
    if cell.bias is not None:
        gates += cell.bias
    inner = np.empty((len(packed), units), x.dtype) if keep_cache else None
    record = Record(schedule, units, x.dtype, zero_output_for_mask, keep_cache)
    for step, rows, part in schedule.steps():
        record.keep(part, h[rows])
        h[rows] = _advance(cell, gates[part], h[rows], rows, None if inner is None else inner[part])
        record.emit(step, rows, h)
    cache = None
    if inner is not None:
        kept = record.before[0]
        cache = GRUCache(schedule, cell, zero_output_for_mask, packed, gates, kept, inner)
    return GRUOutput(record.sequence(), schedule.leave(h), cache)


def check_gru_weights(x: Array, weights: GRUWeights) -> int:
    """Check the weights against the input and return `units`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    kernel, recurrent_kernel, bias, reset_after = weights
    units = check_weights(x, kernel, recurrent_kernel, None, GATES)
    if bias is not None:
        shape = (2, GATES * units) if reset_after else (GATES * units,)
        check_array("bias", bias, shape, x)
    return units


def _cell(weights: GRUWeights, mask: Array | None, recurrent_mask: Array | None) -> _Cell:
    kernel, u, bias, reset_after = weights
    units = u.shape[0]
    product = DropoutProduct(kernel, mask, GATES)
    if reset_after:
        recurrent, candidate = DropoutProduct(u, recurrent_mask, GATES), None
    else:
        per_gate = recurrent_mask is not None and recurrent_mask.ndim == 3
        first, last = (recurrent_mask,) * 2
        if recurrent_mask is not None and per_gate:
            first, last = recurrent_mask[:2], recurrent_mask[2]
        recurrent = DropoutProduct(u[:, : 2 * units], first, 2)
        candidate = DropoutProduct(u[:, 2 * units :], last, 1)
    split = bias is not None and reset_after
    first_bias, second_bias = (bias[0], bias[1]) if bias is not None and split else (bias, None)
    return _Cell(product, recurrent, candidate, first_bias, second_bias, units)


def _advance(cell: _Cell, a: Array, h: Array, rows: Rows, inner: Array | None) -> Array:
    """Return the next `h`; `a` becomes the activated gates, `inner` what the reset gate scales."""
    units = cell.units
    zr, candidate = a[:, : 2 * units], a[:, 2 * units :]
    state = cell.recurrent(h, rows)
    if cell.recurrent_bias is not None:
        state += cell.recurrent_bias
    zr += state[:, : 2 * units]
    squash(zr)
    z, r = zr[:, :units], zr[:, units:]
    scaled = h if cell.candidate is not None else state[:, 2 * units :]
    if inner is not None:
        inner[:] = scaled
    candidate += r * scaled if cell.candidate is None else cell.candidate(r * h, rows)
    np.tanh(candidate, out=candidate)
    after: Array = candidate + z * (h - candidate)
    return after


def gru_backward(
    cache: GRUCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> GRUGradients:
    """Propagate gradients back through a whole sequence.

    Args:
        cache: From `gru_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `GRUOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `GRUOutput.h`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial state and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    schedule, cell = cache.schedule, cache.cell
    dh = start("d_h", d_h, cell.units, cache.x, schedule)
    incoming = state_gradient(d_sequence, cell.units, cache.x, schedule)
    dz, dstate = np.empty_like(cache.gates), np.empty_like(cache.gates)
    for step, rows, part in schedule.steps(reverse=True):
        incoming.add(step, rows, dh, cache.zero_output_for_mask)
        dh[rows] = gru_step_gradients(cache, part, rows, dh[rows], dz=dz[part], dstate=dstate[part])
    every = schedule.packed_rows()
    dkernel = cell.product.kernel_gradient(cache.x, dz, every)
    weights = GRUWeights(
        dkernel,
        _recurrent_gradient(cache, dz, dstate, every),
        _bias_gradient(cell, dz, dstate),
        cell.candidate is None,
    )
    dx = schedule.unpack(cell.product.input_gradient(dz, every))
    return GRUGradients(dx, schedule.leave(dh), weights)


def gru_step_gradients(
    cache: GRUCache, part: slice, rows: Rows, dh: Array, *, dz: Array, dstate: Array
) -> Array:
    """Fill the gradients before activation and return the gradient of the state before.

    `dz` belongs to the input's side of each gate, `dstate` to the state's side.
    """
    cell, units = cache.cell, cache.cell.units
    z, r, g = np.split(cache.gates[part], GATES, axis=1)
    h, inner = cache.h_before[part], cache.inner[part]
    dg = dh * (1 - z) * (1 - g * g)
    before = dh * z
    if cell.candidate is None:
        scaled: Array = dg
    else:
        scaled = cell.candidate.input_gradient(dg, rows)
        before += scaled * r
    dz[:, :units] = dh * (h - g) * z * (1 - z)
    dz[:, units : 2 * units] = scaled * inner * r * (1 - r)
    dz[:, 2 * units :] = dg
    dstate[:, : 2 * units] = dz[:, : 2 * units]
    dstate[:, 2 * units :] = dg * r
    own = dstate if cell.candidate is None else dstate[:, : 2 * units]
    before += cell.recurrent.input_gradient(own, rows)
    return before


def _recurrent_gradient(
    cache: GRUCache, dz: Array, dstate: Array, every: npt.NDArray[np.intp]
) -> Array:
    cell, units = cache.cell, cache.cell.units
    if cell.candidate is None:
        return cell.recurrent.kernel_gradient(cache.h_before, dstate, every)
    reset = cache.h_before * cache.gates[:, units : 2 * units]
    first = cell.recurrent.kernel_gradient(cache.h_before, dz[:, : 2 * units], every)
    last = cell.candidate.kernel_gradient(reset, dz[:, 2 * units :], every)
    return np.concatenate([first, last], axis=1)


def _bias_gradient(cell: _Cell, dz: Array, dstate: Array) -> Array | None:
    if cell.bias is None:
        return None
    if cell.recurrent_bias is None:
        return bias_sum(dz)
    return np.stack([bias_sum(dz), bias_sum(dstate)])


def gru_step(x: Array, h: Array, weights: GRUWeights) -> Array:
    """Advance a GRU by one time step.

    Args:
        x: Input, shape `(batch, features)`.
        h: Previous state, shape `(batch, units)`.
        weights: Weights; gate order z, r, h.

    Returns:
        New state, shape `(batch, units)`, dtype of `x`.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    check_sequence(x, axes=2)
    units = check_gru_weights(x, weights)
    check_array("h", h, (x.shape[0], units), x)
    cell = _cell(weights, None, None)
    gates = np.matmul(x, weights.kernel)
    if cell.bias is not None:
        gates += cell.bias
    return _advance(cell, gates, h, slice(None), None)
