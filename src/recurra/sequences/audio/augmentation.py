"""Changes to the features of training clips that leave what was said as it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences.audio._mel import to_hertz, to_mel
from recurra.sequences.audio.features import AudioFeatures

__all__ = ["SoundAugmentation"]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class SoundAugmentation:
    """Draws another speaker, another room and another tempo for every clip and epoch.

    All of it works on log-mel energies, before slopes and cosine transforms, so that features are
    computed once.

    Args:
        features: What the energies were made with.
        speed: Largest factor of the tempo, both ways; 1 for none.
        vocal_tract: Largest factor by which frequencies move, as of a longer or shorter vocal
            tract; 1 for none.
        gain: Largest change of the level, decibels.
        colour: Spread of a random smooth colouring of the spectrum, as microphones have, decibels.
        silence: Longest pause put before and after, seconds.
        noise: Noise is added from 60 dB below the clip's level up to this many; 60 for none.
        frequency_mask: Largest share of the mel filters that is blotted out.
        time_mask: Largest share of the frames that is blotted out.

    Raises:
        UsageError: If a number is out of its range.

    Source: Jaitly & Hinton 2013 (vocal tract); Ko et al. 2015 (speed); Park et al. 2019 (masks).
    """

    features: AudioFeatures
    speed: float = 1.0
    vocal_tract: float = 1.0
    gain: float = 0.0
    colour: float = 0.0
    silence: float = 0.0
    noise: float = 60.0
    frequency_mask: float = 0.0
    time_mask: float = 0.0

    def __post_init__(self) -> None:
        limits = {"speed": (1, 4), "vocal_tract": (1, 2), "noise": (-20, 60), "gain": (0, 60)}
        shares = {"frequency_mask": (0, 1), "time_mask": (0, 1), "silence": (0, 10)}
        for name, (least, most) in {**limits, "colour": (0, 60), **shares}.items():
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not least <= value <= most:
                raise UsageError(f"{name} must be a number from {least} to {most}, not {value!r}")

    def __call__(self, log_mel: Array, generator: np.random.Generator) -> Array:
        """Return a changed clip.

        Args:
            log_mel: Shape `(frames, mels)`, at least one frame.
            generator: Source of the draw.

        Returns:
            Shape `(other frames, mels)`, float32.
        """
        values = self._stretched(log_mel, generator)
        values = self._paused(values, generator)
        values = self._warped(values, generator)
        values = self._coloured(values, generator)
        values = self._noisy(values, generator)
        return self._masked(values, generator).astype(np.float32, copy=False)

    def longest(self, frames: int) -> int:
        """Return the most frames that a clip of `frames` may become."""
        return int(np.ceil(frames * self.speed)) + 2 * self._pause_frames

    def _stretched(self, values: Array, generator: np.random.Generator) -> Array:
        if self.speed == 1.0:
            return values
        count = max(1, round(len(values) * _factor(self.speed, generator)))
        return _sampled(values, np.linspace(0, len(values) - 1, count))

    def _paused(self, values: Array, generator: np.random.Generator) -> Array:
        """Put noise like that of the clip's quietest frames before and after it."""
        if not self._pause_frames:
            return values
        before, after = generator.integers(0, self._pause_frames + 1, 2)
        quiet = values[np.argsort(values.sum(axis=1))[: max(1, len(values) // 10)]]
        noise = generator.standard_normal((before + after, values.shape[1]), dtype=np.float32)
        pause = quiet.mean(axis=0) + noise * (quiet.std(axis=0) + _LEAST_SPREAD)
        return np.concatenate([pause[:before], values, pause[before:]])

    def _warped(self, values: Array, generator: np.random.Generator) -> Array:
        if self.vocal_tract == 1.0:
            return values
        hertz = self._centres * _factor(self.vocal_tract, generator)
        positions = np.interp(to_mel(hertz), to_mel(self._centres), np.arange(values.shape[1]))
        return _sampled(values.T, positions).T

    def _coloured(self, values: Array, generator: np.random.Generator) -> Array:
        level = generator.uniform(-self.gain, self.gain) * _NATS
        shape = self._ripples @ generator.standard_normal(len(self._ripples[0])) * _NATS
        result: Array = values + (level + self.colour * shape).astype(np.float32)
        return result

    def _noisy(self, values: Array, generator: np.random.Generator) -> Array:
        """Add the power of noise; one bin's power is exponentially distributed around its mean."""
        if self.noise >= _QUIET:
            return values
        power = np.exp(values)
        level = np.log(power.mean()) - generator.uniform(self.noise, _QUIET) * _NATS
        slope = generator.uniform(-_TILT, _TILT) * np.linspace(-1, 1, values.shape[1])
        noise = generator.exponential(size=values.shape) * np.exp(level + slope)
        result: Array = np.log(power + noise.astype(np.float32))
        return result

    def _masked(self, values: Array, generator: np.random.Generator) -> Array:
        """Blot out a band and a stretch, each with the clip's mean."""
        result, mean = values.copy(), values.mean()
        width = generator.integers(0, int(self.frequency_mask * values.shape[1]) + 1)
        start = generator.integers(0, values.shape[1] - width + 1)
        result[:, start : start + width] = mean
        width = generator.integers(0, int(self.time_mask * len(values)) + 1)
        start = generator.integers(0, len(values) - width + 1)
        result[start : start + width] = mean
        return result

    @property
    def _pause_frames(self) -> int:
        return round(self.silence / self.features.hop)

    @cached_property
    def _centres(self) -> NDArray[np.float64]:
        """Middle of each mel filter, hertz."""
        high = self.features.rate / 2 if self.features.high is None else self.features.high
        first, last = to_mel(np.array([self.features.low, high]))
        return to_hertz(np.linspace(first, last, self.features.mels + 2)[1:-1])

    @cached_property
    def _ripples(self) -> NDArray[np.float64]:
        """Slow cosines over the filters, the faster the smaller."""
        count = self.features.mels
        order = np.arange(1, 5)
        angles = np.pi * np.outer((np.arange(count) + 0.5) / count, order)
        result: NDArray[np.float64] = np.cos(angles) / order
        return result

    def to_config(self) -> dict[str, float]:
        """Return the settings as plain JSON values, without the features'."""
        names = [field.name for field in fields(self) if field.name != "features"]
        return {name: float(getattr(self, name)) for name in names}


_NATS = np.log(10) / 10  # of power, in a decibel
_QUIET = 60.0
_TILT = 1.5
_LEAST_SPREAD = np.float32(0.3)


def _factor(largest: float, generator: np.random.Generator) -> float:
    """Draw a factor, as often above 1 as below."""
    return float(np.exp(generator.uniform(-1, 1) * np.log(largest)))


def _sampled(rows: Array, positions: NDArray[np.float64]) -> Array:
    """Return rows at fractional positions, linear between them."""
    low = np.minimum(positions.astype(np.int64), max(0, len(rows) - 2))
    share = (positions - low)[:, None].astype(np.float32)
    result: Array = rows[low] * (1 - share) + rows[np.minimum(low + 1, len(rows) - 1)] * share
    return result
