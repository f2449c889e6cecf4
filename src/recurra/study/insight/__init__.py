"""Insight: what a recurrent network remembers, forgets and looks at; plain data, no pictures."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.study.insight.attribution import attributions
    from recurra.study.insight.comparison import network_insight
    from recurra.study.insight.flows import gradient_flows
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
    from recurra.study.insight.word_order import (
        NegationControl,
        PairAnswer,
        ShuffleControl,
        WordOrder,
        compare_word_order,
    )

__all__ = [
    "Attribution",
    "Block",
    "GradientFlow",
    "LayerTrace",
    "MemoryCurve",
    "NegationControl",
    "PairAnswer",
    "ShuffleControl",
    "Subject",
    "Trace",
    "WordOrder",
    "attributions",
    "compare_word_order",
    "gradient_flows",
    "inspect",
    "network_insight",
]

_LAZY = {
    "Attribution": "recurra.study.insight.trace",
    "Block": "recurra.study.insight.trace",
    "GradientFlow": "recurra.study.insight.trace",
    "LayerTrace": "recurra.study.insight.trace",
    "MemoryCurve": "recurra.study.insight.trace",
    "NegationControl": "recurra.study.insight.word_order",
    "PairAnswer": "recurra.study.insight.word_order",
    "ShuffleControl": "recurra.study.insight.word_order",
    "Subject": "recurra.study.insight.subject",
    "Trace": "recurra.study.insight.trace",
    "WordOrder": "recurra.study.insight.word_order",
    "attributions": "recurra.study.insight.attribution",
    "compare_word_order": "recurra.study.insight.word_order",
    "gradient_flows": "recurra.study.insight.flows",
    "inspect": "recurra.study.insight.inspection",
    "network_insight": "recurra.study.insight.comparison",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'recurra.study.insight' has no attribute {name!r}")
