"""What a layer computed, as heat-maps over time: its states, its gates, its gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.report.canvas import TEXT, Look, styled
from recurra.report.insight.quantities import Quantity, layer_name, quantities
from recurra.report.insight.scales import colour_map
from recurra.report.insight.step_ticks import Place, name_steps, stacked_panels
from recurra.report.numbers import percent
from recurra.report.theme import MUTED
from recurra.study.insight import LayerTrace

__all__ = ["describe", "figure"]

_PLACE = Place(height=162, top=24, left=32, right=84)
_KEY, _BEFORE_KEY = 10, 24  # pixels of the colour scale, and of the space before it
_SMALL = 10
_COLOURS = 256  # of a colour scale


@styled
def figure(layer: LayerTrace, labels: Sequence[str]) -> Figure | None:
    """Draw a panel for each quantity, steps from left to right, a line for each unit.

    Args:
        layer: One recurrent layer, or one direction of it.
        labels: Names of its steps.

    Returns:
        The figure; None where nothing is known.
    """
    shown = quantities(layer)
    if not shown or not len(labels):
        return None
    drawing, panels = stacked_panels(len(shown), len(labels), _PLACE)
    for panel, quantity in zip(panels, shown, strict=True):
        _draw(drawing, panel, quantity)
    name_steps(panels, labels)
    return drawing


def describe(layer: LayerTrace) -> str:
    """Say in words what the heat-maps show."""
    shares = "; ".join(
        f"{name}: {percent(one['low'])} shut, {percent(one['high'])} open"
        for name, one in layer.saturation().items()
        if name != "candidate"
    )
    names = ", ".join(quantity.title for quantity in quantities(layer))
    told = f" Saturation of the gates: {shares}." if shares else ""
    return f"Heat-maps over {len(layer.valid)} steps of {layer_name(layer)}: {names}.{told}"


def _draw(drawing: Figure, panel: Axes, quantity: Quantity) -> None:
    look: Look = {
        "aspect": "auto",
        "interpolation": "nearest",
        "cmap": colour_map(quantity.scale),
        "vmin": quantity.low,
        "vmax": quantity.high,
    }
    panel.imshow(quantity.values.T, **look)
    panel.set_title(quantity.title, loc="left", fontsize=TEXT, pad=4)
    panel.set_yticks([])
    panel.set_ylabel(f"{quantity.values.shape[1]} units", color=MUTED.light)
    box = panel.get_position()
    pixel = 1 / (drawing.get_figwidth() * drawing.dpi)
    key = drawing.add_axes((box.x1 + _BEFORE_KEY * pixel, box.y0, _KEY * pixel, box.height))
    colours = np.linspace(quantity.high, quantity.low, _COLOURS)[:, None]
    key.imshow(colours, extent=(0, 1, quantity.low, quantity.high), **look)
    key.set_xticks([])
    key.yaxis.tick_right()
    key.set_yticks(np.linspace(quantity.low, quantity.high, 3).tolist())
    key.tick_params(labelsize=_SMALL)
