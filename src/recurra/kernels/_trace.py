"""What happens inside a recurrence: every gate, every state, and their gradients, step by step.

All of it comes from the cache that the NumPy reference keeps for its backward pass, so that what
is shown is what was computed. Arrays go in the order of time, also for a backward direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from recurra.kernels._common import start
from recurra.kernels._gru import GRUCache, gru_step_gradients
from recurra.kernels._lstm import GATES as LSTM_GATES
from recurra.kernels._lstm import LSTMCache, lstm_gate_gradients
from recurra.kernels._schedule import Array, Rows, Schedule
from recurra.kernels._sequence import state_gradient
from recurra.kernels._simple_rnn import SimpleRNNCache, activation_slope

__all__ = [
    "RecurrenceSteps",
    "StateGradients",
    "gru_gates",
    "gru_state_gradients",
    "lstm_gates",
    "lstm_state_gradients",
    "simple_rnn_state_gradients",
    "simple_rnn_states",
]


@dataclass(frozen=True, eq=False)
class RecurrenceSteps:
    """Everything a cell computed, step by step.

    Attributes:
        hidden: State after each step, `(batch, time, units)`; a masked step repeats the state
            before it. A row without any valid step shows zeros.
        cell_state: The same for an LSTM's cell state; None for other cells.
        gates: Activated gates by name, each `(batch, time, units)`, zeros at masked steps. LSTM:
            input, forget, output, candidate; GRU: update, reset, candidate; SimpleRNN: none.
    """

    hidden: Array
    cell_state: Array | None
    gates: dict[str, Array]


class StateGradients(NamedTuple):
    """Total derivatives of a loss with respect to the states.

    Attributes:
        hidden: With respect to the state after each step, through that step's output and all
            later steps, `(batch, time, units)`.
        cell_state: With respect to an LSTM's cell state after each step, its effect on the state
            of the same step included; None for other cells.
    """

    hidden: Array
    cell_state: Array | None = None


def lstm_gates(cache: LSTMCache) -> RecurrenceSteps:
    """Return the gates and states of an LSTM.

    Args:
        cache: From `lstm_forward(..., keep_cache=True)`.
    """
    i, f, g, o = np.split(cache.gates, LSTM_GATES, axis=1)
    c = f * cache.c_before
    c += i * g
    h = o * np.tanh(c)
    gates = {"input": i, "forget": f, "output": o, "candidate": g}
    return RecurrenceSteps(
        _carried(cache.schedule, h, cache.h_before),
        _carried(cache.schedule, c, cache.c_before),
        {name: cache.schedule.unpack(gate) for name, gate in gates.items()},
    )


def gru_gates(cache: GRUCache) -> RecurrenceSteps:
    """Return the gates and states of a GRU.

    Args:
        cache: From `gru_forward(..., keep_cache=True)`.
    """
    z, r, g = np.split(cache.gates, 3, axis=1)
    h = g + z * (cache.h_before - g)
    gates = {"update": z, "reset": r, "candidate": g}
    return RecurrenceSteps(
        _carried(cache.schedule, h, cache.h_before),
        None,
        {name: cache.schedule.unpack(gate) for name, gate in gates.items()},
    )


def simple_rnn_states(cache: SimpleRNNCache) -> RecurrenceSteps:
    """Return the states of a SimpleRNN; it has no gates.

    Args:
        cache: From `simple_rnn_forward(..., keep_cache=True)`.
    """
    return RecurrenceSteps(_carried(cache.schedule, cache.h_after, cache.h_before), None, {})


def _carried(schedule: Schedule, after: Array, before: Array) -> Array:
    """Lay packed states out over time; a masked step repeats the state before it."""
    state = np.zeros((schedule.batch, after.shape[1]), after.dtype)
    for _, rows, part in schedule.steps(reverse=True):
        state[rows] = before[part]  # in the end, the state before each row's first valid step
    out = np.empty((schedule.time, *state.shape), after.dtype)
    for step, rows, part in schedule.steps():
        state[rows] = after[part]
        out[step] = state
    return _in_time(schedule, out)


def _in_time(schedule: Schedule, steps: Array) -> Array:
    """Return `(time, batch, units)` in the order of processing as `(batch, time, units)`."""
    major = schedule.leave(steps)
    return np.ascontiguousarray((major[::-1] if schedule.backwards else major).transpose(1, 0, 2))


def lstm_state_gradients(
    cache: LSTMCache,
    d_sequence: Array | None = None,
    d_h: Array | None = None,
    d_c: Array | None = None,
) -> StateGradients:
    """Return the derivatives of a loss with respect to both states of an LSTM at every step.

    Args:
        cache: From `lstm_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `LSTMOutput.sequence`, `(batch, time, units)`, in the order of
            processing; None: zeros.
        d_h: Gradient of `LSTMOutput.h`, `(batch, units)`; None: zeros.
        d_c: Gradient of `LSTMOutput.c`, `(batch, units)`; None: zeros.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    units = cache.h_before.shape[1]
    dc = start("d_c", d_c, units, cache.x, cache.schedule)
    cells = np.empty((cache.schedule.time, *dc.shape), dc.dtype)
    hidden = np.empty_like(cells)
    for step, rows, part, dh in _backwards(cache, units, d_sequence, d_h):
        hidden[step], cells[step] = dh, dc
        gates, before = cache.gates[part], cache.c_before[part]
        dz, dc[rows] = lstm_gate_gradients(gates, before, dh[rows], dc[rows])
        cells[step][rows] += _through_output(gates, before, dh[rows])
        dh[rows] = cache.recurrent.input_gradient(dz, rows)
    return StateGradients(_in_time(cache.schedule, hidden), _in_time(cache.schedule, cells))


def _through_output(gates: Array, c_before: Array, dh: Array) -> Array:
    """Return what the cell state's gradient gains through the state of the same step."""
    i, f, g, o = np.split(gates, LSTM_GATES, axis=1)
    squashed = np.tanh(f * c_before + i * g)
    gained: Array = dh * o * (1 - squashed * squashed)
    return gained


def gru_state_gradients(
    cache: GRUCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> StateGradients:
    """Return the derivatives of a loss with respect to the state of a GRU at every step.

    Args:
        cache: From `gru_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `GRUOutput.sequence`, `(batch, time, units)`, in the order of
            processing; None: zeros.
        d_h: Gradient of `GRUOutput.h`, `(batch, units)`; None: zeros.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    units = cache.cell.units
    hidden = np.empty((cache.schedule.time, cache.schedule.batch, units), cache.x.dtype)
    for step, rows, part, dh in _backwards(cache, units, d_sequence, d_h):
        hidden[step] = dh
        scratch = np.empty_like(cache.gates[part])
        dh[rows] = gru_step_gradients(
            cache, part, rows, dh[rows], dz=scratch, dstate=np.empty_like(scratch)
        )
    return StateGradients(_in_time(cache.schedule, hidden))


