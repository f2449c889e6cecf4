"""Study: comparisons, measurements and what they show, as plain results."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.study._running import ComparisonObserver
    from recurra.study.bench_cases import BENCH_CASES, QUICK_BENCH_CASES, BenchSizes
    from recurra.study.bench_results import BenchResult, EntryTimes, NetworkTimes
    from recurra.study.cells import CLASSIFIERS, DEFAULT_CELLS, parse_cells
    from recurra.study.comparison import compare
    from recurra.study.forecast_cells import DEFAULT_FORECASTERS, FORECASTERS, parse_forecasters
    from recurra.study.forecast_comparison import compare_forecasts
    from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
    from recurra.study.kernel_bench import BenchObserver, bench_kernels
    from recurra.study.results import write_results
    from recurra.study.summary import ModelSummary, summarise

__all__ = [
    "BENCH_CASES",
    "CLASSIFIERS",
    "DEFAULT_CELLS",
    "DEFAULT_FORECASTERS",
    "FORECASTERS",
    "QUICK_BENCH_CASES",
    "BenchObserver",
    "BenchResult",
    "BenchSizes",
    "ComparisonObserver",
    "EntryTimes",
    "ForecastSummary",
    "ModelSummary",
    "NetworkTimes",
    "bench_kernels",
    "compare",
    "compare_forecasts",
    "parse_cells",
    "parse_forecasters",
    "summarise",
    "summarise_forecasts",
    "write_results",
]

_LAZY = {
    "BENCH_CASES": "recurra.study.bench_cases",
    "CLASSIFIERS": "recurra.study.cells",
    "DEFAULT_CELLS": "recurra.study.cells",
    "DEFAULT_FORECASTERS": "recurra.study.forecast_cells",
    "FORECASTERS": "recurra.study.forecast_cells",
    "QUICK_BENCH_CASES": "recurra.study.bench_cases",
    "BenchObserver": "recurra.study.kernel_bench",
    "BenchResult": "recurra.study.bench_results",
    "BenchSizes": "recurra.study.bench_cases",
    "ComparisonObserver": "recurra.study._running",
    "EntryTimes": "recurra.study.bench_results",
    "ForecastSummary": "recurra.study.forecast_summary",
    "ModelSummary": "recurra.study.summary",
    "NetworkTimes": "recurra.study.bench_results",
    "bench_kernels": "recurra.study.kernel_bench",
    "compare": "recurra.study.comparison",
    "compare_forecasts": "recurra.study.forecast_comparison",
    "parse_cells": "recurra.study.cells",
    "parse_forecasters": "recurra.study.forecast_cells",
    "summarise": "recurra.study.summary",
    "summarise_forecasts": "recurra.study.forecast_summary",
    "write_results": "recurra.study.results",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study' has no attribute {name!r}")
