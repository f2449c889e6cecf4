"""The parts of forecasting that a comparison drives one by one."""

from recurra.tasks._baselines import seasonal_naive
from recurra.tasks._forecast_evaluation import Measurement, Scales, skill
from recurra.tasks._forecast_preparation import PreparedSeries, prepare_series
from recurra.tasks._forecast_settings import (
    FORECAST_MODELS,
    ForecasterSettings,
    resolve_forecast_settings,
)
from recurra.tasks._kernels import kernel_name
from recurra.tasks._linear_forecast import fit_linear_forecast, linear_inputs
from recurra.tasks._series_sources import open_series
from recurra.tasks.forecaster import Forecaster

__all__ = [
    "FORECAST_MODELS",
    "Forecaster",
    "ForecasterSettings",
    "Measurement",
    "PreparedSeries",
    "Scales",
    "fit_linear_forecast",
    "kernel_name",
    "linear_inputs",
    "open_series",
    "prepare_series",
    "resolve_forecast_settings",
    "seasonal_naive",
    "skill",
]
