"""Metrics of regression, with those of the best constant beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.collections import TargetScaler

__all__ = ["regression_metrics"]

Numbers = NDArray[np.float64]


def regression_metrics(
    numbers: Numbers, predicted: Numbers, training: TargetScaler
) -> dict[str, float | None]:
    """Measure predicted numbers.

    Args:
        numbers: True ones, shape `(rows,)`.
        predicted: As many.
        training: Mean and median of the training's numbers, the constants to compare with.

    Returns:
        `mae` and `rmse` in the numbers' unit; `r2`, 1 for exact answers and 0 for those of the
        mean of these rows, `None` where all numbers are alike; `baseline_mae` of the training's
        median and `baseline_rmse` of its mean.
    """
    squares = float(np.square(numbers - predicted).sum())
    spread = float(np.square(numbers - numbers.mean()).sum())
    return {
        "mae": float(np.abs(numbers - predicted).mean()),
        "rmse": float(np.sqrt(squares / len(numbers))),
        "r2": 1 - squares / spread if spread > 0 else None,
        "baseline_mae": float(np.abs(numbers - training.median).mean()),
        "baseline_rmse": float(np.sqrt(np.square(numbers - training.mean).mean())),
    }
