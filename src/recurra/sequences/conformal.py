"""Conformal calibration: quantile forecasts moved until they held on windows kept aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError

__all__ = ["Calibration", "calibrate_quantiles", "conformal_shifts"]

_HALVINGS = 6
_OWN_SHARE = 0.15
_SAME = 1e-9
_FEWEST_WINDOWS = 40  # below that, neighbouring steps are taken together

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Moves a network's quantiles until they hold on held-out windows.

    A part of every distance from the median is the network's own; the rest is the usual distance
    in units of the look-back's spread (normalised residuals, Lei et al. 2018), so that intervals
    follow a series that grows livelier or calmer.
    Then the ends are moved by conformal prediction, in the same units.

    Attributes:
        quantiles: Levels, rising, 0.5 among them.
        shapes: Usual distance of each quantile from the median in spreads, shape
            `(horizon, targets, quantiles)`.
        shifts: See `conformal_shifts`, in spreads, as `shapes`.
    """

    quantiles: tuple[float, ...]
    shapes: Array
    shifts: Array

    @classmethod
    def fit(
        cls,
        actual: Array,
        forecasts: Array,
        spread: Array,
        quantiles: Sequence[float],
        ages: NDArray[np.int64],
    ) -> Calibration:
        """Fit on held-out windows.

        Args:
            actual: Shape `(windows, horizon, targets)`, NaN where nothing was observed.
            forecasts: Shape `(windows, horizon, targets, quantiles)`, rising.
            spread: Of each look-back, above 0, shape `(windows, 1, targets)`.
            quantiles: Levels.
            ages: See `conformal_shifts`.
        """
        levels = tuple(quantiles)
        scaled = forecasts / spread[..., None]
        middle = levels.index(0.5)
        shapes = np.median(scaled - scaled[..., middle : middle + 1], axis=0)
        start = cls(levels, shapes, np.zeros_like(shapes))
        mixed = start.apply(forecasts, spread) / spread[..., None]
        return cls(levels, shapes, conformal_shifts(actual / spread, mixed, levels, ages))

    def apply(self, forecasts: Array, spread: Array) -> NDArray[np.float64]:
        """Calibrate forecasts.

        Args:
            forecasts: Shape `(batch, steps, targets, quantiles)`; beyond the calibrated steps
                distances grow with the square root of the step.
            spread: Of each look-back, shape `(batch, 1, targets)`.
        """
        ahead = np.arange(forecasts.shape[1])
        steps = np.minimum(ahead, len(self.shifts) - 1)
        growth = np.sqrt((ahead + 1) / (steps + 1))[:, None, None]
        middle = self.quantiles.index(0.5)
        unit = spread[..., None]
        centre = forecasts[..., middle : middle + 1] / unit
        own = forecasts / unit - centre
        mixed = centre + _OWN_SHARE * own + (1 - _OWN_SHARE) * growth * self.shapes[steps]
        return calibrate_quantiles(mixed, growth * self.shifts[steps], self.quantiles) * unit

    def to_arrays(self) -> dict[str, Array]:
        """Return what `from_arrays` reads."""
        return {"shapes": self.shapes, "shifts": self.shifts}

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        quantiles: Sequence[float],
        horizon: int,
        targets: int,
    ) -> Calibration:
        """Read what `to_arrays` has given.

        Raises:
            CorruptArtifactError: If it does not fit the forecaster.
        """
        shape = (horizon, targets, len(quantiles))
        shapes, shifts = arrays.get("shapes"), arrays.get("shifts")
        if shapes is None or shifts is None or {shapes.shape, shifts.shape} != {shape}:
            raise CorruptArtifactError(f"the calibration does not have the shape {shape}")
        if not (np.isfinite(shapes).all() and np.isfinite(shifts).all()):
            raise CorruptArtifactError("the calibration holds a number that is not finite")
        return cls(tuple(quantiles), shapes.astype(np.float64), shifts.astype(np.float64))


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
    """Return weights that halve with every sixth of the calibration's span."""
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
