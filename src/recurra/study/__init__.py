"""Study: comparisons and what they show, as plain results."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.study.cells import CLASSIFIERS, DEFAULT_CELLS, parse_cells
    from recurra.study.comparison import ComparisonObserver, compare
    from recurra.study.results import write_results
    from recurra.study.summary import ModelSummary, summarise

__all__ = [
    "CLASSIFIERS",
    "DEFAULT_CELLS",
    "ComparisonObserver",
    "ModelSummary",
    "compare",
    "parse_cells",
    "summarise",
    "write_results",
]

_LAZY = {
    "CLASSIFIERS": "recurra.study.cells",
    "DEFAULT_CELLS": "recurra.study.cells",
    "ComparisonObserver": "recurra.study.comparison",
    "ModelSummary": "recurra.study.summary",
    "compare": "recurra.study.comparison",
    "parse_cells": "recurra.study.cells",
    "summarise": "recurra.study.summary",
    "write_results": "recurra.study.results",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study' has no attribute {name!r}")
