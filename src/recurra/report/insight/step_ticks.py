"""Panels that stand above each other over the same steps, and the names of the steps below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Bbox

from recurra.report.canvas import WIDTH, new_figure
from recurra.report.insight.steps import step_axis, step_names
from recurra.report.theme import MUTED

__all__ = ["Place", "StepNames", "name_steps", "stacked_panels"]

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
    names = step_names(labels)
    shown = range(0, len(labels), step_axis(len(labels)).every)
    drawing.add_artist(StepNames(last, shown, [names[place][:_LONGEST] for place in shown]))


class StepNames(Artist):
    """Names below a panel, written upwards, all as one thing to draw.

    As ticks, or as texts of their own, 200 of them would take most of the time of a picture.
    """

    def __init__(self, panel: Axes, places: Sequence[int], names: Sequence[str]) -> None:
        super().__init__()
        self._panel, self._names = panel, names
        self._places = np.array([(place, 0.0) for place in places])
        self._font = FontProperties(family=rcParams["font.family"], size=_SMALL)
        self.set_in_layout(False)

    def draw(self, renderer: RendererBase) -> None:
        """Write the names."""
        look = renderer.new_gc()
        look.set_foreground(MUTED.light)
        height = self._panel.figure.bbox.height
        for name, (left, bottom), (wide, _, below) in self._laid_out(renderer):
            # Turned by a right angle, the line's upper side looks to the left.
            baseline = left + wide - below
            up = height - bottom if renderer.flipy() else bottom
            renderer.draw_text(look, baseline, up, name, self._font, 90)
        look.restore()

    def boxes(self, renderer: RendererBase) -> list[Bbox]:
        """Return what each name covers, in pixels."""
        return [
            Bbox.from_bounds(left, bottom, wide, long)
            for _, (left, bottom), (wide, long, _) in self._laid_out(renderer)
        ]

    def _laid_out(
        self, renderer: RendererBase
    ) -> Iterator[tuple[str, tuple[float, float], tuple[float, float, float]]]:
        """Yield each name, its lower left corner, and its width, length and descent."""
        spots = self._panel.get_xaxis_transform().transform(self._places)
        top = float(spots[0, 1]) - _GAP * float(self._panel.figure.dpi) / 72
        _, wide, below = renderer.get_text_width_height_descent("lp", self._font, False)
        letters: dict[str, float] = {}  # measuring every name would take as long as drawing it
        for letter in set().union(*self._names):
            letters[letter] = renderer.get_text_width_height_descent(letter, self._font, False)[0]
        for name, middle in zip(self._names, spots[:, 0], strict=True):
            long = sum(letters[letter] for letter in name)
            yield name, (middle - wide / 2, top - long), (wide, long, below)