def simple_rnn_state_gradients(
    cache: SimpleRNNCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> StateGradients:
    """Return the derivatives of a loss with respect to the state of a SimpleRNN at every step.

    Args:
        cache: From `simple_rnn_forward(..., keep_cache=True)`.
        d_sequence: Gradient of `SimpleRNNOutput.sequence`, `(batch, time, units)`, in the order
            of processing; None: zeros.
        d_h: Gradient of `SimpleRNNOutput.h`, `(batch, units)`; None: zeros.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    units = cache.h_before.shape[1]
    hidden = np.empty((cache.schedule.time, cache.schedule.batch, units), cache.x.dtype)
    for step, rows, part, dh in _backwards(cache, units, d_sequence, d_h):
        hidden[step] = dh
        dz = dh[rows] * activation_slope(cache.h_after[part], cache.activation)
        dh[rows] = cache.recurrent.input_gradient(dz, rows)
    return StateGradients(_in_time(cache.schedule, hidden))


def _backwards(
    cache: LSTMCache | GRUCache | SimpleRNNCache,
    units: int,
    d_sequence: Array | None,
    d_h: Array | None,
) -> Iterator[tuple[int, Rows, slice, Array]]:
    """Walk from the last step to the first.

    Yields:
        Step, its rows, its packed rows, and the gradient of the state after the step for all
        rows: the one who walks overwrites it with that of the state before.
    """
    dh = start("d_h", d_h, units, cache.x, cache.schedule)
    incoming = state_gradient(d_sequence, units, cache.x, cache.schedule)
    for step, rows, part in cache.schedule.steps(reverse=True):
        incoming.add(step, rows, dh, cache.zero_output_for_mask)
        yield step, rows, part, dh
