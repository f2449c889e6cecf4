"""Measures the effective context of a trained model of piano rolls; see `effective_context`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.tasks._context_measuring import affordable_inputs
from recurra.tasks.effective_context import ContextCurve, memory_curve

__all__ = ["roll_context"]

Array: TypeAlias = NDArray[Any]

_STEPS = 256  # of each piece


def roll_context(
    predict: Callable[[Array], Array], pieces: Sequence[Array], weights: Mapping[str, Array]
) -> ContextCurve:
    """Measure a model of piano rolls: mean absolute change of the next step's probabilities.

    The notes of a step are exchanged for silence, or for the step after it where it is silent.

    Args:
        predict: From rolls `(pieces, time, notes)` to the probabilities of the next step's notes,
            `(pieces, notes)`.
        pieces: Held-out pieces, each `(time, notes)` of 0 and 1; at least one.
        weights: Of the network, by name.
    """
    length = min(_STEPS, int(np.median([len(piece) for piece in pieces])))
    long_enough = [piece[:length] for piece in pieces if len(piece) >= length]
    chosen = np.stack(long_enough[: affordable_inputs(weights, length)])
    clean = predict(chosen)

    def change(distance: int) -> Array:
        step = length - 1 - distance
        changed = chosen.copy()
        following = chosen[:, (step + 1) % length]
        silent = ~chosen[:, step].any(axis=1, keepdims=True)
        changed[:, step] = np.where(silent, following, 0)
        moved: Array = np.abs(predict(changed) - clean).mean(axis=1)
        return moved

    return memory_curve(change, length)
