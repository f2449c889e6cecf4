"""Conformal calibration: quantile forecasts moved until they held on windows kept aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibrate_quantiles", "conformal_shifts"]

_HALVINGS = 8
_SAME = 1e-9
_FEWEST_WINDOWS = 40  # below that, neighbouring steps are taken together

Array = NDArray[np.float64]


def conformal_shifts(
    actual: Array,
    forecasts: Array,
    quantiles: Sequence[float],
    ages: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Return what each quantile forecast must be moved by to hold on calibration windows.

    Split conformal prediction (Romano et al. 2019, conformalised quantile regression), by step and
    target: the two ends of an interval, as 0.1 and 0.9, move apart by the same distance until the
    interval covers its share; a quantile without a counterpart moves alone. The median is left
    alone. Series drift, so windows count less the older they are (Barber et al. 2023, conformal
    prediction beyond exchangeability). Where there are few windows, the residuals of the nearest
    steps are taken together.

    Args:
        actual: Shape `(windows, horizon, targets)`, NaN where nothing was observed.
        forecasts: Shape `(windows, horizon, targets, quantiles)`, in the same units.
        quantiles: Levels, rising.
        ages: Steps from each window to the newest, shape `(windows,)`; all count alike when left
            out.

    Returns:
        Shape `(horizon, targets, quantiles)`; 0 where there is nothing to calibrate on.
    """
    residuals = actual[..., None] - forecasts
    _, horizon, targets, _ = residuals.shape
    weights = _recency(np.zeros(len(actual), dtype=np.int64) if ages is None else ages)
    shifts = np.zeros((horizon, targets, len(quantiles)))
    for step in range(horizon):
        for target in range(targets):
            near, heavy = _near_residuals(residuals[:, :, target], weights, step)
            if len(near):
                shifts[step, target] = _shifts(near, heavy, quantiles)
    return shifts


def calibrate_quantiles(
    forecasts: Array, shifts: Array, quantiles: Sequence[float]
) -> NDArray[np.float64]:
    """Move quantile forecasts; none passes the median or a quantile nearer to it.

    Args:
        forecasts: Shape `(batch, horizon, targets, quantiles)`.
        shifts: Shape `(horizon, targets, quantiles)`.
        quantiles: Levels, rising, 0.5 among them.
    """
    middle = list(quantiles).index(0.5)
    moved = forecasts + shifts
    upper = np.maximum.accumulate(moved[..., middle:], axis=-1)
    lower = np.minimum.accumulate(moved[..., middle::-1], axis=-1)[..., ::-1]
    result: NDArray[np.float64] = np.concatenate([lower[..., :-1], upper], axis=-1)
    return result


def _shifts(residuals: Array, weights: Array, quantiles: Sequence[float]) -> list[float]:
    """Return the shift of each quantile from residuals of shape `(values, quantiles)`."""
    shifts = []
    for k, level in enumerate(quantiles):
        sign = 1.0 if level > 0.5 else -1.0
        partner = _partner(quantiles, level)
        scores = sign * residuals[:, k]
        share = max(level, 1 - level)
        if partner is not None:
            scores = np.maximum(scores, -sign * residuals[:, partner])
            share = 2 * share - 1
        shifts.append(sign * _conformal_quantile(scores, weights, share) if level != 0.5 else 0.0)
    return shifts


def _partner(quantiles: Sequence[float], level: float) -> int | None:
    """Return the position of the other end of an interval around the median."""
    for k, other in enumerate(quantiles):
        if abs(other + level - 1) < _SAME and level != 0.5:
            return k
    return None


def _recency(ages: NDArray[np.int64]) -> Array:
    """Return weights that halve with every eighth of the calibration's span."""
    span = float(ages.max(initial=0)) + 1
    return np.exp2(-_HALVINGS / span * ages.astype(np.float64))


def _near_residuals(residuals: Array, weights: Array, step: int) -> tuple[Array, Array]:
    """Return residuals of a step and their weights, with the neighbours' where they are few.

    Args:
        residuals: Shape `(windows, horizon, quantiles)`.
        weights: Shape `(windows,)`.
        step: The step.
    """
    horizon = residuals.shape[1]
    for reach in range(horizon):
        near: NDArray[Any] = residuals[:, max(0, step - reach) : step + reach + 1]
        present: NDArray[np.bool_] = np.isfinite(near[..., 0])
        if present.sum() >= _FEWEST_WINDOWS:
            break
    heavy: NDArray[Any] = np.broadcast_to(weights[:, None], present.shape)[present]
    kept: NDArray[Any] = near[present]
    return kept, heavy


def _conformal_quantile(scores: Array, weights: Array, share: float) -> float:
    """Return the weighted quantile that leaves room for the window to come.

    That window has the greatest weight, 1, and may lie beyond all others.
    """
    order = np.argsort(scores)
    reached = np.cumsum(weights[order]) / (weights.sum() + 1.0)
    place = int(np.searchsorted(reached, share - 1e-12))
    return float(scores[order[min(place, len(order) - 1)]])
