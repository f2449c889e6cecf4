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
    came, forecasts, spread = _validation_levels(predictor, prepared, prepared.validation, horizon)
    calibration = Calibration.fit(came, forecasts, spread, levels)
    single = prepared.split.validation_windows(1, len(came) + horizon)
    came, forecasts, spread = _validation_levels(predictor, prepared, single, 1)
    first = calibration.apply(forecasts, spread)[:, 0]
    scores = conformal_scores(came[:, 0], first, levels.index(0.5))
    return replace(predictor, calibration=calibration, scores=sorted_scores(scores))


def _validation_levels(
    predictor: ForecastPredictor, prepared: PreparedSeries, windows: Windows, horizon: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return what came, forecasts and spreads."""
    parts = []
    for numbers in windows.batches(_BATCH):
        series, origins = windows.locate(numbers)
        values, actual, spread = predictor.levels(prepared.reader, series, origins, horizon)
        parts.append((actual, values, spread))
    came, forecasts, spreads = (np.concatenate(part) for part in zip(*parts, strict=True))
    return came, forecasts, spreads
