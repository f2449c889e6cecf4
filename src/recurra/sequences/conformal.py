"""Conformal calibration: quantile forecasts moved until they held on windows kept aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError

__all__ = ["Calibration", "calibrate_quantiles", "conformal_shifts", "outside"]

_OWN_SHARE = 0.15
_SAME = 1e-9
_FEWEST_WINDOWS = 40  # below that, neighbouring steps are taken together

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Moves a network's quantiles until they hold on held-out windows.

    A part of every distance from the median is the network's own. The rest is the usual distance,
    in units of the look-back's spread (normalised residuals, Lei et al. 2018), so that intervals
    follow a series that grows livelier or calmer. Then conformal prediction moves the ends, in the
    same units.

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
    ) -> Calibration:
        """Fit on held-out windows.

        Args:
            actual: Shape `(windows, horizon, targets)`, NaN where nothing was observed.
            forecasts: Shape `(windows, horizon, targets, quantiles)`, rising.
            spread: Of each look-back, above 0, shape `(windows, 1, targets)`.
            quantiles: Levels.
        """
        levels = tuple(quantiles)
        scaled = forecasts / spread[..., None]
        middle = levels.index(0.5)
        shapes = np.median(scaled - scaled[..., middle : middle + 1], axis=0)
        start = cls(levels, shapes, np.zeros_like(shapes))
        mixed = start.apply(forecasts, spread) / spread[..., None]
        return cls(levels, shapes, conformal_shifts(actual / spread, mixed, levels))

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
    actual: Array, forecasts: Array, quantiles: Sequence[float]
) -> NDArray[np.float64]:
    """Return what each quantile forecast must be moved by to hold on calibration windows.

    Split conformal prediction (Romano et al. 2019, conformalised quantile regression), by step and
    target: the two ends of an interval, as 0.1 and 0.9, move apart by the same distance until the
    interval covers its share; a quantile without a counterpart moves alone. The median is left
    alone. Where there are few windows, the residuals of the nearest steps are taken together.

    Args:
        actual: Shape `(windows, horizon, targets)`, NaN where nothing was observed.
        forecasts: Shape `(windows, horizon, targets, quantiles)`, in the same units.
        quantiles: Levels, rising.

    Returns:
        Shape `(horizon, targets, quantiles)`; 0 where there is nothing to calibrate on.
    """
    residuals = actual[..., None] - forecasts
    _, horizon, targets, _ = residuals.shape
    shifts = np.zeros((horizon, targets, len(quantiles)))
    for step in range(horizon):
        for target in range(targets):
            near = _near_residuals(residuals[:, :, target], step)
            if len(near):
                shifts[step, target] = _shifts(near, quantiles)
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


def outside(actual: Array, forecasts: Array, quantiles: Sequence[float]) -> Array:
    """Say how far the share of misses was from what it should be, for one value each.

    Args:
        actual: Shape `(steps, targets)`, NaN where nothing is known.
        forecasts: Shape `(steps, targets, quantiles)`.
        quantiles: Levels, rising.

    Returns:
        The shape of `forecasts`: for a value outside the interval between a quantile and its
        counterpart the share of values that the interval should hold, for one inside minus the
        share that it should not; 0 for the median and where nothing is known. A quantile without
        a counterpart bounds an interval without another end.
    """
    found = np.zeros(forecasts.shape)
    for k, level in enumerate(quantiles):
        if level == 0.5:
            continue
        sign, partner, share = _interval(quantiles, k)
        missed = sign * (actual - forecasts[..., k]) > 0
        if partner is not None:
            missed |= sign * (forecasts[..., partner] - actual) > 0
        found[..., k] = missed - (1 - share)
    found[np.isnan(actual)] = 0.0
    return found


def _shifts(residuals: Array, quantiles: Sequence[float]) -> list[float]:
    """Return the shift of each quantile from residuals of shape `(values, quantiles)`."""
    shifts = []
    for k, level in enumerate(quantiles):
        sign, partner, share = _interval(quantiles, k)
        scores = sign * residuals[:, k]
        if partner is not None:
            scores = np.maximum(scores, -sign * residuals[:, partner])
        shifts.append(sign * _conformal_quantile(scores, share) if level != 0.5 else 0.0)
    return shifts


def _interval(quantiles: Sequence[float], k: int) -> tuple[float, int | None, float]:
    """Describe the interval that a quantile bounds.

    Returns:
        1 for an upper end, -1 for a lower one; the position of the other end, if there is one; and
        the share of values that the interval should hold.
    """
    level = quantiles[k]
    sign = 1.0 if level > 0.5 else -1.0
    share = max(level, 1 - level)
    for other, its_level in enumerate(quantiles):
        if abs(its_level + level - 1) < _SAME and other != k:
            return sign, other, 2 * share - 1
    return sign, None, share


def _near_residuals(residuals: Array, step: int) -> Array:
    """Return the residuals of a step, with the neighbours' where they are few.

    Args:
        residuals: Shape `(windows, horizon, quantiles)`.
        step: The step.
    """
    horizon = residuals.shape[1]
    for reach in range(horizon):
        near: NDArray[Any] = residuals[:, max(0, step - reach) : step + reach + 1]
        present: NDArray[np.bool_] = np.isfinite(near[..., 0])
        if present.sum() >= _FEWEST_WINDOWS:
            break
    kept: NDArray[Any] = near[present]
    return kept


def _conformal_quantile(scores: Array, share: float) -> float:
    """Return the quantile that leaves room for the window to come, which may lie beyond all."""
    place = int(np.ceil(share * (len(scores) + 1) - 1e-9)) - 1
    return float(np.sort(scores)[min(place, len(scores) - 1)])
