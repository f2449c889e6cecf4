"""How far back an input still changes what a network answers.

One step of an input is exchanged, at one distance from its end after the other, and the change of
the answer is measured; the effective context is the number of last steps that hold 95 % of it.
Prediction alone is needed, no gradient, so that every kind of network can be measured after `fit`.

Source: perturbing the context of a language model and watching its predictions, Khandelwal et al.
2018, "Sharp Nearby, Fuzzy Far Away: How Neural Language Models Use Context".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences import UNK_ID

__all__ = [
    "CONTEXT_METRICS",
    "ContextCurve",
    "averaged_values",
    "context_metrics",
    "context_words",
    "exchanged_tokens",
    "memory_curve",
    "spaced_distances",
    "total_variation",
]

Array: TypeAlias = NDArray[Any]
Change: TypeAlias = Callable[[int], Array]

CONTEXT_METRICS = ("effective_context", "context_length")

_SHARE = 0.95
_NEAR, _FAR = 12, 10  # distances measured one by one, and spaced beyond them
_TRIES = 8


@dataclass(frozen=True, eq=False)
class ContextCurve:
    """How much the answer changes with a step that lies so far back.

    Attributes:
        distances: Steps between the exchanged step and the last one, rising from 0, `(n,)`.
        change: Mean change of the answer for each of them, 0 or more, `(n,)`.
        length: Steps of the inputs.
        inputs: How many inputs were averaged.
    """

    distances: NDArray[np.int64]
    change: NDArray[np.float64]
    length: int
    inputs: int

    @property
    def effective_context(self) -> int:
        """Smallest number of last steps that hold 95 % of the summed change; 0 without any.

        Between the measured distances the change is taken to be linear.
        """
        steps = np.interp(np.arange(self.length), self.distances, self.change)
        summed = np.cumsum(steps)
        if summed[-1] <= 0:
            return 0
        return int(np.searchsorted(summed, _SHARE * summed[-1])) + 1


def memory_curve(change: Change, length: int) -> ContextCurve:
    """Measure the change of an answer at distances that grow with how far back they lie.

    Args:
        change: Returns the change of the answer to each input, `(inputs,)`, 0 or more, when the
            step so many steps before the last one is exchanged.
        length: Steps of the inputs, at least 1.
    """
    distances = spaced_distances(length)
    found = [np.asarray(change(int(distance)), np.float64) for distance in distances]
    means = np.array([values.mean() for values in found])
    return ContextCurve(distances, means, length, len(found[0]))


def exchanged_tokens(
    ids: NDArray[np.int32], steps: NDArray[np.bool_], generator: np.random.Generator
) -> NDArray[np.int32]:
    """Exchange tokens of a text for others of the same text.

    Args:
        ids: Token ids, `(time,)`.
        steps: Which to exchange, `(rows, time)`.
        generator: Draws the others.

    Returns:
        One text for each row, `(rows, time)`; the unknown token where hardly another is found.
    """
    found = np.where(steps, np.int32(UNK_ID), ids)
    open_steps = steps.copy()
    for _ in range(_TRIES):
        drawn = ids[generator.integers(len(ids), size=steps.shape)]
        fits = open_steps & (drawn != ids)
        found[fits] = drawn[fits]
        open_steps &= ~fits
    return found


def averaged_values(
    past: NDArray[np.float32],
    observed: int,
    steps: NDArray[np.bool_],
    counts: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """Exchange what was observed at steps of a window for its mean over the window.

    Args:
        past: One window, `(time, features)`.
        observed: How many features, the first ones, are observations; the rest tells the time.
        steps: Which to exchange, `(rows, time)`.
        counts: Steps that count for the mean, `(time,)`; all of them when `None`.

    Returns:
        One window for each row, `(rows, time, features)`.
    """
    own = past[:, :observed]
    mean = own.mean(axis=0) if counts is None or not counts.any() else own[counts].mean(axis=0)
    found = np.repeat(past[None], len(steps), axis=0)
    found[..., :observed] = np.where(steps[..., None], mean, own)
    return found


def total_variation(found: Array, expected: Array) -> NDArray[np.float64]:
    """Return half of the summed differences of probabilities, 0 to 1, over the last axis."""
    gaps = np.abs(np.asarray(found, np.float64) - expected)
    total: NDArray[np.float64] = gaps.sum(axis=-1) / 2
    return total


def context_metrics(curve: ContextCurve) -> dict[str, int]:
    """Return what `metrics_` keeps of a curve: the effective context, and of how many steps."""
    return dict(zip(CONTEXT_METRICS, (curve.effective_context, curve.length), strict=True))


def context_words(metrics: Mapping[str, Any], unit: str) -> list[str]:
    """Say how far back a model looks, one line of a model card; none where it was not measured.

    Args:
        metrics: With what `context_metrics` gives.
        unit: What a step is, such as `"word"`.
    """
    steps, length = (metrics.get(name) for name in CONTEXT_METRICS)
    if steps is None or length is None:
        return []
    return [
        f"- Effective context: {steps:,} {unit}s (they hold 95 % of what exchanging one of the "
        f"last {length:,} changes in the answer)"
    ]


def spaced_distances(length: int) -> NDArray[np.int64]:
    """Return distances from 0 to `length - 1`, closer where they are short, int64.

    Raises:
        DataError: If there is no step.
    """
    if length < 1:
        raise DataError("there is no step to measure the memory of")
    if length <= _NEAR:
        return np.arange(length)
    far = np.rint(np.geomspace(_NEAR, length - 1, _FAR)).astype(np.int64)
    return np.unique(np.concatenate([np.arange(_NEAR), far]))
