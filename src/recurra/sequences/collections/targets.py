"""The numbers that a regression learns, scaled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError

__all__ = ["TargetScaler"]

_FIELDS = ("mean", "spread", "median")


@dataclass(frozen=True)
class TargetScaler:
    """Mean and spread of the training rows' numbers.

    Attributes:
        mean: Subtracted from every number; also what a regression is compared with.
        spread: Population standard deviation, or 1 where all numbers are alike.
        median: The other thing it is compared with.
    """

    mean: float
    spread: float
    median: float

    @classmethod
    def fit(cls, numbers: NDArray[np.float64]) -> TargetScaler:
        """Fit on the training rows' numbers, `(rows,)`."""
        spread = float(numbers.std())
        usable = np.isfinite(spread) and spread > 1e-13 * abs(float(numbers.mean()))
        return cls(float(numbers.mean()), spread if usable else 1.0, float(np.median(numbers)))

    def transform(self, numbers: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return what the network learns, shape of `numbers`."""
        return ((numbers - self.mean) / self.spread).astype(np.float32)

    def restore(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Undo `transform`."""
        result: NDArray[np.float64] = values.astype(np.float64) * self.spread + self.mean
        return result

    def to_config(self) -> dict[str, float]:
        """Return JSON values that `from_config` reads."""
        return asdict(self)

    @classmethod
    def from_config(cls, values: Any) -> TargetScaler:
        """Read what `to_config` has given.

        Raises:
            CorruptArtifactError: If it cannot be a scaler.
        """
        if not isinstance(values, dict) or set(values) != set(_FIELDS):
            raise CorruptArtifactError("the target must have mean, spread and median")
        if not all(type(v) in (int, float) and np.isfinite(v) for v in values.values()):
            raise CorruptArtifactError("the target's mean, spread and median must be numbers")
        if values["spread"] <= 0:
            raise CorruptArtifactError("the target's spread is not above 0")
        return cls(**{name: float(value) for name, value in values.items()})
