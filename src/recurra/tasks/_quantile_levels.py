"""Quantiles between and beyond those that a forecaster gives."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["quantiles_at"]

_NEAREST = 1e-6  # to 0 and 1, where a normal distribution has no quantile


def quantiles_at(
    values: NDArray[Any], levels: Sequence[float], wanted: Sequence[float]
) -> NDArray[np.float64]:
    """Read quantiles at other levels.

    Between two levels the values go in a straight line over the normal distribution's quantiles,
    beyond them the line of the outermost two goes on: exact where the forecast is normal, and
    never crossing.

    Args:
        values: Quantiles, rising along the last axis, shape `(..., levels)`.
        levels: Their levels, rising; two at least.
        wanted: Levels from 0 to 1.

    Returns:
        Shape `(..., wanted)`.
    """
    normal = NormalDist()
    known = np.array([normal.inv_cdf(level) for level in levels])
    asked = np.array([normal.inv_cdf(min(max(q, _NEAREST), 1 - _NEAREST)) for q in wanted])
    left = np.clip(np.searchsorted(known, asked) - 1, 0, len(known) - 2)
    share = (asked - known[left]) / (known[left + 1] - known[left])
    result: NDArray[np.float64] = values[..., left] * (1 - share) + values[..., left + 1] * share
    return result
