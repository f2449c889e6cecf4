"""What goes out of, and comes back into, the steps of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.kernels._common import check_array
from recurra.kernels._schedule import Array, Rows, Schedule

__all__ = ["Record", "StateGradient", "state_gradient"]


class Record:
    """Collects the outputs of all steps, and the states before them where asked."""

    def __init__(
        self,
        schedule: Schedule,
        units: int,
        dtype: np.dtype[Any],
        zero_output_for_mask: bool,
        keep: bool,
        *,
        states: int = 1,
    ) -> None:
        """Reserve the buffers.

        Args:
            schedule: The order of computation.
            units: Units of the cell.
            dtype: Floating-point dtype.
            zero_output_for_mask: Whether masked steps put out zeros.
            keep: Whether `before` is filled.
            states: State arrays of the cell.
        """
        shape = (schedule.time, schedule.batch, units)
        self._zeros = zero_output_for_mask and not schedule.dense
        self._out = np.zeros(shape, dtype) if self._zeros else np.empty(shape, dtype)
        self._schedule = schedule
        packed = schedule.starts[-1]
        self.before = [np.empty((packed, units), dtype) for _ in range(states if keep else 0)]

    def keep(self, part: slice, *states: Array) -> None:
        """Keep the states before a step, where they were asked for."""
        for kept, state in zip(self.before, states, strict=False):
            kept[part] = state

    def emit(self, step: int, rows: Rows, h: Array) -> None:
        """Put out the state after a step: every row, or only the rows that were computed."""
        if self._zeros:
            self._out[step][rows] = h[rows]
        else:
            self._out[step] = h

    def sequence(self) -> Array:
        """Return the outputs, `(batch, time, units)`, in the caller's order of rows."""
        return np.ascontiguousarray(self._schedule.leave(self._out).transpose(1, 0, 2))


@dataclass(frozen=True)
class StateGradient:
    """The gradient that the outputs bring to the state, step by step."""

    sequence: Array | None

    def add(self, step: int, rows: Rows, dh: Array, zero_output_for_mask: bool) -> None:
        """Add the gradient of one step's output to `dh` in place."""
        if self.sequence is None:
            return
        if zero_output_for_mask:
            dh[rows] += self.sequence[step][rows]
        else:
            dh += self.sequence[step]


def state_gradient(
    d_sequence: Array | None, units: int, x: Array, schedule: Schedule
) -> StateGradient:
    """Bring the gradient of the outputs into the schedule's order.

    Raises:
        ShapeError: If it is not `(batch, time, units)` of the dtype of `x`.
    """
    if d_sequence is None:
        return StateGradient(None)
    check_array("d_sequence", d_sequence, (schedule.batch, schedule.time, units), x)
    return StateGradient(schedule.enter(d_sequence.transpose(1, 0, 2)))
