"""Variations of training sequences that leave their meaning as it is.

Source: Um et al. 2017, "Data augmentation of wearable sensor data" (jitter, scaling); Le Guennec
et al. 2016, "Data augmentation for time series classification" (window slices).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Augmentation"]

Array: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Augmentation:
    """Varies a scaled sequence: a slice of it, stretched, with noise.

    Attributes:
        channels: The first columns, which hold values; the rest are indicators, and stay.
        jitter: Standard deviation of noise added to every value, in spreads of the channel.
        magnitude: Standard deviation of a factor around 1 for each channel.
        window: Smallest share of the steps that a slice keeps; 1 keeps all.
    """

    channels: int
    jitter: float = 0.0
    magnitude: float = 0.0
    window: float = 1.0

    @property
    def active(self) -> bool:
        """Whether anything is varied."""
        return bool(self.jitter or self.magnitude or self.window < 1)

    def __call__(self, values: Array, generator: np.random.Generator) -> Array:
        """Return a varied copy.

        Args:
            values: Scaled sequence, shape `(time, features)`.
            generator: Draws the variation.

        Returns:
            Shape `(steps, features)`, at least one step and at most `time`.
        """
        varied = self._slice(values, generator).copy()
        own = varied[:, : self.channels]
        if self.magnitude:
            own *= np.float32(generator.normal(1, self.magnitude, own.shape[1]))
        if self.jitter:
            own += np.float32(generator.normal(0, self.jitter, own.shape))
        return varied

    def _slice(self, values: Array, generator: np.random.Generator) -> Array:
        if self.window >= 1:
            return values
        fewest = max(1, int(np.ceil(self.window * len(values))))
        steps = int(generator.integers(fewest, len(values) + 1))
        start = int(generator.integers(0, len(values) - steps + 1))
        return values[start : start + steps]
