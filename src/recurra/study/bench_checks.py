"""What has to agree before anything is timed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import KernelMismatchError

__all__ = ["Check", "norm", "require"]


@dataclass(frozen=True)
class Check:
    """Two results that have to agree.

    Attributes:
        subject: What was computed, for example `"LSTM(64)"`.
        figure: Which result, for example `"loss"`.
        error: Norm of the difference over the norm of the expected result.
        limit: The most that is allowed.
    """

    subject: str
    figure: str
    error: float
    limit: float


def norm(array: NDArray[Any]) -> float:
    """Return the Euclidean norm of all numbers together."""
    return float(np.linalg.norm(np.asarray(array, np.float64)))


def require(check: Check, reference: str) -> Check:
    """Return the check if it holds.

    Args:
        check: What came out.
        reference: Whose result was expected.

    Raises:
        KernelMismatchError: If it does not hold; NaN never does.
    """
    if not check.error <= check.limit:
        raise KernelMismatchError(
            f"{check.subject}: the {check.figure} of the core differs from {reference} by "
            f"{check.error:.1e}, relative, where {check.limit:.0e} is allowed; nothing was timed"
        )
    return check
