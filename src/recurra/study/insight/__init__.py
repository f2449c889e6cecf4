"""Insight: what a recurrent network remembers, forgets and looks at; plain data, no pictures."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.study.insight.inspection import inspect
    from recurra.study.insight.subject import Subject
    from recurra.study.insight.trace import (
        Attribution,
        Block,
        GradientFlow,
        LayerTrace,
        MemoryCurve,
        Trace,
    )

__all__ = [
    "Attribution",
    "Block",
    "GradientFlow",
    "LayerTrace",
    "MemoryCurve",
    "Subject",
    "Trace",
    "inspect",
]

_LAZY = {
    "Attribution": "recurra.study.insight.trace",
    "Block": "recurra.study.insight.trace",
    "GradientFlow": "recurra.study.insight.trace",
    "LayerTrace": "recurra.study.insight.trace",
    "MemoryCurve": "recurra.study.insight.trace",
    "Subject": "recurra.study.insight.subject",
    "Trace": "recurra.study.insight.trace",
    "inspect": "recurra.study.insight.inspection",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study.insight' has no attribute {name!r}")
