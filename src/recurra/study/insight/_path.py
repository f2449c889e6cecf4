"""The score along a straight line from an empty input to the one that there is.

Source: integrated gradients, Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep
Networks", eq. 1. The quadrature is Clenshaw & Curtis's (1960): its points for twice the steps
contain all those known already, and both ends of the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._gradients import OutputGradients
from recurra.study.insight._scoring import rows_at_once
from recurra.study.insight._watching import record
from recurra.study.insight.subject import Subject

__all__ = ["TOLERANCE", "PathIntegral", "integrate", "quadrature"]

Array: TypeAlias = NDArray[np.float64]
Slopes: TypeAlias = Callable[[Array], tuple[Array, Array]]

TOLERANCE = 0.01
_FIRST_STEPS, _MOST_STEPS = 16, 512
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class PathIntegral:
    """What was found along the line.

    Attributes:
        contributions: How much each step changes the score along the line, `(time,)`: the
            integral of the gradient times the step's whole change, summed over its features.
        gradient_x_input: The gradient at the end of the line times the same change, `(time,)`.
        difference: The score at the end less that at the start.
        steps: Intervals of the line.
    """

    contributions: Array
    gradient_x_input: Array
    difference: float
    steps: int

    @property
    def error(self) -> float:
        """|sum of contributions - difference| / |difference|; 0 where both are nought."""
        gap = abs(float(self.contributions.sum()) - self.difference)
        return gap / max(abs(self.difference), _TINY)


def integrate(subject: Subject) -> PathIntegral:
    """Integrate the gradient of a subject's score from an empty input to its input.

    Nothing is said at the start: vectors of zeros stand for tokens, for values what the subject
    calls empty, or their mean over the window. Intervals are doubled until the contributions sum
    to the difference of the scores within 1 %, up to 512.

    Args:
        subject: The input and its model.
    """
    slopes = _slopes(subject)
    steps = _FIRST_STEPS
    points, weights = quadrature(steps)
    scores, along = slopes(points)
    while True:
        found = PathIntegral(weights @ along, along[-1], float(scores[-1] - scores[0]), steps)
        if found.error < TOLERANCE or steps == _MOST_STEPS:
            return found
        steps *= 2
        points, weights = quadrature(steps)
        _, between = slopes(points[1::2])
        along = np.insert(along, np.arange(1, len(along)), between, axis=0)


def quadrature(steps: int) -> tuple[Array, Array]:
    """Return the points and the weights of Clenshaw-Curtis quadrature on [0, 1].

    Args:
        steps: Number of intervals, even.

    Returns:
        Points, rising, and weights that sum to 1, both `(steps + 1,)`.
    """
    angles = np.pi * np.arange(steps + 1) / steps
    orders = np.arange(1, steps // 2 + 1)
    factors = np.where(orders == steps // 2, 1.0, 2.0) / (4 * orders**2 - 1)
    weights = (1 - np.cos(2 * np.outer(angles, orders)) @ factors) / steps
    weights[[0, -1]] /= 2
    return (1 - np.cos(angles)) / 2, weights


def _slopes(subject: Subject) -> Slopes:
    """Return a function of points of the line, `(n,)`.

    It returns the scores there, `(n,)`, and the derivative of the score with respect to how far
    each step has gone, `(n, time)`. All its batches have one size, so that it is compiled once.
    """
    start, end = _ends(subject)
    change, source = end - start, subject.source
    gradients = OutputGradients(subject.model, subject.score, [source], substituted=[source])
    rows = rows_at_once(subject, _FIRST_STEPS + 1)

    def batch(points: Array) -> tuple[Array, Array]:
        padded = np.pad(points, (0, rows - len(points)), mode="edge").astype(np.float32)
        found = gradients(subject.inputs, {source: start + padded[:, None, None] * change})
        slopes = np.einsum("ntw,tw->nt", found.gradients[source][0], change, dtype=np.float64)
        return found.values[: len(points)].astype(np.float64), slopes[: len(points)]

    def slopes(points: Array) -> tuple[Array, Array]:
        parts = [batch(points[at : at + rows]) for at in range(0, len(points), rows)]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    return slopes


def _ends(subject: Subject) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the empty input and the input as vectors, both `(time, width)`."""
    if subject.vectors is not None:
        vectors = record(subject.model, subject.inputs, [subject.vectors])[0].outputs[0][0]
        return np.zeros_like(vectors, np.float32), vectors.astype(np.float32)
    if subject.empty is not None:
        return subject.empty, _steps_of(subject, subject.inputs)
    every = np.ones((1, len(subject.labels)), bool)
    empty = subject.replace(every, np.random.default_rng(0))
    return _steps_of(subject, empty), _steps_of(subject, subject.inputs)


def _steps_of(subject: Subject, inputs: Any) -> NDArray[np.float32]:
    value = inputs if subject.sequence is None else inputs[subject.sequence]
    return np.asarray(value[0], np.float32)
