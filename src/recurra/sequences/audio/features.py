"""Features of sound: frames of log-mel energies or cepstral coefficients, in NumPy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError, UsageError
from recurra.sequences.audio._mel import DELTA_REACH, cosine_transform, deltas_of, mel_filters
from recurra.sequences.audio.reading import check_rate

if TYPE_CHECKING:
    from recurra.sequences.audio.streaming import FeatureStream

__all__ = ["AUDIO_KINDS", "AUDIO_LEVELS", "AudioFeatures"]

AUDIO_KINDS = ("logmel", "mfcc")
AUDIO_LEVELS = ("absolute", "clip")
_LOWEST_DB = -80.0
_FLOOR = np.float32(10 ** (_LOWEST_DB / 10))  # digital silence is no outlier
_NATS = np.log(10) / 10  # of power, in a decibel
_LATER = {"trim", "mean", "spread"}  # fields that earlier files do not have
_FRAMES_AT_ONCE = 4096  # bounds the memory that an hour of sound needs

Array = NDArray[np.float32]


@dataclass(frozen=True)
class AudioFeatures:
    """Turns sound into frames that a network reads.

    Frame `n` sees the samples from `n * hop` on, `window` seconds long, and nothing around them:
    frames of a stream are those of the whole. Scaling is not done here: it is fitted over all
    training clips, never over the clip itself.

    Args:
        rate: Samples in a second of the sound that comes.
        kind: `logmel` (log energies of mel filters) or `mfcc` (their cosine transform).
        mels: Mel filters.
        coefficients: Cepstral coefficients kept, for `mfcc`.
        window: Seconds of a frame.
        hop: Seconds from one frame to the next.
        deltas: 0, or 1 for slopes beside the features, 2 for the slopes of those too.
        low: Lower end of the lowest filter, hertz.
        high: Upper end of the highest filter, hertz; `None` for half of the rate.
        floor: Energies fade into this level, decibels below a sine of full scale: a higher one
            hides how silent the room was.
        level: `absolute`, or `clip` to measure all energies from the loudest of the clip, so that
            its volume plays no part; that is known at the clip's end only, so no streams.
        trim: What is so many decibels quieter than the loudest frame is cut off at both ends of a
            clip; 0 keeps all. No streams either.
        mean: Mean of each mel filter's energies, as nats, that is taken away, or none; see
            `recurra.sequences.audio.adapt`.
        spread: Standard deviations that they are divided by then.

    Raises:
        UnknownNameError: If `kind` is unknown.
        UsageError: If a number is out of its range.

    Source: Davis & Mermelstein 1980 (cepstral coefficients); Furui 1986 (slopes).
    """

    rate: int
    kind: str = "logmel"
    mels: int = 40
    coefficients: int = 13
    window: float = 0.025
    hop: float = 0.010
    deltas: int = 0
    low: float = 20.0
    high: float | None = None
    floor: float = -80.0
    level: str = "absolute"
    trim: float = 0.0
    mean: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_rate(self.rate)
        if self.kind not in AUDIO_KINDS:
            raise UnknownNameError("kind of audio features", str(self.kind), AUDIO_KINDS)
        if self.level not in AUDIO_LEVELS:
            raise UnknownNameError("level of audio features", str(self.level), AUDIO_LEVELS)
        self._check_numbers()
        self._check_voice()
        if self.hop > self.window:
            raise UsageError(f"hop {self.hop} leaves out sound between windows of {self.window} s")
        _ = self._filters  # refuses more mels than the windows can tell apart

    @property
    def width(self) -> int:
        """Features of a frame."""
        static = self.mels if self.kind == "logmel" else self.coefficients
        return static * (1 + self.deltas)

    @property
    def window_samples(self) -> int:
        """Samples of a frame."""
        return round(self.window * self.rate)

    @property
    def hop_samples(self) -> int:
        """Samples from one frame to the next."""
        return round(self.hop * self.rate)

    @property
    def delay(self) -> int:
        """Frames after a frame that its slopes look at."""
        return DELTA_REACH * self.deltas

    def names(self) -> list[str]:
        """Return a name for each feature."""
        static = self.mels if self.kind == "logmel" else self.coefficients
        stem = "mel" if self.kind == "logmel" else "mfcc"
        prefixes = ("", "delta_", "delta2_")[: 1 + self.deltas]
        return [f"{prefix}{stem}_{index}" for prefix in prefixes for index in range(static)]

    def frames_in(self, samples: int) -> int:
        """Return how many frames that many samples make; less than a window makes one."""
        if samples <= 0:
            return 0
        return 1 + max(0, samples - self.window_samples) // self.hop_samples

    def __call__(self, samples: NDArray[Any]) -> Array:
        """Return the features of whole sound.

        Args:
            samples: Shape `(time,)`, from -1 to 1.

        Returns:
            Shape `(frames, width)`, float32.

        Raises:
            ShapeError: If `samples` has more than one axis.
            DataError: If there are none, or one is no number.
        """
        return self.derive(self.log_mel(samples))

    def log_mel(self, samples: NDArray[Any]) -> Array:
        """Return log-mel energies, shape `(frames, mels)`: what `derive` goes on from.

        An energy is relative to a sine of full scale, and no less than 1e-8 of it.

        Raises:
            ShapeError: If `samples` has more than one axis.
            DataError: If there are none, or one is no number.
        """
        samples = checked_samples(samples)
        if not len(samples):
            raise DataError("the sound is empty: it holds no samples")
        short = max(0, self.window_samples - len(samples))
        windows = sliding_window_view(np.pad(samples, (0, short)), self.window_samples)
        windows = windows[:: self.hop_samples]
        parts = range(0, len(windows), _FRAMES_AT_ONCE)
        return np.concatenate([self._energies(windows[i : i + _FRAMES_AT_ONCE]) for i in parts])

    def derive(self, log_mel: Array) -> Array:
        """Return features from log-mel energies, shape `(frames, width)`."""
        return self.transform(self.normalize(self.conditioned(log_mel)))

    def extent(self, log_mel: Array) -> slice:
        """Return which frames of a clip are kept."""
        if not self.trim or not len(log_mel):
            return slice(0, len(log_mel))
        loudness = np.logaddexp.reduce(log_mel, axis=1)
        loud = np.flatnonzero(loudness >= loudness.max() - self.trim * _NATS)
        return slice(int(loud[0]), int(loud[-1]) + 1)

    def conditioned(self, log_mel: Array) -> Array:
        """Return log-mel energies without silence at the ends, of the level and floor chosen."""
        values = log_mel[self.extent(log_mel)]
        if self.level == "clip" and len(values):
            values = values - values.max()
        if self.floor > _LOWEST_DB:
            values = np.logaddexp(values, np.float32(self.floor * _NATS))
        return values

    def normalize(self, values: Array) -> Array:
        """Return conditioned energies with the voice's mean and spread taken out, if known."""
        if not self.mean:
            return values
        mean, spread = self._voice
        result: Array = (values - mean) / spread
        return result

    def transform(self, values: Array) -> Array:
        """Return features of energies that are conditioned and normalised."""
        parts = [values if self.kind == "logmel" else values @ self._cosines]
        for _ in range(self.deltas if len(values) else 0):
            parts.append(deltas_of(parts[-1]))
        result: Array = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
        return result

    def stream(self) -> FeatureStream:
        """Return an object that takes sound in pieces and gives the same frames.

        Raises:
            UsageError: If energies are measured from the loudest of the clip.
        """
        if self.level == "clip" or self.trim:
            raise UsageError(
                "these features are relative to the loudest moment of a clip, which a stream does "
                "not know; train with level='absolute' and trim=0 for streams"
            )
        from recurra.sequences.audio.streaming import FeatureStream

        return FeatureStream(self)

    def to_config(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_config(cls, values: Any) -> AudioFeatures:
        """Read what `to_config` has given.

        Raises:
            CorruptArtifactError: If it cannot be used.
        """
        known = {field.name for field in fields(cls)}
        if not isinstance(values, Mapping) or not known - _LATER <= set(values) <= known:
            raise CorruptArtifactError("the audio features are not described as expected")
        plain: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in values.items()
        }
        try:
            return cls(**plain)
        except ValueError as error:
            raise CorruptArtifactError(f"the audio features cannot be used: {error}") from error

    def _check_numbers(self) -> None:
        """Refuse what is out of its range."""
        for name, least, most in (("mels", 2, 512), ("coefficients", 1, 512), ("deltas", 0, 2)):
            _check_whole(name, getattr(self, name), least, most)
        for name, longest in (("window", 1.0), ("hop", 1.0)):
            _check_seconds(name, getattr(self, name), self.rate, longest)
        if self.kind == "mfcc" and self.coefficients > self.mels:
            raise UsageError(
                f"{self.coefficients} coefficients of {self.mels} mels; at most as many as mels"
            )
        top = self.rate / 2 if self.high is None else self.high
        if not _is_number(self.low) or not _is_number(top) or not 0 <= self.low < top:
            raise UsageError(f"low must be at least 0 and below high, not {self.low} and {top}")
        if top > self.rate / 2:
            raise UsageError(f"high must be at most half of the rate {self.rate}, not {top}")
        if not _is_number(self.floor) or not _LOWEST_DB <= self.floor <= 0:
            raise UsageError(f"floor must be decibels from {_LOWEST_DB:g} to 0, not {self.floor!r}")
        if not _is_number(self.trim) or not 0 <= self.trim <= -_LOWEST_DB:
            raise UsageError(f"trim must be decibels from 0 to {-_LOWEST_DB:g}, not {self.trim!r}")

    def _check_voice(self) -> None:
        """Refuse means and spreads that are not one for each filter."""
        numbers = [*self.mean, *self.spread]
        if len(self.mean) != len(self.spread) or len(self.mean) not in (0, self.mels):
            raise UsageError(
                f"mean and spread hold one number for each of {self.mels} mels, not "
                f"{len(self.mean)} and {len(self.spread)}"
            )
        if not all(map(_is_number, numbers)) or any(value <= 0 for value in self.spread):
            raise UsageError("mean and spread must be finite numbers, spreads above 0")

    def _energies(self, windows: Array) -> Array:
        size = 2 * (len(self._filters) - 1)
        spectrum = np.fft.rfft(windows * self._taper, n=size, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        result: Array = np.log(power @ self._filters + _FLOOR)
        return result

    @cached_property
    def _taper(self) -> Array:
        """Hann's window, scaled so that a sine of full scale has power 1."""
        count = self.window_samples
        taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(count) / count)
        result: Array = (taper * (2.0 / taper.sum())).astype(np.float32)
        return result

    @cached_property
    def _filters(self) -> Array:
        """The filters, on a transform so fine that none falls between two of its bins."""
        size = 1 << (self.window_samples - 1).bit_length()
        high = self.rate / 2 if self.high is None else self.high
        for factor in (1, 2, 4):
            filters = mel_filters(self.rate, size * factor, self.mels, self.low, high)
            if (filters.sum(axis=0) > 0).all():
                return filters
        raise UsageError(
            f"{self.mels} mels are too many from {self.low:g} to {high:g} Hz in windows of "
            f"{self.window * 1000:g} ms; take fewer"
        )

    @cached_property
    def _voice(self) -> tuple[Array, Array]:
        return np.array(self.mean, np.float32), np.array(self.spread, np.float32)

    @cached_property
    def _cosines(self) -> Array:
        return cosine_transform(self.mels, self.coefficients)


def checked_samples(samples: NDArray[Any]) -> Array:
    """Return sound as float32.

    Raises:
        ShapeError: If it has more than one axis.
        DataError: If a sample is no number.
    """
    samples = np.asarray(samples)
    if samples.ndim != 1:
        raise ShapeError(f"sound must have the shape (time,), not {samples.shape}: one channel")
    if not np.issubdtype(samples.dtype, np.floating):
        raise DataError(f"sound must be numbers from -1 to 1, float32, not {samples.dtype}")
    if not np.isfinite(samples).all():
        raise DataError("the sound holds samples that are no numbers (NaN or infinite)")
    result: Array = samples.astype(np.float32, copy=False)
    return result


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(f"{name} must be a whole number from {least} to {most}, not {value!r}")


def _check_seconds(name: str, value: Any, rate: int, longest: float) -> None:
    if not _is_number(value) or value > longest or round(value * rate) < 2:
        raise UsageError(
            f"{name} must be seconds, two samples at least and {longest:g} at most, not {value!r}"
        )
