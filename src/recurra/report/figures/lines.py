"""Lines of several models with their names in a column beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from recurra.report.canvas import TEXT, Look
from recurra.report.figures.size import spread
from recurra.report.numbers import shorten
from recurra.report.theme import INK, Colour

__all__ = ["BASELINE", "LINE", "LineEnd", "name_ends"]

LINE = 19
"""Height of a name in CSS pixels."""
BASELINE: Look = {"linestyle": (0, (4, 2.5)), "linewidth": 1.4}
"""Look of a baseline's line."""


class LineEnd(NamedTuple):
    """The right end of a model's line."""

    model: str
    name: str
    x: float
    y: float


def name_ends(
    axes: Axes, ends: Sequence[LineEnd], colours: Mapping[str, Colour], pixels: float
) -> None:
    """Write the names in a column at the right, each joined to the end of its line.

    Args:
        axes: Axes with the lines, their limits set.
        ends: Where each line ends.
        colours: Colour by model.
        pixels: Height of the axes in CSS pixels.
    """
    ranked = sorted(ends, key=lambda end: -end.y)
    # Through the axes' own transforms: the y axis may be logarithmic.
    to_share = axes.transData + axes.transAxes.inverted()
    shares = [float(to_share.transform((end.x, end.y))[1]) for end in ranked]
    wanted = [min(1.0, max(0.0, share)) for share in shares]
    for end, place in zip(ranked, spread(wanted, LINE / pixels), strict=True):
        axes.annotate(
            shorten(end.name, 19),
            xy=(end.x, end.y),
            xytext=(1.07, place),
            textcoords="axes fraction",
            fontsize=TEXT,
            color=INK.light,
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "linewidth": 1,
                "alpha": 0.6,
                "shrinkA": 1,
                "shrinkB": 1,
                "relpos": (0, 0.5),
                "color": colours[end.model].light,
            },
            annotation_clip=False,
        )
