"""Lines of a look into a network: gradients through time, memory, deletion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, axis, new_figure, styled
from recurra.report.figures.log_axis import log_axis
from recurra.report.figures.rows import key
from recurra.report.insight.quantities import layer_name
from recurra.report.numbers import significant
from recurra.report.theme import ACCENT, COLOURS, INK, MUTED
from recurra.study.insight import Attribution, GradientFlow, Trace
from recurra.study.insight.trace import Array

__all__ = ["METHODS", "deletion", "describe_deletion", "describe_flows", "describe_gradients",
           "describe_memory", "flows", "gradients", "memory"]  # fmt: skip

METHODS = {
    "integrated_gradients": "integrated gradients",
    "gradient_x_input": "gradient × input",
    "occlusion": "occlusion",
    "attention": "attention",
}
_SMALLEST = 1e-12  # of the largest norm; what is less is rounding in float32
_CELLS = {"rnn": "c-vermilion", "lstm": "c-blue", "gru": "c-green", "other": "c-grey"}
_ORDER = ("c-blue", "c-vermilion", "c-green", "c-pink", "c-ochre", "c-indigo", "c-sky", "c-wine")
_HEX = {colour.name: colour.light for colour in COLOURS}
_DASHES = (0, (4, 2.5))
_LONG = 22  # characters of a name that still stands in one of two columns


class _Line(NamedTuple):
    name: str
    x: Array
    y: Array
    colour: str
    dashed: bool = False


@styled
def gradients(trace: Trace) -> Figure | None:
    """Draw the norm of the loss gradient at the state of each step, a line for each layer."""
    lines = [
        _Line(layer_name(layer), np.arange(1, len(norms) + 1, dtype=np.float32), norms, colour)
        for layer, colour in zip(trace.layers, _colours(), strict=False)
        if (norms := layer.gradient_norms) is not None and len(norms)
    ]
    return _lines(lines, "step of the input", "norm of the gradient", log=True)


def describe_gradients(trace: Trace) -> str:
    """Say in words what the gradients do."""
    parts = [
        f"{layer_name(layer)}: {significant(float(norms[0]), 2)} at the first step, "
        f"{significant(float(norms[-1]), 2)} at the last"
        for layer in trace.layers
        if (norms := layer.gradient_norms) is not None and len(norms)
    ]
    return f"Norm of the loss gradient at each step. {'; '.join(parts)}."


@styled
def flows(trace: Trace) -> Figure | None:
    """Draw gradients on their way back from the last step, this network's and fresh cells'."""
    lines = [
        _Line(
            flow.model,
            np.arange(len(flow.norms), dtype=np.float32),
            (flow.norms / flow.norms[0]).astype(np.float32),
            _HEX[_CELLS[flow.cell]],
            dashed=not flow.trained,
        )
        for flow in trace.flows
        if len(flow.norms) and flow.norms[0] > 0
    ]
    return _lines(lines, "steps back", "norm, the last step is 1", log=True)


def describe_flows(trace: Trace) -> str:
    """Say in words how fast gradients vanish or explode."""
    return f"Gradients on their way back through time. {'; '.join(map(_flow, trace.flows))}."


@styled
def memory(trace: Trace) -> Figure | None:
    """Draw how much the answer changes when one step is exchanged."""
    curve = trace.memory
    if curve is None or not len(curve.distances):
        return None
    drawing = new_figure(260)
    axes = axis(drawing.add_subplot(), "y")
    axes.plot(curve.distances, curve.change, "o-", color=ACCENT.light, linewidth=2, markersize=4)
    axes.axvline(curve.effective_context - 1, color=INK.light, linewidth=1.2)
    axes.set_xlabel("steps between the exchanged step and the last one")
    axes.set_ylabel("change of the answer")
    axes.set_ylim(bottom=0)
    look: Look = {"color": INK.light, "linewidth": 1.2}
    words = f"effective context: {curve.effective_context:g} of {curve.length} steps"
    key(drawing, [Line2D([], [], label=words, **look)], columns=1)
    return drawing


def describe_memory(trace: Trace) -> str:
    """Say in words how far back the input counts."""
    curve = trace.memory
    if curve is None:
        return "The memory was not measured."
    return (
        f"Change of the answer by how far back one step is exchanged: the last "
        f"{curve.effective_context:g} of {curve.length} steps hold 95 % of it."
    )


@styled
def deletion(trace: Trace) -> Figure | None:
    """Draw the explained score while steps are taken away, the most important first."""
    lines = [
        _Line(METHODS.get(one.method, one.method), *one.deletion, colour)
        for one, colour in zip(trace.attributions, _colours(), strict=False)
        if len(one.deletion[0])
    ]
    return _lines(lines, "share of the steps taken away", "explained score", log=False)


def describe_deletion(trace: Trace) -> str:
    """Say in words how faithful each method is."""
    parts = [_faithfulness(one) for one in trace.attributions if len(one.deletion[0])]
    return f"Deletion test, above zero is better than a random order. {'; '.join(parts)}."


def _faithfulness(one: Attribution) -> str:
    return f"{METHODS.get(one.method, one.method)} {significant(one.faithfulness, 2)}"


def _flow(flow: GradientFlow) -> str:
    if flow.half_life is None:
        return f"{flow.model}: does not halve, factor {significant(flow.growth, 3)} a step"
    return f"{flow.model}: half-life {significant(flow.half_life, 2)} steps"


def _lines(lines: Sequence[_Line], x_label: str, y_label: str, *, log: bool) -> Figure | None:
    if not lines:
        return None
    columns = 2 if max(len(line.name) for line in lines) <= _LONG else 1
    drawing = new_figure(270 + 24 * -(-len(lines) // columns))
    axes = axis(drawing.add_subplot(), "y")
    for line in lines:
        axes.plot(line.x, _seen(line.y) if log else line.y, **_look(line))
    if log and any((line.y > 0).any() for line in lines):
        log_axis(axes)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label, color=MUTED.light)
    key(drawing, [Line2D([], [], label=line.name, **_look(line)) for line in lines], columns)
    return drawing


def _seen(values: Array) -> Array:
    """Leave out what is rounding alone: a logarithm would show it as if it were something."""
    return np.where(values > _SMALLEST * np.nanmax(values, initial=0), values, np.float32(np.nan))


def _look(line: _Line) -> Look:
    style = _DASHES if line.dashed else "-"
    return {"color": line.colour, "linewidth": 1.4 if line.dashed else 2, "linestyle": style}


def _colours() -> Iterable[str]:
    return [_HEX[name] for name in _ORDER]
