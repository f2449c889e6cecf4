"""Anomalies: values outside what calibrated one-step forecasts allow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.runtime import ForecastPredictor
from recurra.sequences import SeriesTable, Windows, read_windows
from recurra.tasks._columns import extend_columns

__all__ = ["Anomalies", "conformal_scores", "find_anomalies", "sorted_scores"]

_BATCH = 512
_MOST_SCORES = 10_000

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Anomalies:
    """What a search for anomalies has found.

    Attributes:
        columns: A row for every series, time and target that was judged: the series, the time,
            `target`, `value`, `expected` (the median), `lower`, `upper` (the calibrated interval
            of the forecast), `score` (distance from the median in half-widths of that interval),
            `p_value` (share of calibration windows at least as odd) and `anomaly`.
        level: Values rarer than 1 - `level` are anomalies.
        judged: Number of values.
        found: Number of anomalies.
    """

    columns: dict[str, list[Any]]
    level: float
    judged: int
    found: int


def conformal_scores(actual: Array, quantiles: Array, middle: int) -> Array:
    """Return distances from the median, in half-widths of the outermost interval.

    Args:
        actual: Shape `(batch, targets)`.
        quantiles: Shape `(batch, targets, quantiles)`, rising.
        middle: Position of the median.
    """
    half = np.maximum((quantiles[..., -1] - quantiles[..., 0]) / 2, np.finfo(np.float64).tiny)
    return np.abs(actual - quantiles[..., middle]) / half


def sorted_scores(scores: Array) -> Array:
    """Return the scores of calibration windows rising, at most 10,000, without missing ones.

    Args:
        scores: Shape `(windows, targets)`.
    """
    whole = scores[np.isfinite(scores).all(axis=1)]
    step = -(-len(whole) // _MOST_SCORES) or 1
    result: Array = np.sort(whole, axis=0)[::-1][::step][::-1]
    return np.ascontiguousarray(result)


def find_anomalies(
    predictor: ForecastPredictor,
    table: SeriesTable,
    *,
    level: float = 0.99,
    since: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Anomalies:
    """Judge every value by the forecast from the rows before it.

    Conformal anomaly detection (Laxhammar & Falkman 2014): the score of a value is compared with
    the scores on the calibration windows.

    Args:
        predictor: A calibrated forecaster with quantiles.
        table: The series.
        level: Confidence, between 0 and 1.
        since: First row of each series to judge; at least the look-back.
        progress: Told the values done and all values.

    Raises:
        UsageError: If the forecaster has no intervals, or the level cannot be used.
    """
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1, not {level}")
    if predictor.scores is None:
        raise UsageError(
            "this forecaster has no calibrated intervals; train it with quantiles, as 0.1,0.5,0.9"
        )
    first = np.maximum(predictor.encoder.lookback, since)
    windows = Windows.between(np.minimum(first, table.observed_lengths), table.observed_lengths - 1)
    reader = predictor.reader(table)
    columns: dict[str, list[Any]] = {}
    done = 0
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        quantiles = predictor.windows(reader, series, origins, 1)[:, 0]
        rows = read_windows(table.values, table.offsets, series, origins, 0, 1)[:, 0]
        actual = rows[:, : table.targets].astype(np.float64)
        extend_columns(
            columns, _rows(predictor, table, (series, origins), actual, quantiles, level)
        )
        done += len(numbers)
        if progress is not None:
            progress(done, len(windows))
    flags = columns.get("anomaly", [])
    return Anomalies(columns, level, len(flags), sum(flags))


def _rows(
    predictor: ForecastPredictor,
    table: SeriesTable,
    windows: tuple[NDArray[np.int64], NDArray[np.int64]],
    actual: Array,
    quantiles: Array,
    level: float,
) -> dict[str, list[Any]]:
    series, origins = windows
    middle = predictor.quantiles.index(0.5)
    scores = conformal_scores(actual, quantiles, middle)
    p_values = _p_values(scores, predictor.scores, 1 - level)
    odd = p_values <= 1 - level + 1e-12
    seen = np.isfinite(actual)
    times = table.clock.times(table.starts[series] + origins)
    rows: dict[str, list[Any]] = {}
    where, which = np.nonzero(seen)
    if table.id_column is not None:
        rows[table.id_column] = [table.ids[s] for s in series[where].tolist()]
    rows[table.clock.column or "row"] = [times[w] for w in where.tolist()]
    rows["target"] = [table.target_names[k] for k in which.tolist()]
    rows["value"] = actual[seen].tolist()
    rows["expected"] = quantiles[..., middle][seen].tolist()
    rows["lower"] = quantiles[..., 0][seen].tolist()
    rows["upper"] = quantiles[..., -1][seen].tolist()
    rows["score"] = scores[seen].tolist()
    rows["p_value"] = p_values[seen].tolist()
    rows["anomaly"] = odd[seen].tolist()
    return rows


def _p_values(scores: Array, calibration: Array | None, needed: float) -> Array:
    """Return the share of calibration scores, and of the value itself, at least as large.

    Where there are too few to tell `needed` apart, the tail is taken to be normal.
    """
    if calibration is None or not len(calibration):
        return np.ones_like(scores)
    result = np.empty_like(scores)
    for target in range(scores.shape[1]):
        if (len(calibration) + 1) * needed < 1:
            deviation = math.sqrt(float((calibration[:, target] ** 2).mean())) or 1.0
            tail = [math.erfc(s / deviation / math.sqrt(2)) for s in scores[:, target].tolist()]
            result[:, target] = tail
            continue
        ordered = calibration[:, target]
        below = np.searchsorted(ordered, scores[:, target], side="left")
        result[:, target] = (len(ordered) - below + 1) / (len(ordered) + 1)
    return result
