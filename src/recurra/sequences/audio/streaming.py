"""Features of sound that comes in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.audio.features import checked_samples

if TYPE_CHECKING:
    from recurra.sequences.audio.features import AudioFeatures

__all__ = ["FeatureStream"]

Array = NDArray[np.float32]


class FeatureStream:
    """Takes sound in pieces of any size; the frames together are those of the whole.

    Slopes look ahead: the frames come `AudioFeatures.delay` frames later, the last at `finish`.
    """

    def __init__(self, features: AudioFeatures) -> None:
        """Begin a stream."""
        self._features = features
        self._samples = np.empty(0, np.float32)  # what the next frame begins with
        self._log_mel = np.empty((0, features.mels), np.float32)  # what further frames look at
        self._seen = 0  # frames of log-mel energies so far
        self._given = 0

    def push(self, samples: NDArray[Any]) -> Array:
        """Return the frames that are complete now, shape `(frames, width)`, maybe none.

        Raises:
            ShapeError: If `samples` has more than one axis.
            DataError: If one is no number.
        """
        self._samples = np.concatenate([self._samples, checked_samples(samples)])
        if len(self._samples) >= self._features.window_samples:
            frames = self._features.log_mel(self._samples)
            self._samples = self._samples[len(frames) * self._features.hop_samples :]
            self._add(frames)
        return self._give(self._seen - self._features.delay)

    def finish(self) -> Array:
        """Return the frames that were waiting for what follows; less than a window makes one."""
        if not self._seen and len(self._samples):
            self._add(self._features.log_mel(self._samples))
        self._samples = self._samples[:0]
        return self._give(self._seen)

    def _add(self, frames: Array) -> None:
        self._log_mel = np.concatenate([self._log_mel, frames])
        self._seen += len(frames)

    def _give(self, end: int) -> Array:
        """Return the frames up to `end`; slopes are right `delay` frames away from a cut."""
        first = self._seen - len(self._log_mel)
        if end <= self._given:
            return np.empty((0, self._features.width), np.float32)
        result = self._features.derive(self._log_mel)[self._given - first : end - first]
        self._given = end
        self._log_mel = self._log_mel[max(0, end - self._features.delay - first) :]
        return result
