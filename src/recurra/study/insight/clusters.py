"""An order of a layer's units that puts alike ones side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["unit_order"]

_MOST = 512  # above, sorting the leaves of the tree (cubic in the units) would take seconds


def unit_order(hidden: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Order units so that those which rise and fall together stand side by side.

    Each unit's course over time is standardised; courses are clustered by Ward's method, and the
    tree's leaves are turned so that neighbours are as close as the tree allows (Bar-Joseph et al.
    2001). Units that never move stand together.

    Args:
        hidden: States, `(time, units)`.

    Returns:
        The units in that order, `(units,)`.
    """
    time, units = hidden.shape
    if units < 3 or time < 2:
        return np.arange(units, dtype=np.int64)
    from scipy.cluster.hierarchy import leaves_list, linkage

    courses = hidden.T.astype(np.float64)
    courses = courses - courses.mean(axis=1, keepdims=True)
    spread = courses.std(axis=1, keepdims=True)
    courses /= np.where(spread > 1e-6, spread, np.inf)
    tree = linkage(courses, method="ward", optimal_ordering=units <= _MOST)
    return np.asarray(leaves_list(tree), np.int64)
