"""A row per model: its name above, its value at the right, its mark below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import TEXT, Look, new_figure
from recurra.report.numbers import shorten
from recurra.report.tables import Summary
from recurra.report.theme import FAINT, INK, MUTED

__all__ = [
    "BAR",
    "MARK",
    "ROW",
    "UPRIGHT",
    "key",
    "percent_axis",
    "row_axes",
    "row_grid",
    "row_text",
    "row_track",
]

ROW = 44
MARK = 0.70
"""Where in a row, from its top, the mark lies."""
UPRIGHT: Look = {
    "color": INK.light,
    "marker": "|",
    "markersize": 11,
    "markeredgewidth": 1.2,
    "linestyle": "none",
}
"""Look of an upright line in the key."""
BAR = 0.26
"""Height of a bar in rows."""
_NAME = 0.26


def row_axes(rows: int, *, key_lines: int = 0) -> tuple[Figure, Axes]:
    """Make axes with one row for each model, the first on top.

    Args:
        rows: How many rows.
        key_lines: Lines of the key above the rows.

    Returns:
        Figure and axes; row `n` reaches from `n` to `n + 1` on the y axis.
    """
    figure = new_figure(ROW * rows + 34 + 24 * key_lines)
    axes = figure.add_subplot()
    axes.set_ylim(rows, 0)
    axes.set_yticks([])
    return figure, axes


def row_grid(axes: Axes, rows: int, values: Sequence[float] | None = None, **line: Any) -> None:
    """Draw upright lines beside the marks only, so that none crosses a name.

    Args:
        axes: Axes of `row_axes`, their x limits set.
        rows: How many rows.
        values: Where on the x axis; the ticks if None.
        line: Look of the line; faint if not given.
    """
    low, high = axes.get_xlim()
    look: Look = line or {"color": FAINT.light, "linewidth": 1, "zorder": 1}
    for value in axes.get_xticks() if values is None else values:
        for row in range(rows) if low <= value <= high else ():
            ends = [row + MARK - 0.22, row + MARK + 0.22]
            axes.plot([value, value], ends, solid_capstyle="butt", **look)
    axes.set_xlim(low, high)


def row_track(axes: Axes, row: int) -> None:
    """Draw the whole, 0 to 100 %, behind a bar."""
    axes.barh(row + MARK, 1, height=BAR, color=FAINT.light, linewidth=0)


def row_text(axes: Axes, row: int, model: Summary, value: str) -> None:
    """Write the model's name and its value above its mark."""
    across = axes.get_yaxis_transform()
    baseline = ", baseline" if model.baseline else ""
    name = shorten(model.name, 26 - len(baseline) // 2) + baseline
    common: Look = {"transform": across, "va": "center", "fontsize": TEXT}
    axes.text(0, row + _NAME, name, ha="left", color=INK.light, **common)
    axes.text(1, row + _NAME, value, ha="right", color=MUTED.light, **common)


def percent_axis(axes: Axes, *, whole: bool = False) -> None:
    """Write the x axis in per cent, from 0 to 100 where `whole`."""
    if whole:
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        labels = axes.get_xticklabels()
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(_percent))


def _percent(share: float, _: object) -> str:
    return f"{100 * share:.4g} %".replace("-", "−")


def key(figure: Figure, handles: Sequence[Line2D], columns: int = 2) -> None:
    """Write the key of the marks above the axes."""
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=columns,
        fontsize=TEXT,
        borderpad=0.5,
        borderaxespad=0,
        handletextpad=0.5,
        columnspacing=1.4,
        handlelength=1.6,
    )
