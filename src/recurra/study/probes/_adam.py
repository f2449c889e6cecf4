"""Adam on one vector of parameters."""

from __future__ import annotations

import numpy as np

from recurra.study.probes.problem import Floats

__all__ = ["Adam"]

_MEAN, _SQUARE, _SMALL = 0.9, 0.999, 1e-8


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1) on gradients clipped by their norm.

    Clipping: Pascanu, Mikolov & Bengio 2013, algorithm 1.
    """

    def __init__(self, size: int, learning_rate: float, clip: float) -> None:
        """Start at step 0.

        Args:
            size: Length of the vector.
            learning_rate: Size of a step.
            clip: The largest norm of a gradient.
        """
        self._rate, self._clip = learning_rate, clip
        self._steps = 0
        self._mean = np.zeros(size, np.float32)
        self._square = np.zeros(size, np.float32)

    def step(self, parameters: Floats, gradient: Floats) -> None:
        """Move the parameters in place; a gradient that is not finite changes nothing."""
        norm = float(np.linalg.norm(gradient))
        if not np.isfinite(norm):
            return
        gradient = gradient * np.float32(min(1.0, self._clip / max(norm, _SMALL)))
        self._steps += 1
        self._mean += (1 - _MEAN) * (gradient - self._mean)
        self._square += (1 - _SQUARE) * (gradient * gradient - self._square)
        root = np.sqrt(self._square / np.float32(1 - _SQUARE**self._steps)) + np.float32(_SMALL)
        parameters -= np.float32(self._rate / (1 - _MEAN**self._steps)) * self._mean / root
