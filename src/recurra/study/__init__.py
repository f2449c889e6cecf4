"""Study: comparisons, measurements and what they show, as plain results."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.study.bench_cases import BENCH_CASES, QUICK_BENCH_CASES, BenchSizes
    from recurra.study.bench_results import BenchResult, EntryTimes, NetworkTimes
    from recurra.study.cells import CLASSIFIERS, DEFAULT_CELLS, parse_cells
    from recurra.study.comparison import ComparisonObserver, compare
    from recurra.study.kernel_bench import BenchObserver, bench_kernels
    from recurra.study.results import write_results
    from recurra.study.summary import ModelSummary, summarise

__all__ = [
    "BENCH_CASES",
    "CLASSIFIERS",
    "DEFAULT_CELLS",
    "QUICK_BENCH_CASES",
    "BenchObserver",
    "BenchResult",
    "BenchSizes",
    "ComparisonObserver",
    "EntryTimes",
    "ModelSummary",
    "NetworkTimes",
    "bench_kernels",
    "compare",
    "parse_cells",
    "summarise",
    "write_results",
]

_LAZY = {
    "BENCH_CASES": "recurra.study.bench_cases",
    "CLASSIFIERS": "recurra.study.cells",
    "DEFAULT_CELLS": "recurra.study.cells",
    "QUICK_BENCH_CASES": "recurra.study.bench_cases",
    "BenchObserver": "recurra.study.kernel_bench",
    "BenchResult": "recurra.study.bench_results",
    "BenchSizes": "recurra.study.bench_cases",
    "ComparisonObserver": "recurra.study.comparison",
    "EntryTimes": "recurra.study.bench_results",
    "ModelSummary": "recurra.study.summary",
    "NetworkTimes": "recurra.study.bench_results",
    "bench_kernels": "recurra.study.kernel_bench",
    "compare": "recurra.study.comparison",
    "parse_cells": "recurra.study.cells",
    "summarise": "recurra.study.summary",
    "write_results": "recurra.study.results",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study' has no attribute {name!r}")
