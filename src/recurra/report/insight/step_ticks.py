"""Names of the steps below panels that stand above each other."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from recurra.report.canvas import WIDTH
from recurra.report.insight.steps import step_axis, step_names

__all__ = ["name_steps", "picture_width"]

_SMALL = 10
_LONGEST = 14  # characters of a name


def name_steps(panels: Sequence[Axes], labels: Sequence[str]) -> None:
    """Give all panels the same time axis and write its names below the last.

    Args:
        panels: From top to bottom; step `n` lies at `n` on the x axis.
        labels: Names of the steps.
    """
    for panel in panels:
        panel.set_xlim(-0.5, len(labels) - 0.5)
        panel.set_xticks([])  # a tick for each step of each panel would take seconds to lay out
    places = range(0, len(labels), step_axis(len(labels)).every)
    names = [name[:_LONGEST] for name in step_names(labels)]
    panels[-1].set_xticks(places, [names[place] for place in places], rotation=90, fontsize=_SMALL)


def picture_width(steps: int, beside: float) -> float:
    """Return the width of a picture in CSS pixels.

    Args:
        steps: How many steps it has.
        beside: Pixels beside them.
    """
    return max(float(WIDTH), step_axis(steps).pixels * steps + beside)
