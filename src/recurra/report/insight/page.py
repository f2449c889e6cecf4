"""What the page of a look into a network says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.report.insight.curves import METHODS
from recurra.report.insight.quantities import layer_name
from recurra.report.insight.steps import step_names
from recurra.report.insight.viewer import script_json, viewer_data
from recurra.report.numbers import count, percent, significant
from recurra.study.insight import GradientFlow, Trace

__all__ = ["context"]

_ANSWERS = 5


def context(trace: Trace, maps: Sequence[str]) -> dict[str, Any]:
    """Return what the template needs beside the drawings.

    Args:
        trace: A look into a network.
        maps: The heat-maps that lie beside the page.
    """
    viewer = viewer_data(trace)
    return {
        "viewer": viewer,
        "viewer_data": None if viewer is None else script_json(viewer),
        "tiles": _tiles(trace),
        "model": trace.model,
        "task": trace.task,
        "explained": trace.explained,
        "answers": [(name, significant(value, 3)) for name, value in trace.answer[:_ANSWERS]],
        "maps": [f"{slug}.png" for slug in maps],
        "saturation": _saturation(trace),
        "flows": [
            (flow.model, _half_life(flow), significant(flow.growth, 3)) for flow in trace.flows
        ],
        "methods": [METHODS.get(one.method, one.method) for one in trace.attributions],
        "notes": [(METHODS.get(a.method, a.method), a.note) for a in trace.attributions if a.note],
        "faithfulness": [
            (METHODS.get(one.method, one.method), significant(one.faithfulness, 2))
            for one in trace.attributions
            if len(one.deletion[0])
        ],
        "steps": _steps(trace),
        "facts": [(name.replace("_", " "), str(value)) for name, value in trace.facts.items()],
    }


def _tiles(trace: Trace) -> list[tuple[str, str, str]]:
    tiles = [("Steps", count(len(trace.labels)), "of the input")]
    if trace.answer:
        name, value = trace.answer[0]
        tiles.append(("Answer", significant(value, 3), name))
    tiles.append(("Loss", significant(trace.loss, 3), "of this input"))
    if trace.memory is not None:
        known = f"of {trace.memory.length} steps"
        tiles.append(("Effective context", f"{trace.memory.effective_context:g}", known))
    return tiles


def _saturation(trace: Trace) -> list[tuple[str, str, str, str]]:
    """Name, gate, share shut and share open of every gate."""
    return [
        (layer_name(layer), gate, percent(shares["low"]), percent(shares["high"]))
        for layer in trace.layers
        for gate, shares in layer.saturation().items()
    ]


def _half_life(flow: GradientFlow) -> str:
    return "does not halve" if flow.half_life is None else f"{significant(flow.half_life, 2)} steps"


def _steps(trace: Trace) -> list[tuple[str, list[str]]]:
    """Each step with its score by each method, for those who read the table."""
    names = step_names(trace.labels)
    return [
        (name, [significant(float(one.scores[step]), 2) for one in trace.attributions])
        for step, name in enumerate(names)
    ]
