"""Measures how far back a network over sequences looks; see `effective_context`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.tasks._context_measuring import affordable_inputs
from recurra.tasks.effective_context import (
    ContextCurve,
    averaged_values,
    memory_curve,
    total_variation,
)

__all__ = ["sequence_context"]

Array: TypeAlias = NDArray[Any]


def sequence_context(
    predict: Callable[[list[Array]], Array],
    rows: Sequence[Array],
    weights: Mapping[str, Array],
    *,
    regression: bool,
) -> ContextCurve:
    """Measure a classifier or regressor of sequences.

    A step is exchanged for the mean of its sequence. What changes is the total-variation distance
    of the classes' probabilities, or the scaled number. The sequences that are read have about the
    same length, that of which a quarter of all is longer.

    Args:
        predict: From scaled sequences to outputs `(sequences, outputs)`.
        rows: Scaled sequences, `(time, features)`; at least one.
        weights: Of the network, by name.
        regression: Whether the outputs are numbers.
    """
    lengths = np.array([len(row) for row in rows])
    usual = np.quantile(lengths, 0.75, method="nearest")
    nearest = np.argsort(np.abs(lengths - usual), kind="stable")
    long_enough = nearest[lengths[nearest] > usual / 2]
    chosen = [rows[k] for k in long_enough[: affordable_inputs(weights, int(usual))]]
    clean = predict(chosen)

    def change(distance: int) -> Array:
        changed = [_averaged(row, distance) for row in chosen]
        found = predict(changed)
        return np.abs(found - clean)[:, 0] if regression else total_variation(found, clean)

    return memory_curve(change, min(map(len, chosen)))


def _averaged(row: Array, distance: int) -> Array:
    steps = np.arange(len(row))[None] == len(row) - 1 - distance
    averaged: Array = averaged_values(row, row.shape[1], steps)[0]
    return averaged
