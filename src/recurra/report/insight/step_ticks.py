"""Names of the steps below panels that stand above each other."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import ScaledTranslation

from recurra.report.canvas import WIDTH, Look
from recurra.report.insight.steps import step_axis, step_names
from recurra.report.theme import MUTED

__all__ = ["NAMES", "name_steps", "picture_width"]

NAMES = 96
"""Height of the names in CSS pixels."""

_SMALL = 10
_LONGEST = 14  # characters of a name
_GAP = 3  # pixels between a panel and its names


def name_steps(panels: Sequence[Axes], labels: Sequence[str]) -> None:
    """Give all panels the same time axis and write its names below the last.

    The names are plain texts in a margin of their own: as ticks, 200 of them would take most of
    the time of a picture.

    Args:
        panels: From top to bottom; step `n` lies at `n` on the x axis. Their figure has `NAMES`
            pixels for the names.
        labels: Names of the steps.
    """
    for panel in panels:
        panel.set_xlim(-0.5, len(labels) - 0.5)
        panel.set_xticks([])
    last = panels[-1]
    drawing = last.get_figure(root=True)
    assert drawing is not None  # noqa: S101 - panels are drawn on one
    _keep_margin(drawing)
    gap = ScaledTranslation(0, -_GAP / drawing.dpi, drawing.dpi_scale_trans)
    look: Look = {
        "rotation": 90,
        "fontsize": _SMALL,
        "ha": "center",
        "va": "top",
        "in_layout": False,
    }
    look |= {"color": MUTED.light, "transform": last.get_xaxis_transform() + gap}
    names = step_names(labels)
    for place in range(0, len(labels), step_axis(len(labels)).every):
        last.text(place, 0, names[place][:_LONGEST], **look)


def _keep_margin(drawing: Figure) -> None:
    """Leave the lowest `NAMES` pixels of a figure to the names."""
    share = NAMES / (drawing.get_figheight() * drawing.dpi)
    engine = drawing.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)  # noqa: S101 - of `new_figure`
    engine.set(rect=(0, share, 1, 1 - share))


def picture_width(steps: int, beside: float) -> float:
    """Return the width of a picture in CSS pixels.

    Args:
        steps: How many steps it has.
        beside: Pixels beside them.
    """
    return max(float(WIDTH), step_axis(steps).pixels * steps + beside)
