"""Forecasts from an artifact: NumPy alone, neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.runtime._following import follow_new_rows
from recurra.runtime.forecast import Forecast, forecast_mean
from recurra.sequences import (
    Calibration,
    EncodedWindows,
    SeriesScaler,
    SeriesTable,
    WindowEncoder,
    WindowReader,
    check_transform,
    fit_scaler,
    match_columns,
    read_windows,
)

__all__ = ["ForecastPredictor"]

_BATCH = 512
_MOST_STEPS = 100_000

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ForecastPredictor:
    """A trained forecaster, ready to answer.

    Attributes:
        encoder: Windows as the network reads them, by the series of the training.
        answer: The network, from encoded windows to `(batch, steps, targets, outputs)`.
        quantiles: Levels of the outputs; empty for a point forecast.
        horizon: Steps that the forecaster was trained and calibrated for.
        calibration: Moves the quantiles, in normalised units; `None` before calibration.
        scores: How far the first step's values lay from the median on the calibration windows, in
            half-widths of the interval, rising, shape `(windows, targets)`; `None` before.
        scaling: Kind of the scaler, for series that were not in the training.
        static_scaler: Scales the static values.
        calendar: Whether features of the time are read.
        tail: The last rows of every series of the training, for forecasts without new data.
        log_widths: How much wider the intervals of each of these series have become since the
            calibration, shape `(series, horizon, targets, outputs)`, see `IntervalTracker`; `None`
            where no rows came after it.
    """

    encoder: WindowEncoder
    answer: Callable[[EncodedWindows], Array]
    quantiles: tuple[float, ...]
    horizon: int
    calibration: Calibration | None
    scores: NDArray[np.float64] | None
    scaling: str
    static_scaler: SeriesScaler | None
    calendar: bool
    tail: SeriesTable
    log_widths: NDArray[np.float32] | None = None

    def forecast(self, table: SeriesTable | None = None, horizon: int | None = None) -> Forecast:
        """Forecast the steps after the last observation of every series.

        Calibrated intervals follow the rows that came after the training: they are wider where
        earlier forecasts missed, see `IntervalTracker`.

        Args:
            table: New data of the same columns; the end of the training data when `None`.
            horizon: Steps; what the forecaster was trained for when `None`. Longer ones are
                reached by feeding the forecast back.

        Raises:
            DataError: If columns differ, or a known covariate is missing in the future.
            UsageError: If the horizon cannot be used.
        """
        steps = self._check_horizon(horizon)
        reader = self.reader(self.tail if table is None else table)
        table = reader.table
        series, origins = np.arange(len(table.ids)), table.observed_lengths
        self._check_future(table, steps)
        found = [
            self.windows_and_means(reader, series[part], origins[part], steps)
            for part in _parts(len(series), _BATCH)
        ]
        values = np.concatenate([values for values, _ in found])
        if self.calibration is not None:
            trackers = follow_new_rows(self, reader)
            values = trackers.adjust(origins, values)
        return Forecast(
            ids=table.ids,
            id_column=table.id_column,
            clock=table.clock,
            first_ticks=table.starts + origins,
            targets=table.target_names,
            quantiles=self.quantiles,
            values=values,
            mean=np.concatenate([means for _, means in found]),
            calibrated=self.horizon if self.calibration is not None else 0,
        )

    def reader(self, table: SeriesTable) -> WindowReader:
        """Return the windows of a table, with the scale that each series had in training.

        A series that was not in the training is scaled by its own observed rows.

        Raises:
            DataError: If the table's columns or frequency are not those of the training.
        """
        table = match_columns(table, self.tail)
        self._check_table(table)
        check_transform(table, self.encoder.transform)
        scaler = self.encoder.scaler
        if len(scaler.shift) > 1 or len(self.tail.ids) == 1:
            scaler = self._scaler_for(table)
        encoder = replace(self.encoder, scaler=scaler, static=self._static(table))
        return WindowReader(table, encoder, calendar=self.calendar)

    def windows(
        self,
        reader: WindowReader,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        horizon: int | None = None,
    ) -> NDArray[np.float64]:
        """Forecast from given origins.

        Args:
            reader: Of the table.
            series: Series of each window, shape `(batch,)`.
            origins: Origin of each window.
            horizon: Steps; what the forecaster was trained for when `None`.

        Returns:
            Shape `(batch, horizon, targets, outputs)`, the user's units, quantiles rising.
        """
        return self.windows_and_means(reader, series, origins, horizon)[0]

    def windows_and_means(
        self,
        reader: WindowReader,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        horizon: int | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Forecast quantiles as `windows`, and means, shape `(batch, horizon, targets)`.

        The means are those of the network's own quantiles, see `forecast_mean`: calibration makes
        intervals as wide as they have to be, not the middle of what comes more exact.
        """
        steps = self.horizon if horizon is None else horizon
        values, first = self._passes(reader, series, origins, steps)
        means = forecast_mean(values, self.quantiles)
        if self.calibration is None:
            return values, means
        levels = reader.encoder.levels(values, first)
        calibrated = self.calibration.apply(levels, first.spread)
        return reader.encoder.from_levels(calibrated, first), means

    def levels(
        self,
        reader: WindowReader,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        horizon: int,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return uncalibrated forecasts and what came, in the normalised units of each window.

        Returns:
            Shapes `(batch, horizon, targets, outputs)` and `(batch, horizon, targets)`, NaN where
            nothing was observed; and the spread of the look-backs, `(batch, 1, targets)`.
        """
        values, first = self._passes(reader, series, origins, horizon)
        table, encoder = reader.table, reader.encoder
        rows = read_windows(table.values, table.offsets, series, origins, 0, horizon)
        came = rows[..., : table.targets, None].astype(np.float64)
        actual = encoder.levels(came, first)[..., 0]
        return encoder.levels(values, first), actual, first.spread

    def _passes(
        self,
        reader: WindowReader,
        series: NDArray[np.int64],
        origins: NDArray[np.int64],
        horizon: int,
    ) -> tuple[NDArray[np.float64], EncodedWindows]:
        """Forecast block after block; each reads the medians of those before it."""
        encoder, table = reader.encoder, reader.table
        lookback, block = encoder.lookback, encoder.horizon
        passes = -(-horizon // block)
        rows = read_windows(
            table.values, table.offsets, series, origins, lookback, passes * block
        ).astype(np.float64)
        middle = self.quantiles.index(0.5) if self.quantiles else 0
        found: list[NDArray[np.float64]] = []
        first: EncodedWindows | None = None
        for start in range(0, passes * block, block):
            window = rows[:, start : start + lookback + block]
            encoded = reader.encode(window, series, origins + start)
            first = encoded if first is None else first
            values = encoder.decode(np.asarray(self.answer(encoded), dtype=np.float64), encoded)
            if found:
                values = _widened(values, found[-1], middle)
            found.append(values)
            following = slice(lookback + start, lookback + start + block)
            rows[:, following, : encoder.targets] = values[..., middle]
        assert first is not None  # noqa: S101 - for the type checker
        return np.concatenate(found, axis=1)[:, :horizon], first

    def _check_horizon(self, horizon: int | None) -> int:
        steps = self.horizon if horizon is None else horizon
        if not isinstance(steps, (int, np.integer)) or not 1 <= steps <= _MOST_STEPS:
            raise UsageError(
                f"horizon must be a whole number between 1 and {_MOST_STEPS}, not {steps!r}"
            )
        if steps > self.encoder.horizon and self.encoder.past:
            raise UsageError(
                f"a horizon of {steps} steps is reached by feeding the forecast back, and past "
                f"columns are not known then; ask for at most {self.encoder.horizon} steps, or "
                "train with a longer horizon"
            )
        return int(steps)

    def _check_table(self, table: SeriesTable) -> None:
        was = self.tail
        if table.clock.frequency != was.clock.frequency:
            raise DataError(
                f"the data have a step of {table.clock.frequency}, the forecaster was trained on "
                f"steps of {was.clock.frequency}"
            )

    def _check_future(self, table: SeriesTable, steps: int) -> None:
        """Refuse a forecast whose known covariates are not known."""
        if not table.known:
            return
        first = table.targets + table.past
        for series, origin in enumerate(table.observed_lengths.tolist()):
            rows = table.rows(series)[origin : origin + steps, first:]
            known = np.isfinite(rows)
            if len(rows) == steps and known.all():
                continue
            step = len(rows) if known.all() else int(np.argmin(known.all(axis=1)))
            column = 0 if step == len(rows) else int(np.argmin(known[step]))
            tick = int(table.starts[series]) + origin + step
            whose = f" of series {table.ids[series]!r}" if table.id_column else ""
            raise DataError(
                f"the known column {table.known_names[column]!r}{whose} has no value at "
                f"{table.clock.text(tick)}; a forecast of {steps} steps needs it for each of them: "
                "add rows with empty targets to the data"
            )

    def _scaler_for(self, table: SeriesTable) -> SeriesScaler:
        places = {name: place for place, name in enumerate(self.tail.ids)}
        found = [places.get(name) for name in table.ids]
        if found == [0] or found == list(range(len(self.encoder.scaler.shift))):
            return self.encoder.scaler
        own = fit_scaler(
            table.values,
            table.offsets,
            table.observed_lengths,
            self.scaling,
            transform=self.encoder.transform_rows,
        )
        for row, place in enumerate(found):
            if place is not None:
                own.shift[row] = self.encoder.scaler.shift[place]
                own.scale[row] = self.encoder.scaler.scale[place]
        return own

    def _static(self, table: SeriesTable) -> NDArray[np.float32] | None:
        if self.static_scaler is None:
            return None
        return self.static_scaler.transform_static(table.static)


def _parts(length: int, size: int) -> Iterator[slice]:
    for start in range(0, length, size):
        yield slice(start, start + size)


def _widened(values: Array, before: Array, middle: int) -> Array:
    """Add the uncertainty at the end of the block before, as independent errors add up."""
    centre = values[..., middle : middle + 1]
    earlier = (before[:, -1] - before[:, -1, :, middle : middle + 1])[:, None]
    gaps = values - centre
    result: Array = centre + np.sign(gaps + earlier) * np.hypot(gaps, earlier)
    return result
