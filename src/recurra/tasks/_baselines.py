"""Forecasts that every network has to beat: the last value, the last season, a linear map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import fill_windows

__all__ = ["LinearMap", "fit_linear_map", "seasonal_naive"]

Array = NDArray[Any]
_STRENGTHS = (1e-6, 1e-4, 1e-2, 0.1, 1.0, 10.0, 1e2, 1e3, 1e5)  # the last ones: nearly zero


def seasonal_naive(history: Array, horizon: int, season: int) -> Array:
    """Repeat the last season; with a season of 1, the last value.

    Args:
        history: The last rows before the origin, at least `season` of them, shape
            `(batch, time, targets)`; NaN is filled from inside the window.
        horizon: Steps to forecast.
        season: Steps of a season.

    Returns:
        Shape `(batch, horizon, targets)`.
    """
    filled = fill_windows(history[:, -season:])
    result: Array = filled[:, np.arange(horizon) % season]
    return result


@dataclass(frozen=True, eq=False)
class LinearMap:
    """A linear map from a target's look-back to its horizon, shared by targets and series.

    The decomposition of DLinear (Zeng et al. 2023) is a linear map too, so this is the best that
    DLinear could become, found in closed form.

    Attributes:
        weights: Shape `(lookback, horizon)`.
        bias: Shape `(horizon,)`.
        strength: Ridge penalty, as a share of the inputs' mean square.
    """

    weights: Array
    bias: Array
    strength: float

    def __call__(self, past: Array) -> Array:
        """Forecast.

        Args:
            past: Normalised targets, shape `(batch, lookback, targets)`.

        Returns:
            Normalised forecasts, shape `(batch, horizon, targets)`.
        """
        by_target = past.transpose(0, 2, 1) @ self.weights + self.bias
        result: Array = by_target.transpose(0, 2, 1)
        return result


def fit_linear_map(
    training: Iterable[tuple[Array, Array, Array]],
    validation: Iterable[tuple[Array, Array, Array]],
) -> LinearMap:
    """Fit by ridge regression; the validation windows choose the penalty.

    Args:
        training: Batches of past, answers and weights, shapes `(batch, lookback, targets)` and
            twice `(batch, horizon, targets)`. Windows with a missing answer are left out.
        validation: As `training`; read once.
    """
    gram, moments = _normal_equations(training)
    values, vectors = np.linalg.eigh(gram)
    projected = vectors.T @ moments
    typical = max(float(values[:-1].mean()) if len(values) > 1 else 1.0, 1e-12)
    candidates = []
    for strength in _STRENGTHS:
        solution = vectors @ (projected / (np.maximum(values, 0) + strength * typical)[:, None])
        candidates.append(LinearMap(solution[:-1], solution[-1], strength))
    errors = np.zeros(len(candidates))
    for past, answers, weights in validation:
        for k, candidate in enumerate(candidates):
            errors[k] += float((weights * (candidate(past) - answers) ** 2).sum())
    return candidates[int(errors.argmin())]


def _normal_equations(batches: Iterable[tuple[Array, Array, Array]]) -> tuple[Array, Array]:
    """Return `X'X` and `X'Y`, the last column of X being 1."""
    gram: Any = 0.0
    moments: Any = 0.0
    for past, answers, weights in batches:
        whole = weights.all(axis=1)
        inputs = past.transpose(0, 2, 1)[whole].astype(np.float64)
        outputs = answers.transpose(0, 2, 1)[whole].astype(np.float64)
        inputs = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)
        gram = gram + inputs.T @ inputs
        moments = moments + inputs.T @ outputs
    return gram, moments
