"""Intervals that follow a series: wider after misses, narrower after hits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.conformal import outside

__all__ = ["IntervalTracker", "IntervalTrackers"]

_RATE = 0.01

Array = NDArray[np.float64]


class IntervalTracker:
    """Follows one series with quantile forecasts that hold in the long run.

    Adaptive conformal inference (Gibbs & Candès 2021; Angelopoulos et al. 2023 track quantiles in
    this way): the distance of a quantile from the median is multiplied by a factor of its own for
    every step and target. Each value outside an interval that should hold a share `p` of them
    makes it `exp(0.01 p)` times as wide, each value inside `exp(0.01 (1 - p))` times as narrow,
    so that in the long run the share holds however the series drifts. A forecast learns from the
    rows before its origin alone.

    Attributes:
        log_widths: Logarithms of the factors, shape `(horizon, targets, quantiles)`.
    """

    def __init__(
        self, quantiles: Sequence[float], horizon: int, targets: int, log_widths: Array | None
    ) -> None:
        """Start.

        Args:
            quantiles: Levels, rising, 0.5 among them.
            horizon: Steps that are followed.
            targets: Number of targets.
            log_widths: Where another tracker ended; zeros when `None`.
        """
        self._quantiles = tuple(quantiles)
        shape = (horizon, targets, len(self._quantiles))
        start = np.zeros(shape) if log_widths is None else log_widths.reshape(shape)
        self.log_widths: Array = np.array(start, dtype=np.float64)
        self._waiting: list[tuple[int, int, Array]] = []  # origin, steps learnt from, changes

    def follow(self, origin: int, forecasts: Array, actual: Array) -> Array:
        """Learn from the rows before an origin, then adjust the forecast made there.

        Args:
            origin: Rows known; never less than in the call before.
            forecasts: Shape `(steps, targets, quantiles)`.
            actual: What came, shape `(steps, targets)`, NaN where nothing is known; looked at
                when later origins have passed it.

        Returns:
            The adjusted forecast, of the same shape.
        """
        self.learn(origin)
        adjusted = self.adjust(forecasts)
        length = min(len(forecasts), len(self.log_widths))
        changes = outside(actual[:length], adjusted[:length], self._quantiles)
        self._waiting.append((origin, 0, _RATE * changes))
        return adjusted

    def learn(self, origin: int) -> None:
        """Learn from the rows before an origin."""
        waiting = []
        for start, done, changes in self._waiting:
            known = min(origin - start, len(changes))
            self.log_widths[done:known] += changes[done:known]
            if known < len(changes):
                waiting.append((start, known, changes))
        self._waiting = waiting

    def adjust(self, forecasts: Array) -> Array:
        """Widen or narrow a forecast of shape `(steps, targets, quantiles)`."""
        middle = self._quantiles.index(0.5)
        steps = np.minimum(np.arange(len(forecasts)), len(self.log_widths) - 1)
        centre = forecasts[..., middle : middle + 1]
        moved = centre + (forecasts - centre) * np.exp(self.log_widths[steps])
        result: Array = np.sort(moved, axis=-1)  # factors of nested intervals may cross
        return result


class IntervalTrackers:
    """An `IntervalTracker` for every series of a table, made when it is needed."""

    def __init__(
        self,
        quantiles: Sequence[float],
        horizon: int,
        targets: int,
        log_widths: NDArray[np.float32] | None = None,
    ) -> None:
        """Start.

        Args:
            quantiles: Levels, rising, 0.5 among them.
            horizon: Steps that are followed.
            targets: Number of targets.
            log_widths: Where others ended, shape `(series, horizon, targets, quantiles)`.
        """
        self._quantiles = tuple(quantiles)
        self._shape = (horizon, targets, len(self._quantiles))
        self._start = log_widths
        self._trackers: dict[int, IntervalTracker] = {}

    def follow(
        self,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        forecasts: Array,
        actual: Array,
    ) -> Array:
        """Adjust forecasts; those of a series must come in the order of time.

        Args:
            series: Of each window, shape `(batch,)`.
            origins: Of each window.
            forecasts: Shape `(batch, steps, targets, quantiles)`.
            actual: See `IntervalTracker.follow`, shape `(batch, steps, targets)`.
        """
        parts = [
            self[number].follow(origin, forecasts[row], actual[row])
            for row, (number, origin) in enumerate(
                zip(series.tolist(), origins.tolist(), strict=True)
            )
        ]
        return np.stack(parts) if parts else forecasts

    def adjust(self, origins: NDArray[np.int64], forecasts: Array) -> Array:
        """Learn from the rows before the origins, and adjust a forecast of each series.

        Args:
            origins: Of each series, shape `(series,)`.
            forecasts: Shape `(series, steps, targets, quantiles)`.
        """
        adjusted = forecasts.copy()
        for number, origin in enumerate(origins.tolist()):
            if number in self._trackers or self._start is not None:
                self[number].learn(origin)
                adjusted[number] = self[number].adjust(forecasts[number])
        return adjusted

    def log_widths(self, ends: NDArray[np.int64]) -> NDArray[np.float32]:
        """Learn from all rows and return where the trackers end.

        Args:
            ends: Rows of each series, shape `(series,)`.

        Returns:
            Shape `(series, horizon, targets, quantiles)`.
        """
        found = np.zeros((len(ends), *self._shape), dtype=np.float32)
        if self._start is not None:
            found[:] = self._start
        for number, tracker in self._trackers.items():
            tracker.learn(int(ends[number]))
            found[number] = tracker.log_widths
        return found

    def __getitem__(self, series: int) -> IntervalTracker:
        """Return the tracker of a series."""
        if series not in self._trackers:
            start = None if self._start is None else self._start[series].astype(np.float64)
            horizon, targets, _ = self._shape
            self._trackers[series] = IntervalTracker(self._quantiles, horizon, targets, start)
        return self._trackers[series]
