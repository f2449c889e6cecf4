"""Missing values in windows, filled from inside the same window only.

A gap is filled when a window is read, never in the table: so no value after a window's origin can
reach its inputs, wherever the gap lies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_windows"]


def fill_windows(windows: NDArray[Any]) -> NDArray[Any]:
    """Fill NaN by straight lines between the observed values of a window.

    Before the first and after the last observed value the nearest one is repeated; a column
    without any becomes 0.

    Args:
        windows: Shape `(batch, time, columns)`.

    Returns:
        The same array where nothing is missing, otherwise a filled copy.
    """
    missing = ~np.isfinite(windows)
    if not missing.any():
        return windows
    filled = windows.copy()
    rows, columns = np.nonzero(missing.any(axis=1))
    filled[rows, :, columns] = _fill_lines(windows[rows, :, columns])
    return filled


def _fill_lines(lines: NDArray[Any]) -> NDArray[Any]:
    """Fill sequences of shape `(lines, time)`."""
    time = lines.shape[1]
    steps = np.arange(time)
    seen = np.isfinite(lines)
    before = np.maximum.accumulate(np.where(seen, steps, -1), axis=1)
    after = np.minimum.accumulate(np.where(seen, steps, time)[:, ::-1], axis=1)[:, ::-1]
    left = np.where(before < 0, after, before).clip(max=time - 1)
    right = np.where(after >= time, before, after).clip(min=0)
    known = np.where(seen, lines, 0.0)  # all 0 where nothing was observed
    low = np.take_along_axis(known, left, axis=1)
    high = np.take_along_axis(known, right, axis=1)
    share = (steps - left) / np.maximum(right - left, 1)
    result: NDArray[Any] = np.where(right > left, low + share * (high - low), low)
    return result
