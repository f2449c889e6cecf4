"""How much each step speaks for the answer, one panel for each method."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from recurra.report.canvas import TEXT, styled
from recurra.report.insight.curves import METHODS
from recurra.report.insight.step_ticks import Place, name_steps, stacked_panels
from recurra.report.insight.steps import step_names
from recurra.report.numbers import percent, significant
from recurra.report.theme import COLOURS, INK
from recurra.study.insight import Attribution, Trace

__all__ = ["describe", "figure"]

_PLACE = Place(height=128, top=24, left=62, right=8)
_SMALL = 10
_BAR = 0.8  # of the width of a step
_TOP = 5
_HEX = {colour.name: colour.light for colour in COLOURS}


@styled
def figure(trace: Trace) -> Figure | None:
    """Draw a bar for each step: up where it speaks for the explained score, down against it.

    Returns:
        The figure; None without attributions.
    """
    shown = [one for one in trace.attributions if len(one.scores)]
    if not shown:
        return None
    drawing, panels = stacked_panels(len(shown), len(trace.labels), _PLACE)
    for panel, one in zip(panels, shown, strict=True):
        panel.add_collection(_bars(one.scores), autolim=True)
        panel.autoscale_view(scalex=False)
        panel.axhline(0, color=INK.light, linewidth=0.8)
        panel.set_title(_title(one), loc="left", fontsize=TEXT, pad=4)
        panel.tick_params(axis="y", labelsize=_SMALL)
        # The usual one writes a common power of ten above the panel, where the title stands.
        panel.yaxis.set_major_formatter("{x:g}")
    name_steps(panels, trace.labels)
    return drawing


def describe(trace: Trace) -> str:
    """Say in words which steps count most by each method."""
    names = step_names(trace.labels)
    parts = []
    for one in trace.attributions:
        ranked = sorted(range(len(one.scores)), key=lambda step: -abs(float(one.scores[step])))
        top = ", ".join(
            f"{names[step]} {significant(float(one.scores[step]), 2)}" for step in ranked[:_TOP]
        )
        parts.append(f"{_title(one)}: {top}")
    return f"What speaks for the {trace.explained}. {'. '.join(parts)}."


def _bars(scores: NDArray[np.float32]) -> PolyCollection:
    """Return a bar for each score in one collection; one artist each would take seconds."""
    left = np.arange(len(scores)) - _BAR / 2
    sides = np.stack([left, left, left + _BAR, left + _BAR], axis=1)
    nothing = np.zeros_like(scores)
    ends = np.stack([nothing, scores, scores, nothing], axis=1)
    colours = np.where(scores < 0, _HEX["c-blue"], _HEX["c-vermilion"]).tolist()
    return PolyCollection(list(np.stack([sides, ends], axis=-1)), facecolors=colours)


def _title(one: Attribution) -> str:
    name = METHODS.get(one.method, one.method)
    if one.completeness_error is None:
        return name
    return f"{name} (their sum is off by {percent(one.completeness_error, 2)})"
