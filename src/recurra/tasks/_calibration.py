"""Calibrates a trained forecaster on its validation windows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import ForecastPredictor
from recurra.sequences import Calibration, Windows
from recurra.tasks._anomalies import conformal_scores, sorted_scores
from recurra.tasks._forecast_preparation import PreparedSeries

__all__ = ["calibrate"]

_BATCH = 256


def calibrate(predictor: ForecastPredictor, prepared: PreparedSeries) -> ForecastPredictor:
    """Move the quantiles until they hold on the validation windows."""
    levels = predictor.quantiles
    if len(levels) < 2:
        return predictor
    horizon = predictor.horizon
    held_out = _validation_levels(predictor, prepared, prepared.validation, horizon)
    came, forecasts, spread, ages = held_out
    calibration = Calibration.fit(came, forecasts, spread, levels, ages)
    single = prepared.split.validation_windows(1, len(ages) + horizon)
    came, forecasts, spread, _ = _validation_levels(predictor, prepared, single, 1)
    first = calibration.apply(forecasts, spread)[:, 0]
    scores = conformal_scores(came[:, 0], first, levels.index(0.5))
    return replace(predictor, calibration=calibration, scores=sorted_scores(scores))


def _validation_levels(
    predictor: ForecastPredictor, prepared: PreparedSeries, windows: Windows, horizon: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[np.int64]]:
    """Return what came, forecasts, spreads, and how many steps older than the newest each is."""
    parts = []
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        values, actual, spread = predictor.levels(prepared.reader, series, origins, horizon)
        ages = prepared.split.seen[series] - horizon - origins
        parts.append((actual, values, spread, ages))
    came, forecasts, spreads, ages = (np.concatenate(part) for part in zip(*parts, strict=True))
    return came, forecasts, spreads, ages
