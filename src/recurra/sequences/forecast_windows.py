"""From windows of a table to what a forecasting network reads, and back to the user's units.

Training and prediction both go through `WindowEncoder`, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.sequences.filling import fill_windows
from recurra.sequences.scaling import SeriesScaler
from recurra.sequences.transforms import TRANSFORMS, transform_targets

__all__ = ["MISSING", "NORMALIZATIONS", "EncodedWindows", "WindowEncoder"]

NORMALIZATIONS = ("none", "last", "standard")
MISSING = ("error", "interpolate", "mask")
_SMALLEST_SPREAD = 0.05
_SMALLEST_DEVIATION = 0.02  # of the training deviation; a flat window would be blown up otherwise

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class EncodedWindows:
    """What a network reads of some windows, and what is needed to read its answer.

    Attributes:
        past: Shape `(batch, lookback, targets + past features)`, float32.
        mask: 1 where a step counts, shape `(batch, lookback)`, float32.
        future: Shape `(batch, horizon, future features)`, float32.
        static: Shape `(batch, static features)`, float32.
        shift: What was subtracted from the scaled targets, shape `(batch, 1, targets)`.
        scale: What they were divided by, as `shift`.
        spread: Standard deviation of the normalised targets over the look-back, at least 0.05, as
            `shift`.
        reference: Forecast that the network's answer is added to, shape
            `(batch, horizon, targets)`; 0 without a seasonal reference.
        series: Series of each window, shape `(batch,)`.
    """

    past: NDArray[np.float32]
    mask: NDArray[np.float32]
    future: NDArray[np.float32]
    static: NDArray[np.float32]
    shift: NDArray[np.float64]
    scale: NDArray[np.float64]
    spread: NDArray[np.float64]
    reference: NDArray[np.float64]
    series: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WindowEncoder:
    """Scales, normalises and fills windows.

    Args:
        lookback: Steps that are read.
        horizon: Steps that are forecast at once.
        targets: Columns to forecast; they come first.
        past: Columns known up to the origin; they come next.
        known: Columns known in the future too; they come last.
        scaler: Fitted on the training rows.
        normalization: What is taken out of every window by itself: `"none"`, `"last"` (its last
            value is subtracted, Zeng et al. 2023) or `"standard"` (its own mean and deviation, Kim
            et al. 2022, without learnt parameters).
        season: Length of a season whose last repetition the network only corrects; 0 for none.
        transform: `"log1p"` for targets that grow by factors; above -1 only.
        missing: `"mask"` hides steps without any observed target from the recurrence; otherwise
            only those before the beginning of a series are hidden.
        static: Values of each series, scaled, shape `(series, static features)`.
    """

    lookback: int
    horizon: int
    targets: int
    past: int
    known: int
    scaler: SeriesScaler
    normalization: str = "none"
    season: int = 0
    transform: str = "none"
    missing: str = "error"
    static: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for what, name, choices in (
            ("normalization", self.normalization, NORMALIZATIONS),
            ("transform", self.transform, TRANSFORMS),
            ("missing", self.missing, MISSING),
        ):
            if name not in choices:
                raise UnknownNameError(what, str(name), choices)
        if not 0 <= self.season <= self.lookback:
            raise UsageError(
                f"a season of {self.season} steps does not fit into a look-back of {self.lookback}"
            )

    def encode(
        self, windows: Array, series: NDArray[np.int64], calendar: Array | None = None
    ) -> EncodedWindows:
        """Turn windows into the network's inputs.

        Nothing of the targets and past columns after the origin is looked at.

        Args:
            windows: Shape `(batch, lookback + horizon, columns)`, the user's units, NaN where
                nothing was observed.
            series: Series of each window, shape `(batch,)`.
            calendar: Features of each step's time, shape `(batch, lookback + horizon, features)`.
        """
        own, before = self.targets, slice(0, self.lookback)
        recent = self.scaler.transform(self.transform_rows(windows[:, before]), series)
        mask = self._mask(np.isfinite(recent[..., :own]))
        history = fill_windows(recent[..., : own + self.past])
        known = fill_windows(self.scaler.transform(windows, series)[..., own + self.past :])
        shift, scale = self._normalizers(history[..., :own], mask)
        levels = (history[..., :own] - shift) / scale
        times = known if calendar is None else np.concatenate([known, calendar], axis=-1)
        parts = [levels, history[..., own:], times[:, before]]
        return EncodedWindows(
            past=np.concatenate(parts, axis=-1).astype(np.float32),
            mask=mask.astype(np.float32),
            future=times[:, self.lookback :].astype(np.float32),
            static=self._static(series),
            shift=shift,
            scale=scale,
            spread=np.maximum(_deviation(levels, mask)[1], _SMALLEST_SPREAD),
            reference=self._reference(levels),
            series=series,
        )

    def encode_targets(
        self, windows: Array, encoded: EncodedWindows
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what the network shall answer, and the weight of every value.

        Args:
            windows: Values from the origin on, shape `(batch, horizon, targets or more)`.
            encoded: The same windows, encoded.

        Returns:
            Targets and weights (0 where nothing was observed), float32, shape
            `(batch, horizon, targets)` each.
        """
        levels = self.levels(windows[..., : self.targets, None], encoded)[..., 0]
        answers = levels - encoded.reference
        present = np.isfinite(answers)
        return np.where(present, answers, 0.0).astype(np.float32), present.astype(np.float32)

    def decode(self, answers: Array, encoded: EncodedWindows) -> NDArray[np.float64]:
        """Turn the network's answers into forecasts in the user's units.

        Args:
            answers: Shape `(batch, horizon, targets, outputs)`.
            encoded: What the network has read.
        """
        return self.from_levels(answers + encoded.reference[..., None], encoded)

    def transform_rows(self, values: Array) -> Array:
        """Apply the transform to the targets, the first of the last axis.

        Raises:
            DataError: If a target is outside the transform's domain.
        """
        if self.transform == "none":
            return values
        changed = np.array(values, dtype=np.float64)
        changed[..., : self.targets] = transform_targets(
            changed[..., : self.targets], self.transform
        )
        return changed

    def levels(self, values: Array, encoded: EncodedWindows) -> NDArray[np.float64]:
        """Turn targets in the user's units into the normalised units of their windows.

        Args:
            values: Shape `(batch, time, targets, outputs)`.
            encoded: The same windows, encoded.
        """
        shift, scale = self._target_scale(encoded.series)
        scaled = (transform_targets(values, self.transform) - shift) / scale
        result: NDArray[np.float64] = (scaled - encoded.shift[..., None]) / encoded.scale[..., None]
        return result

    def from_levels(self, levels: Array, encoded: EncodedWindows) -> NDArray[np.float64]:
        """Undo `levels`."""
        shift, scale = self._target_scale(encoded.series)
        scaled = levels * encoded.scale[..., None] + encoded.shift[..., None]
        values: NDArray[np.float64] = scaled * scale + shift
        return np.expm1(values) if self.transform == "log1p" else values

    def to_config(self) -> dict[str, Any]:
        """Return the settings as JSON values; arrays are kept apart."""
        return {field.name: getattr(self, field.name) for field in _SETTINGS}

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        scaler: SeriesScaler,
        static: NDArray[np.float32] | None,
    ) -> WindowEncoder:
        """Read what `to_config` has given.

        Raises:
            CorruptArtifactError: If it cannot be used.
        """
        if set(config) != {field.name for field in _SETTINGS}:
            raise CorruptArtifactError("the window settings are not those of a forecaster")
        numbers = [config[name] for name in ("lookback", "horizon", "targets", "past", "known")]
        if not all(type(n) is int and n >= 0 for n in [*numbers, config["season"]]):
            raise CorruptArtifactError("the window settings must be whole numbers from 0 up")
        if min(numbers[:3]) < 1 or scaler.shift.shape[1] != sum(numbers[2:]):
            raise CorruptArtifactError("the window settings do not fit the scaler")
        try:
            return cls(**config, scaler=scaler, static=static)
        except (TypeError, ValueError) as error:
            raise CorruptArtifactError(f"the window settings cannot be used: {error}") from error

    def _mask(self, observed: Array) -> NDArray[np.bool_]:
        """Return which steps count, shape `(batch, lookback)`; `observed` is by target."""
        present: NDArray[np.bool_] = np.asarray(observed.any(axis=-1))
        if self.missing == "mask":
            return present
        return np.logical_or.accumulate(present, axis=1)

    def _normalizers(
        self, levels: Array, mask: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        batch, _, columns = levels.shape
        if self.normalization == "none":
            return np.zeros((batch, 1, columns)), np.ones((batch, 1, columns))
        if self.normalization == "last":
            return levels[:, -1:].astype(np.float64), np.ones((batch, 1, columns))
        mean, deviation = _deviation(levels, mask)
        return mean, np.maximum(deviation, _SMALLEST_DEVIATION)

    def _reference(self, levels: Array) -> NDArray[np.float64]:
        """Return the last season repeated over the horizon."""
        if not self.season:
            return np.zeros((len(levels), self.horizon, self.targets))
        steps = self.lookback - self.season + np.arange(self.horizon) % self.season
        result: NDArray[np.float64] = levels[:, steps]
        return result

    def _static(self, series: NDArray[np.int64]) -> NDArray[np.float32]:
        if self.static is None:
            return np.zeros((len(series), 0), dtype=np.float32)
        return self.static[series]

    def _target_scale(
        self, series: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return shift and scale, shape `(batch, 1, targets, 1)` each."""
        shift, scale = self.scaler.of(series)
        own = slice(0, self.targets)
        return shift[:, None, own, None], scale[:, None, own, None]


def _deviation(
    levels: Array, mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation over the steps that count, `(batch, 1, targets)` each."""
    weights = mask[..., None] / np.maximum(mask.sum(axis=1), 1)[:, None, None]
    mean = (weights * levels).sum(axis=1, keepdims=True)
    return mean, np.sqrt((weights * (levels - mean) ** 2).sum(axis=1, keepdims=True))


_SETTINGS = [field for field in fields(WindowEncoder) if field.name not in ("scaler", "static")]
