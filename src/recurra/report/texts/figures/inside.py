"""Inside the networks: gradients through time, memory and gates, a colour for each network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import Look, axis, new_figure, styled
from recurra.report.figures.lines import BASELINE, LineEnd, name_ends
from recurra.report.figures.log_axis import log_axis
from recurra.report.figures.rows import key
from recurra.report.figures.saturation import GateShares, describe_saturation, draw_saturation
from recurra.report.numbers import significant
from recurra.report.texts.insight import layer_title, looked_into
from recurra.report.theme import MUTED, model_colours
from recurra.study.summary import Record
from recurra.study.units import unit_of

__all__ = ["describe_flows", "describe_gates", "describe_memory", "flows", "gates", "memory"]

_TALL = 280
_SMALLEST = 1e-12


@styled
def flows(records: Sequence[Record]) -> Figure | None:
    """Draw how the gradient goes back through each network, untrained ones dashed."""
    found = _flows(records)
    if not found:
        return None
    colours = model_colours(record["model"] for record in records)
    drawing = new_figure(_TALL + 34)
    axes = axis(drawing.add_subplot(), "y")
    ends = []
    for record, flow in found:
        norms = np.array(flow["norms"]) / flow["norms"][0]
        norms[norms < _SMALLEST] = np.nan
        look: Look = {"linewidth": 2} if flow["trained"] else dict(BASELINE)
        axes.plot(range(len(norms)), norms, color=colours[record["model"]].light, **look)
        if flow["trained"]:
            last = int(np.flatnonzero(np.isfinite(norms))[-1])
            ends.append(LineEnd(record["model"], record["name"], last, float(norms[last])))
    log_axis(axes)
    axes.set_xlabel("steps back")
    axes.set_ylabel("norm, the last step is 1")
    name_ends(axes, ends, colours, _TALL - 60)
    key(drawing, [_line("trained"), _line("untrained", **BASELINE)])
    return drawing


def describe_flows(records: Sequence[Record]) -> str:
    """Say in words how fast each network's gradient shrinks."""
    parts = [
        f"{record['name']}, {'trained' if flow['trained'] else 'untrained'}: "
        f"{significant(flow['growth'], 3)} a step"
        for record, flow in _flows(records)
    ]
    return f"Norm of the gradient on its way back, by its factor for each step. {'; '.join(parts)}."


@styled
def memory(records: Sequence[Record]) -> Figure | None:
    """Draw how much the answer of each network changes with one exchanged token."""
    found = _memories(records)
    if not found:
        return None
    colours = model_colours(record["model"] for record in records)
    drawing = new_figure(_TALL)
    axes = axis(drawing.add_subplot(), "y")
    ends = []
    for record, curve in found:
        x = np.array(curve["distances"]) + 1
        axes.plot(x, curve["change"], "o-", color=colours[record["model"]].light, markersize=4)
        ends.append(LineEnd(record["model"], record["name"], x[-1], curve["change"][-1]))
    axes.set_xscale("log")
    axes.set_xticks(ticks := _powers(max(end.x for end in ends)), list(map(str, ticks)))
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"place of the exchanged {unit_of(records[0]).step} from the end, logarithmic")
    axes.set_ylabel("change of the answer")
    name_ends(axes, ends, colours, _TALL - 60)
    return drawing


def describe_memory(records: Sequence[Record]) -> str:
    """Say in words how far back each network's input counts."""
    steps = unit_of(records[0]).steps
    parts = [
        f"{record['name']}: {curve['effective_context']:g} of {curve['length']} {steps}"
        for record, curve in _memories(records)
    ]
    return f"Effective context, the last {steps} that hold 95 % of the change. {'; '.join(parts)}."


def gates(records: Sequence[Record]) -> Figure | None:
    """Draw how often the gates of each network are shut or open while it reads the example."""
    return draw_saturation(_gates(records))


def describe_gates(records: Sequence[Record]) -> str:
    """Say in words how saturated the gates are."""
    return describe_saturation(_gates(records))


def _flows(records: Sequence[Record]) -> list[tuple[Record, Mapping[str, Any]]]:
    return [
        (record, flow)
        for record, insight in looked_into(records)
        for flow in insight.get("flows") or ()
        if flow["norms"] and flow["norms"][0] > 0
    ]


def _memories(records: Sequence[Record]) -> list[tuple[Record, Mapping[str, Any]]]:
    return [
        (record, insight["memory"])
        for record, insight in looked_into(records)
        if insight.get("memory") and insight["memory"]["distances"]
    ]


def _gates(records: Sequence[Record]) -> list[GateShares]:
    return [
        (layer_title(record, insight, layer), layer["gates"])
        for record, insight in looked_into(records)
        for layer in insight.get("layers") or ()
        if layer["gates"]
    ]


def _powers(most: float) -> list[int]:
    return [one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if one <= most]


def _line(label: str, **look: Any) -> Line2D:
    return Line2D([], [], label=label, color=MUTED.light, **({"linewidth": 2} | look))
