"""Reads windows of a table as a network's inputs, and checks that no future value is among them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import LeakageError
from recurra.sequences.calendar_features import calendar_features
from recurra.sequences.forecast_windows import EncodedWindows, WindowEncoder
from recurra.sequences.series import SeriesTable
from recurra.sequences.windows import read_windows

__all__ = ["WindowReader"]

_MOST_TICKS = 1 << 21  # calendars of longer ranges are computed batch by batch
_MOST_CHECKED = 64


class WindowReader:
    """Windows of one table through one encoder.

    Attributes:
        table: The table.
        encoder: Scaling and normalisation; its series are those of the table.
    """

    def __init__(self, table: SeriesTable, encoder: WindowEncoder, *, calendar: bool) -> None:
        """Join a table and an encoder.

        Args:
            table: The table.
            encoder: Its series are those of the table, its columns too.
            calendar: Add features of each step's time.
        """
        self.table = table
        self.encoder = encoder
        self._calendar = calendar
        self._first_tick = 0
        self._features: NDArray[np.float32] | None = None
        if calendar:
            self._read_calendar()

    def rows(self, series: NDArray[np.int64], origins: NDArray[np.int64]) -> NDArray[Any]:
        """Read windows in the user's units, shape `(batch, lookback + horizon, columns)`."""
        before, after = self.encoder.lookback, self.encoder.horizon
        table = self.table
        return read_windows(table.values, table.offsets, series, origins, before, after)

    def encode(
        self, rows: NDArray[Any], series: NDArray[np.int64], origins: NDArray[np.int64]
    ) -> EncodedWindows:
        """Turn windows that were read into the network's inputs."""
        return self.encoder.encode(rows, series, self._times(series, origins))

    def answers(
        self, rows: NDArray[Any], encoded: EncodedWindows
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what the network shall answer, and weights; see `WindowEncoder`."""
        return self.encoder.encode_targets(rows[:, self.encoder.lookback :], encoded)

    def check_leakage(self, series: NDArray[np.int64], origins: NDArray[np.int64]) -> None:
        """Fail if a value from after the origin reaches the inputs.

        All targets and past columns from the origin on are replaced by other numbers; the inputs
        must stay the same, bit for bit.

        Args:
            series: Series of some windows, shape `(batch,)`.
            origins: Their origins.

        Raises:
            LeakageError: If they do not.
        """
        series, origins = series[:_MOST_CHECKED], origins[:_MOST_CHECKED]
        rows = self.rows(series, origins)
        hidden = np.array(rows, dtype=np.float64)
        unknown = self.encoder.targets + self.encoder.past
        hidden[:, self.encoder.lookback :, :unknown] = -hidden[:, : self.encoder.horizon, :1] + 7.25
        was, now_is = self.encode(rows, series, origins), self.encode(hidden, series, origins)
        for field in fields(EncodedWindows):
            before, after = getattr(was, field.name), getattr(now_is, field.name)
            if not np.array_equal(before, after, equal_nan=True):
                raise LeakageError(
                    f"values from after the origin reach the network's input {field.name!r}"
                )

    def _read_calendar(self) -> None:
        table = self.table
        self._first_tick = int(table.starts.min())
        last = int((table.starts + np.diff(table.offsets)).max()) + self.encoder.horizon
        self._first_tick -= self.encoder.lookback
        if last - self._first_tick <= _MOST_TICKS:
            ticks = np.arange(self._first_tick, last)
            self._features = calendar_features(table.clock, ticks)[1]

    def _times(
        self, series: NDArray[np.int64], origins: NDArray[np.int64]
    ) -> NDArray[np.float32] | None:
        if not self._calendar:
            return None
        steps = np.arange(-self.encoder.lookback, self.encoder.horizon)
        ticks = (self.table.starts[series] + origins)[:, None] + steps
        first, last = ticks.min(initial=0), ticks.max(initial=0)
        if self._features is not None and (
            self._first_tick <= first and last < self._first_tick + len(self._features)
        ):
            found: NDArray[np.float32] = self._features[ticks - self._first_tick]
            return found
        distinct, places = np.unique(ticks, return_inverse=True)
        features = calendar_features(self.table.clock, distinct)[1]
        known: NDArray[np.float32] = features[places.reshape(ticks.shape)]
        return known
