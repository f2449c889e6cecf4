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
    from recurra.study.generation_cells import DEFAULT_GENERATORS, GENERATORS, parse_generators
    from recurra.study.generation_comparison import compare_generators
    from recurra.study.generation_summary import GenerationSummary, summarise_generators
    from recurra.study.kernel_bench import BenchObserver, bench_kernels
    from recurra.study.probes.probing import ProbeObserver, probe
    from recurra.study.results import write_results
    from recurra.study.sequences.comparison import (
        compare_regressors,
        compare_series,
        compare_sounds,
    )
    from recurra.study.summary import ModelSummary, summarise
    from recurra.study.tag_comparison import compare_taggers
    from recurra.study.transcripts.comparison import compare_recognizers
    from recurra.study.translation_cells import DEFAULT_TRANSLATORS, TRANSLATORS, parse_translators
    from recurra.study.translation_comparison import compare_translators
    from recurra.study.translation_summary import TranslationSummary, summarise_translators

__all__ = [
    "BENCH_CASES",
    "CLASSIFIERS",
    "DEFAULT_CELLS",
    "DEFAULT_FORECASTERS",
    "DEFAULT_GENERATORS",
    "DEFAULT_TRANSLATORS",
    "FORECASTERS",
    "GENERATORS",
    "QUICK_BENCH_CASES",
    "TRANSLATORS",
    "BenchObserver",
    "BenchResult",
    "BenchSizes",
    "ComparisonObserver",
    "EntryTimes",
    "ForecastSummary",
    "GenerationSummary",
    "ModelSummary",
    "NetworkTimes",
    "ProbeObserver",
    "TranslationSummary",
    "bench_kernels",
    "compare",
    "compare_forecasts",
    "compare_generators",
    "compare_recognizers",
    "compare_regressors",
    "compare_series",
    "compare_sounds",
    "compare_taggers",
    "compare_translators",
    "parse_cells",
    "parse_forecasters",
    "parse_generators",
    "parse_translators",
    "probe",
    "summarise",
    "summarise_forecasts",
    "summarise_generators",
    "summarise_translators",
    "write_results",
]

_LAZY = {
    "BENCH_CASES": "recurra.study.bench_cases",
    "CLASSIFIERS": "recurra.study.cells",
    "DEFAULT_CELLS": "recurra.study.cells",
    "DEFAULT_FORECASTERS": "recurra.study.forecast_cells",
    "DEFAULT_GENERATORS": "recurra.study.generation_cells",
    "DEFAULT_TRANSLATORS": "recurra.study.translation_cells",
    "FORECASTERS": "recurra.study.forecast_cells",
    "GENERATORS": "recurra.study.generation_cells",
    "QUICK_BENCH_CASES": "recurra.study.bench_cases",
    "TRANSLATORS": "recurra.study.translation_cells",
    "BenchObserver": "recurra.study.kernel_bench",
    "BenchResult": "recurra.study.bench_results",
    "BenchSizes": "recurra.study.bench_cases",
    "ComparisonObserver": "recurra.study._running",
    "EntryTimes": "recurra.study.bench_results",
    "ForecastSummary": "recurra.study.forecast_summary",
    "GenerationSummary": "recurra.study.generation_summary",
    "ModelSummary": "recurra.study.summary",
    "NetworkTimes": "recurra.study.bench_results",
    "ProbeObserver": "recurra.study.probes.probing",
    "TranslationSummary": "recurra.study.translation_summary",
    "bench_kernels": "recurra.study.kernel_bench",
    "compare": "recurra.study.comparison",
    "compare_forecasts": "recurra.study.forecast_comparison",
    "compare_generators": "recurra.study.generation_comparison",
    "compare_recognizers": "recurra.study.transcripts.comparison",
    "compare_regressors": "recurra.study.sequences.comparison",
    "compare_series": "recurra.study.sequences.comparison",
    "compare_sounds": "recurra.study.sequences.comparison",
    "compare_taggers": "recurra.study.tag_comparison",
    "compare_translators": "recurra.study.translation_comparison",
    "parse_cells": "recurra.study.cells",
    "parse_forecasters": "recurra.study.forecast_cells",
    "parse_generators": "recurra.study.generation_cells",
    "parse_translators": "recurra.study.translation_cells",
    "probe": "recurra.study.probes.probing",
    "summarise": "recurra.study.summary",
    "summarise_forecasts": "recurra.study.forecast_summary",
    "summarise_generators": "recurra.study.generation_summary",
    "summarise_translators": "recurra.study.translation_summary",
    "write_results": "recurra.study.results",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study' has no attribute {name!r}")
