"""Lets the intervals of a forecast follow the rows that came after the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import IntervalTrackers, SeriesTable, WindowReader, Windows, read_windows

if TYPE_CHECKING:
    from recurra.runtime.forecast_predictor import ForecastPredictor

__all__ = ["follow_new_rows"]

_MOST_WINDOWS = 1000
_BATCH = 256


def follow_new_rows(predictor: ForecastPredictor, reader: WindowReader) -> IntervalTrackers:
    """Forecast from the newest origins that the forecaster does not know, and learn from them.

    A series that was in the training goes on from where its intervals ended there; another one
    starts with those of the calibration.

    Args:
        predictor: A calibrated forecaster.
        reader: Of the table that is forecast; its newest 1,000 origins count, shared by all series.
    """
    table = reader.table
    known, first, widths = _starts(predictor, table)
    lookback = predictor.encoder.lookback
    first = np.maximum(np.where(known, first, lookback), lookback)
    ends = table.observed_lengths
    counts = np.maximum(ends - first, 0)
    share = _MOST_WINDOWS // max(1, int(np.count_nonzero(counts)))
    first = np.maximum(first, ends - share)
    trackers = IntervalTrackers(
        predictor.quantiles, predictor.horizon, predictor.encoder.targets, widths
    )
    windows = Windows.between(first, ends - 1)
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        forecasts = predictor.windows(reader, series, origins)
        rows = read_windows(table.values, table.offsets, series, origins, 0, predictor.horizon)
        actual = rows[..., : table.targets].astype(np.float64)
        trackers.follow(series, origins, forecasts, actual)
    return trackers


def _starts(
    predictor: ForecastPredictor, table: SeriesTable
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.float32] | None]:
    """Say where each series goes on.

    Returns:
        Whether it was in the training and does not end before it; the origin after the rows of the
        training; and the widths there.
    """
    tail = predictor.tail
    places = {name: place for place, name in enumerate(tail.ids)}
    found = np.array([places.get(name, -1) for name in table.ids])
    first = (tail.starts + tail.observed_lengths)[found] - table.starts
    known = (found >= 0) & (first <= table.observed_lengths)
    if predictor.log_widths is None:
        return known, first, None
    widths = np.zeros((len(found), *predictor.log_widths.shape[1:]), dtype=np.float32)
    widths[known] = predictor.log_widths[found[known]]
    return known, first, widths
