"""What a layer computed, as heat-maps over time: its states, its gates, its gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recurra.report.canvas import TEXT, new_figure, styled
from recurra.report.insight.quantities import Quantity, layer_name, quantities
from recurra.report.insight.scales import colour_map
from recurra.report.insight.step_ticks import NAMES, name_steps, picture_width
from recurra.report.numbers import percent
from recurra.report.theme import MUTED
from recurra.study.insight import LayerTrace

__all__ = ["describe", "figure"]

_PANEL, _TITLE, _KEY = 132, 30, 92
_SMALL = 10


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
    width = picture_width(len(labels), _KEY + 40)
    drawing = new_figure((_PANEL + _TITLE) * len(shown) + NAMES, width)
    panels = list(drawing.subplots(len(shown), 1, squeeze=False)[:, 0])
    for panel, quantity in zip(panels, shown, strict=True):
        _draw(panel, quantity)
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


def _draw(panel: Axes, quantity: Quantity) -> None:
    image = panel.imshow(
        quantity.values.T,
        aspect="auto",
        interpolation="nearest",
        cmap=colour_map(quantity.scale),
        vmin=quantity.low,
        vmax=quantity.high,
    )
    panel.set_title(quantity.title, loc="left", fontsize=TEXT, pad=4)
    panel.set_yticks([])
    panel.set_ylabel(f"{quantity.values.shape[1]} units", color=MUTED.light)
    bar = panel.figure.colorbar(image, ax=panel, pad=0.012, fraction=0.04, aspect=12)
    bar.outline.set_visible(False)
    bar.set_ticks(np.linspace(quantity.low, quantity.high, 3).tolist())
    bar.ax.tick_params(labelsize=_SMALL)
