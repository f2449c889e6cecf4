"""From channels as they were measured to the features that a network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError
from recurra.sequences.filling import fill_windows
from recurra.sequences.scaling import SeriesScaler, fit_scaler

__all__ = ["CHANNEL_SCALINGS", "ChannelScaler"]

CHANNEL_SCALINGS = ("standard", "per-series", "none")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class ChannelScaler:
    """Scales the channels of sequences and fills what is missing.

    Missing values (NaN) are filled by straight lines in time between the observed ones; before the
    first and after the last the nearest is held, and a channel without any is at its mean. Where
    the training sequences lacked values, the network is told: each channel that did is followed,
    after all channels, by another that is 1 where the value is missing.

    Attributes:
        kind: `"standard"`: one mean and spread a channel, of the training sequences;
            `"per-series"`: those of each sequence itself, so that level and size play no part;
            `"none"`: as measured.
        shift: Subtracted from each channel, length `channels`.
        scale: Each channel is divided by it, above 0, length `channels`.
        indicators: Channels whose missing values the network is told of.
    """

    kind: str
    shift: tuple[float, ...]
    scale: tuple[float, ...]
    indicators: tuple[int, ...] = ()

    @classmethod
    def fit(cls, values: Sequence[NDArray[Any]], kind: str = "standard") -> ChannelScaler:
        """Fit on training sequences.

        Args:
            values: Arrays `(time, channels)`, NaN where missing.
            kind: One of `CHANNEL_SCALINGS`.

        Raises:
            UnknownNameError: If the kind is unknown.
            DataError: If there is no sequence.
            ShapeError: If the sequences differ in their channels.
        """
        if kind not in CHANNEL_SCALINGS:
            raise UnknownNameError("scaling", str(kind), CHANNEL_SCALINGS)
        if not len(values):
            raise DataError("there is no sequence to fit the scaling on")
        channels = values[0].shape[1]
        for row in values:
            _check_channels(row, channels)
        steps = np.concatenate(values)
        fitted = _fitted(steps, "standard" if kind == "standard" else "none")
        missing = np.flatnonzero(np.isnan(steps).any(axis=0))
        return cls(
            kind,
            tuple(fitted.shift[0].tolist()),
            tuple(fitted.scale[0].tolist()),
            tuple(missing.tolist()),
        )

    @property
    def channels(self) -> int:
        """Channels of a sequence."""
        return len(self.shift)

    @property
    def features(self) -> int:
        """Columns of what `transform` gives: the channels and the indicators."""
        return len(self.shift) + len(self.indicators)

    @property
    def causal(self) -> bool:
        """Whether a complete step can be scaled before the next one is known."""
        return self.kind != "per-series"

    def transform(self, values: NDArray[Any]) -> Array:
        """Scale one sequence.

        Args:
            values: Shape `(time, channels)`, NaN where missing.

        Returns:
            Shape `(time, features)`, float32, every value finite.

        Raises:
            ShapeError: If it has other channels.
        """
        _check_channels(values, self.channels)
        shift, scale = np.asarray(self.shift), np.asarray(self.scale)
        if self.kind == "per-series":
            own = _fitted(values, "standard")
            shift, scale = own.shift[0], own.scale[0]
        scaled = (np.asarray(values, np.float64) - shift) / scale
        filled = fill_windows(scaled[None])[0]
        told = np.isnan(scaled[:, list(self.indicators)])
        return np.concatenate([filled, told], axis=1, dtype=np.float32)

    def to_config(self) -> dict[str, Any]:
        """Return JSON values that `from_config` reads."""
        return {
            "kind": self.kind,
            "shift": list(self.shift),
            "scale": list(self.scale),
            "indicators": list(self.indicators),
        }

    @classmethod
    def from_config(cls, values: Any) -> ChannelScaler:
        """Read what `to_config` has given.

        Raises:
            CorruptArtifactError: If it cannot be a scaler.
        """
        if not isinstance(values, dict) or set(values) != {"kind", "shift", "scale", "indicators"}:
            raise CorruptArtifactError("the scaler must have kind, shift, scale and indicators")
        kind, shift, scale, told = (values[k] for k in ("kind", "shift", "scale", "indicators"))
        if kind not in CHANNEL_SCALINGS:
            raise CorruptArtifactError(f"the scaler's kind {kind!r:.40} is unknown")
        if not _finite(shift) or not _finite(scale) or len(shift) != len(scale) or not shift:
            raise CorruptArtifactError("the scaler's shift and scale do not fit together")
        if min(scale) <= 0:
            raise CorruptArtifactError("the scaler holds a scale that is not above 0")
        if not _rising_channels(told, len(shift)):
            raise CorruptArtifactError("the scaler's indicators are no channels")
        return cls(kind, tuple(map(float, shift)), tuple(map(float, scale)), tuple(told))


def _fitted(steps: NDArray[Any], kind: str) -> SeriesScaler:
    rows = len(steps)
    return fit_scaler(steps, np.array([0, rows]), np.array([rows]), kind)


def _check_channels(values: NDArray[Any], channels: int) -> None:
    if values.ndim != 2 or values.shape[1] != channels:
        raise ShapeError(
            f"a sequence has shape {values.shape}, expected (time, {channels}): "
            "all sequences must have the same channels"
        )


def _finite(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) and np.isfinite(v) for v in values
    )


def _rising_channels(values: Any, channels: int) -> bool:
    if not isinstance(values, list) or not all(type(v) is int for v in values):
        return False
    return values == sorted(set(values)) and all(0 <= v < channels for v in values)
