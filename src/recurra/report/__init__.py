"""From records of a comparison to plots, one HTML page and a table for the terminal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.report.attention_plot import write_attention_plot
    from recurra.report.forecasts.anomaly_plot import anomaly_plot
    from recurra.report.forecasts.backtest_plot import backtest_plot
    from recurra.report.forecasts.forecast_plot import forecast_plot
    from recurra.report.insight.writing import write_inspection
    from recurra.report.kinds import sections_without
    from recurra.report.results import load_results
    from recurra.report.terminal import records_table
    from recurra.report.writer import write_report

__all__ = [
    "anomaly_plot",
    "backtest_plot",
    "forecast_plot",
    "load_results",
    "records_table",
    "sections_without",
    "write_attention_plot",
    "write_inspection",
    "write_report",
]

_HOMES = {
    "anomaly_plot": "forecasts.anomaly_plot",
    "backtest_plot": "forecasts.backtest_plot",
    "forecast_plot": "forecasts.forecast_plot",
    "load_results": "results",
    "records_table": "terminal",
    "sections_without": "kinds",
    "write_attention_plot": "attention_plot",
    "write_inspection": "insight.writing",
    "write_report": "writer",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: a table for the terminal needs no matplotlib."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
