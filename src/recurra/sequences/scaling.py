"""Scaling of series, fitted on training rows only and undone in every output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, UnknownNameError

__all__ = ["SCALINGS", "SeriesScaler", "fit_scaler"]

SCALINGS = ("standard", "minmax", "none")
_CHUNK_ROWS = 1 << 20

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeriesScaler:
    """A shift and a scale for every column of every series: `(x - shift) / scale`.

    Attributes:
        shift: Shape `(series, columns)`; one row that serves all series where they share a scale.
        scale: As `shift`, above 0.
    """

    shift: Array
    scale: Array

    def transform(self, values: NDArray[Any], series: NDArray[np.int64]) -> Array:
        """Scale windows.

        Args:
            values: Shape `(batch, time, columns)`.
            series: Series of each window, shape `(batch,)`.
        """
        shift, scale = self.of(series)
        result: Array = (values - shift[:, None]) / scale[:, None]
        return result

    def transform_static(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Scale values that a series has once, shape `(series, columns)`, by the first row."""
        result: NDArray[np.float32] = ((values - self.shift[0]) / self.scale[0]).astype(np.float32)
        return result

    def of(self, series: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return shift and scale of some series, shape `(batch, columns)` each."""
        rows = series if len(self.shift) > 1 else np.zeros(len(series), dtype=np.int64)
        return self.shift[rows], self.scale[rows]

    def to_arrays(self) -> dict[str, Array]:
        """Return what `from_arrays` reads."""
        return {"shift": self.shift, "scale": self.scale}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SeriesScaler:
        """Read what `to_arrays` has given.

        Raises:
            CorruptArtifactError: If it cannot be a scaler.
        """
        shift, scale = arrays.get("shift"), arrays.get("scale")
        if shift is None or scale is None or shift.ndim != 2 or shift.shape != scale.shape:
            raise CorruptArtifactError("the scaler's shift and scale do not fit together")
        if not (np.isfinite(shift).all() and np.isfinite(scale).all() and (scale > 0).all()):
            raise CorruptArtifactError("the scaler holds a scale that is not above 0")
        return cls(shift.astype(np.float64), scale.astype(np.float64))


def fit_scaler(
    values: NDArray[Any],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int64],
    kind: str = "standard",
    *,
    transform: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
    per_series: bool = True,
) -> SeriesScaler:
    """Fit a scaler on the first rows of each series; what comes after them is never read.

    Args:
        values: Rows of all series, shape `(rows, columns)`; NaN is passed over.
        offsets: Where each series begins, shape `(series + 1,)`.
        rows: How many rows of each series to fit on, shape `(series,)`.
        kind: `"standard"` (mean and population standard deviation, as published figures are
            scaled), `"minmax"` (to the range 0 to 1) or `"none"`.
        transform: Applied to the rows first, a part of them at a time.
        per_series: A scale for each series; otherwise one for all.

    Raises:
        DataError: If values are too large to be squared.
        UnknownNameError: If `kind` is unknown.
    """
    if kind not in SCALINGS:
        raise UnknownNameError("scaling", kind, SCALINGS)
    sums = np.stack(
        [
            _sums(values[begin : begin + count], transform)
            for begin, count in zip(offsets[:-1], rows, strict=True)
        ]
    )
    if not per_series:
        sums = _joined(sums)[None]
    shift, scale = _shift_and_scale(sums, kind)
    usable = np.isfinite(scale) & (scale > 0)
    return SeriesScaler(np.where(np.isfinite(shift), shift, 0.0), np.where(usable, scale, 1.0))


def _sums(values: NDArray[Any], transform: Callable[[NDArray[Any]], NDArray[Any]] | None) -> Array:
    """Return count, mean, summed squared deviations, minimum and maximum, shape `(5, columns)`.

    In chunks, joined by the parallel formula of Chan et al. (1983), which does not cancel.
    """
    chunks = []
    for start in range(0, max(1, len(values)), _CHUNK_ROWS):
        chunk = values[start : start + _CHUNK_ROWS]
        chunk = chunk if transform is None else transform(chunk)
        chunks.append(_chunk_sums(np.asarray(chunk, dtype=np.float64)))
    return _joined(np.stack(chunks))


def _chunk_sums(values: Array) -> Array:
    present = np.isfinite(values)
    count = present.sum(axis=0)
    kept = np.where(present, values, 0.0)
    mean = kept.sum(axis=0) / np.maximum(count, 1)
    with np.errstate(over="ignore"):
        squares = (np.where(present, values - mean, 0.0) ** 2).sum(axis=0)
    if not np.isfinite(squares).all():
        largest = np.abs(kept).max()
        raise DataError(f"values as large as {largest:g} cannot be scaled; use a larger unit")
    low = np.where(present, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(present, values, -np.inf).max(axis=0, initial=-np.inf)
    return np.stack([count, mean, squares, low, high])


def _joined(parts: Array) -> Array:
    """Join the sums of several parts, shape `(parts, 5, columns)`, into those of all."""
    count, mean, squares = parts[:, 0], parts[:, 1], parts[:, 2]
    total = count.sum(axis=0)
    whole = (count * mean).sum(axis=0) / np.maximum(total, 1)
    deviations = squares.sum(axis=0) + (count * (mean - whole) ** 2).sum(axis=0)
    return np.stack([total, whole, deviations, parts[:, 3].min(axis=0), parts[:, 4].max(axis=0)])


def _shift_and_scale(sums: Array, kind: str) -> tuple[Array, Array]:
    count, mean, squares, low, high = np.moveaxis(sums, 1, 0)
    if kind == "none":
        return np.zeros_like(mean), np.ones_like(mean)
    if kind == "minmax":
        return low, high - low
    deviation = np.sqrt(squares / np.maximum(count, 1))
    # A constant column differs from its mean by rounding only.
    return mean, np.where(deviation > 1e-13 * np.abs(mean), deviation, 0.0)
