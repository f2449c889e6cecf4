"""Panels that stand above each other over the same steps, and the names of the steps below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from recurra.report.canvas import WIDTH, Look, new_figure
from recurra.report.insight.steps import step_axis, step_names
from recurra.report.theme import MUTED

__all__ = ["Place", "name_steps", "stacked_panels"]

_NAMES = 96  # CSS pixels of the names
_SMALL = 10
_LONGEST = 14  # characters of a name
_GAP = 3  # pixels between a panel and its names


class Place(NamedTuple):
    """Room of a panel in CSS pixels.

    Attributes:
        height: Height of a panel, its title included.
        top: Part of the height that the title takes.
        left: Left of the steps.
        right: Right of the steps.
        bottom: Free below a panel, except the last, whose names stand there.
    """

    height: float
    top: float
    left: float
    right: float
    bottom: float = 8


def stacked_panels(count: int, steps: int, place: Place) -> tuple[Figure, list[Axes]]:
    """Make a figure of panels above each other, with room for names below.

    Everything has its place: a layout that measures all texts would take a fifth of the time that
    a look takes.

    Args:
        count: How many panels.
        steps: How many steps they have.
        place: Where they stand.

    Returns:
        The figure, as wide as the steps need, and its panels from top to bottom.
    """
    width = max(float(WIDTH), step_axis(steps).pixels * steps + place.left + place.right)
    height = place.height * count + _NAMES
    drawing = new_figure(height, width)
    drawing.set_layout_engine("none")
    inside = (width - place.left - place.right) / width
    panels = []
    for number in range(count):
        last = number == count - 1
        bottom = _NAMES + place.height * (count - 1 - number) + (0 if last else place.bottom)
        tall = place.height - place.top - place.bottom
        # The last one stands on its names, the others keep clear of the next title.
        tall += place.bottom if last else 0
        box = (place.left / width, bottom / height, inside, tall / height)
        panels.append(drawing.add_axes(box))
    return drawing, panels


def name_steps(panels: Sequence[Axes], labels: Sequence[str]) -> None:
    """Give all panels the same time axis and write its names below the last.

    The names are plain texts: as ticks, 200 of them would take most of the time of a picture.

    Args:
        panels: From top to bottom; step `n` lies at `n` on the x axis. They are those of
            `stacked_panels`.
        labels: Names of the steps.
    """
    for panel in panels:
        panel.set_xlim(-0.5, len(labels) - 0.5)
        panel.set_xticks([])
    last = panels[-1]
    drawing = last.get_figure(root=True)
    assert drawing is not None  # noqa: S101 - panels are drawn on one
    gap = ScaledTranslation(0, -_GAP / drawing.dpi, drawing.dpi_scale_trans)
    look: Look = {"rotation": 90, "fontsize": _SMALL, "ha": "center", "va": "top"}
    look |= {"color": MUTED.light, "transform": last.get_xaxis_transform() + gap}
    names = step_names(labels)
    for place in range(0, len(labels), step_axis(len(labels)).every):
        drawing.text(place, 0, names[place][:_LONGEST], **look)  # not clipped, unlike a panel's
