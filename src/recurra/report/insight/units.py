"""Single units over the text: which unit follows what."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from recurra.report.canvas import TEXT, styled
from recurra.report.insight.quantities import layer_name
from recurra.report.insight.step_ticks import Place, name_steps, stacked_panels
from recurra.report.theme import ACCENT, FAINT, MUTED
from recurra.study.insight import LayerTrace, Trace

__all__ = ["describe", "figure"]

_PLACE = Place(height=66, top=3, left=92, right=8)
_SMALL = 10
_SHOWN = 6


@styled
def figure(trace: Trace) -> Figure | None:
    """Draw the states of the units of the last layer that move most, a panel for each."""
    if not trace.layers or not trace.labels:
        return None
    layer = trace.layers[-1]
    labels = layer.labels or trace.labels
    chosen = _lively(layer)
    drawing, panels = stacked_panels(len(chosen), len(labels), _PLACE)
    for panel in panels[1:]:
        panel.sharey(panels[0])
    for panel, unit in zip(panels, chosen, strict=True):
        panel.axhline(0, color=FAINT.light, linewidth=1)
        panel.step(range(len(labels)), layer.hidden[:, unit], where="mid", color=ACCENT.light)
        panel.set_ylabel(f"unit {unit}", rotation=0, ha="right", va="center", fontsize=TEXT)
        panel.tick_params(axis="y", labelsize=_SMALL, labelcolor=MUTED.light)
    name_steps(panels, labels)
    return drawing


def describe(trace: Trace) -> str:
    """Say in words which units are drawn."""
    layer = trace.layers[-1]
    units = ", ".join(map(str, _lively(layer)))
    return f"Hidden states over time of the units of {layer_name(layer)} that move most: {units}."


def _lively(layer: LayerTrace) -> list[int]:
    """Return the units whose states vary most, the most lively first."""
    spread = np.nan_to_num(layer.hidden[layer.valid]).std(axis=0)
    return [int(unit) for unit in np.argsort(-spread, kind="stable")[:_SHOWN]]
