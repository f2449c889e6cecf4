"""How often gates are shut, open or between: one bar for each gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recurra.report.canvas import TEXT, Look, new_figure, styled
from recurra.report.figures.rows import key, percent_axis
from recurra.report.numbers import percent, shorten
from recurra.report.theme import COLOURS, FAINT, INK

__all__ = ["GateShares", "describe_saturation", "draw_saturation"]

GateShares: TypeAlias = tuple[str, Mapping[str, Mapping[str, float]]]
"""Name of a layer, and of each of its gates the shares `low` (shut) and `high` (open)."""

_HEX = {colour.name: colour.light for colour in COLOURS}
_SHUT, _OPEN = _HEX["c-blue"], _HEX["c-ochre"]
_ROW, _BAR = 24, 0.56
_BEFORE = -0.27  # where names begin, as a share of the bars
_MOST_LAYERS = 8
_KEY = ((_SHUT, "shut (candidate: below −0.9)"), (_OPEN, "open (above 0.9)"))


@styled
def draw_saturation(layers: Sequence[GateShares]) -> Figure | None:
    """Draw the shares of steps and units in which a gate is shut or open.

    Args:
        layers: The layers; the first eight are drawn.

    Returns:
        The figure; None without layers.
    """
    layers = layers[:_MOST_LAYERS]
    if not layers:
        return None
    rows = sum(1 + len(gates) for _, gates in layers)
    drawing = new_figure(_ROW * rows + 64)
    axes = drawing.add_subplot()
    axes.set_ylim(rows, 0)
    axes.set_yticks([])
    percent_axis(axes, whole=True)
    row = 0
    for name, gates in layers:
        _text(axes, row, shorten(name, 44), weight="bold")
        for place, (gate, shares) in enumerate(gates.items(), start=row + 1):
            _text(axes, place, gate)
            _bar(axes, place + 0.5, shares)
        row += 1 + len(gates)
    squares: Look = {"marker": "s", "markersize": 9, "linestyle": "none"}
    key(drawing, [Line2D([], [], color=colour, label=name, **squares) for colour, name in _KEY])
    return drawing


def describe_saturation(layers: Sequence[GateShares]) -> str:
    """Say in words how saturated the gates are."""
    parts = []
    for name, gates in layers[:_MOST_LAYERS]:
        told = ", ".join(
            f"{gate} {percent(one['low'], 0)} shut and {percent(one['high'], 0)} open"
            for gate, one in gates.items()
        )
        parts.append(f"{name}: {told}")
    return f"Saturation of the gates over all steps and units. {'; '.join(parts)}."


def _text(axes: Axes, row: int, text: str, weight: str = "normal") -> None:
    place: Look = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": TEXT}
    axes.text(_BEFORE, row + 0.5, text, color=INK.light, weight=weight, **place)


def _bar(axes: Axes, place: float, shares: Mapping[str, float]) -> None:
    look: Look = {"height": _BAR, "linewidth": 0}
    axes.barh(place, 1, color=FAINT.light, **look)
    axes.barh(place, shares["low"], color=_SHUT, **look)
    axes.barh(place, shares["high"], left=1 - shares["high"], color=_OPEN, **look)
