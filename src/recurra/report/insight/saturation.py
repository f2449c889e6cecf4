"""How often each gate is shut, open or between: one bar for each gate."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import TEXT, Look, new_figure, styled
from recurra.report.figures.rows import key, percent_axis
from recurra.report.insight.quantities import layer_name
from recurra.report.numbers import percent
from recurra.report.theme import COLOURS, FAINT, INK
from recurra.study.insight import Trace

__all__ = ["describe", "figure"]

_HEX = {colour.name: colour.light for colour in COLOURS}
_SHUT, _OPEN = _HEX["c-blue"], _HEX["c-ochre"]
_ROW, _BAR = 24, 0.56
_MOST_LAYERS = 8


@styled
def figure(trace: Trace) -> Figure | None:
    """Draw the shares of steps and units in which a gate is shut or open.

    Returns:
        The figure, of at most eight layers; None without gates.
    """
    layers = [layer for layer in trace.layers if layer.gates][:_MOST_LAYERS]
    if not layers:
        return None
    rows = sum(1 + len(layer.gates) for layer in layers)
    drawing = new_figure(_ROW * rows + 64)
    axes = drawing.add_subplot()
    axes.set_ylim(rows, 0)
    axes.set_yticks([])
    percent_axis(axes, whole=True)
    row = 0
    for layer in layers:
        look: Look = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": TEXT}
        axes.text(-0.27, row + 0.5, layer_name(layer), weight="bold", **look)
        for place, (gate, shares) in enumerate(layer.saturation().items(), start=row + 1):
            axes.text(-0.27, place + 0.5, gate, color=INK.light, **look)
            _bar(axes, place + 0.5, shares["low"], shares["high"])
        row += 1 + len(layer.gates)
    handles = ((_SHUT, "shut (candidate: below −0.9)"), (_OPEN, "open (above 0.9)"))
    squares: Look = {"marker": "s", "markersize": 9, "linestyle": "none"}
    key(drawing, [Line2D([], [], color=c, label=label, **squares) for c, label in handles])
    return drawing


def _bar(axes: Axes, place: float, low: float, high: float) -> None:
    axes.barh(place, 1, height=_BAR, color=FAINT.light, linewidth=0)
    axes.barh(place, low, height=_BAR, color=_SHUT, linewidth=0)
    axes.barh(place, high, left=1 - high, height=_BAR, color=_OPEN, linewidth=0)


def describe(trace: Trace) -> str:
    """Say in words how saturated the gates are."""
    parts = []
    for layer in [layer for layer in trace.layers if layer.gates][:_MOST_LAYERS]:
        shares = "; ".join(
            f"{gate} {percent(one['low'], 0)} shut, {percent(one['high'], 0)} open"
            for gate, one in layer.saturation().items()
        )
        parts.append(f"{layer_name(layer)}: {shares}")
    return f"Saturation of the gates over all steps and units. {'. '.join(parts)}."
