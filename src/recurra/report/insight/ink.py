"""Boxes, lines and arrows on axes that are counted in CSS pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from recurra.report.canvas import TEXT, Look
from recurra.report.theme import INK, MUTED

__all__ = ["SMALL", "Ink", "Point"]

Point = tuple[float, float]

SMALL = 11
"""Size of text that stands beside other text, in CSS pixels."""

_HEAD, _WING = 6.0, 3.2  # an arrow's head: its length, half its width


class Ink:
    """Collects what is drawn: a few collections are drawn ten times faster than many patches."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        """Take an empty figure.

        Args:
            figure: The figure.
            width: Its width in CSS pixels.
            height: Its height in CSS pixels.
        """
        figure.set_layout_engine("none")
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(0, height)
        self._axes.set_axis_off()
        self._lines: dict[str, list[Sequence[Point]]] = {}
        self._heads: dict[str, list[Sequence[Point]]] = {}
        self._tiles: list[Sequence[Point]] = []
        self._colours: list[Any] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        colour: str = INK.light,
        **look: Any,
    ) -> None:
        """Write text, by default about its middle."""
        rest: Look = {"ha": "center", "va": "center", "zorder": 6, **look}
        self._axes.text(x, y, text, fontsize=size, color=colour, **rest)

    def box(
        self, left: float, low: float, wide: float, tall: float, *, edge: str, face: str
    ) -> None:
        """Draw a box with round corners."""
        look: Look = {"boxstyle": "round,pad=0,rounding_size=4", "linewidth": 1.2, "zorder": 4}
        patch = FancyBboxPatch((left, low), wide, tall, edgecolor=edge, facecolor=face, **look)
        self._axes.add_patch(patch)

    def tile(self, left: float, low: float, wide: float, tall: float, colour: Any) -> None:
        """Draw a rectangle without an edge."""
        right, top = left + wide, low + tall
        self._tiles.append(((left, low), (right, low), (right, top), (left, top)))
        self._colours.append(colour)

    def line(self, *points: Point, colour: str = MUTED.light) -> None:
        """Draw a line through some points."""
        self._lines.setdefault(colour, []).append(points)

    def arrow(self, *points: Point, colour: str = MUTED.light) -> None:
        """Draw a line through some points, its last part upright or level, with a head."""
        (before_x, before_y), (x, y) = points[-2:]
        along_x = (x > before_x) - (x < before_x)
        along_y = (y > before_y) - (y < before_y)
        neck = (x - _HEAD * along_x, y - _HEAD * along_y)
        side = (_WING * along_y, _WING * along_x)
        wings = [(neck[0] + side[0] * sign, neck[1] + side[1] * sign) for sign in (1, -1)]
        self._heads.setdefault(colour, []).append(((x, y), *wings))
        self.line(*points[:-1], neck, colour=colour)

    def finish(self) -> None:
        """Put everything that was collected on the figure."""
        for colour, lines in self._lines.items():
            self._axes.add_collection(
                LineCollection(lines, colors=colour, linewidths=1.2, zorder=2), autolim=False
            )
        for colour, heads in self._heads.items():
            self._axes.add_collection(
                PolyCollection(heads, facecolors=colour, linewidths=0, zorder=3), autolim=False
            )
        if self._tiles:
            self._axes.add_collection(
                PolyCollection(self._tiles, facecolors=self._colours, linewidths=0, zorder=5),
                autolim=False,
            )
