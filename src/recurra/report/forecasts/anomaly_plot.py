"""A picture of anomalies: values, the interval that was expected, and what lies outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.forecasts.panels import positions, spaced, times_axis, values_axis
from recurra.report.forecasts.plot_columns import Columns, at, by_value, label, numbers, time_column
from recurra.report.forecasts.saving import save_figure
from recurra.report.theme import ACCENT, INK, WARN

if TYPE_CHECKING:
    from recurra.tasks import Anomalies

__all__ = ["anomaly_plot"]

_MOST_PANELS = 6
_WIDE = 900


@styled
def anomaly_plot(found: Anomalies, where: str | Path | Figure) -> Figure:
    """Draw values, the interval that was expected, and the values outside what is usual.

    Args:
        found: The anomalies.
        where: A file to write (`.png`, `.svg`, `.pdf`), or an empty figure to draw into.

    Returns:
        The figure: up to six series and targets, those with the most anomalies.

    Raises:
        UsageError: If the file's ending is not known.
        OutputError: If the file cannot be written.
    """
    columns = found.columns
    flags = np.asarray(columns["anomaly"], dtype=bool)
    groups = _judged(columns)
    ranked = sorted(groups, key=lambda group: -int(flags[group[2]].sum()))[:_MOST_PANELS]
    figure = where if isinstance(where, Figure) else new_figure(180 * len(ranked) + 40, _WIDE)
    panels = figure.subplots(max(1, len(ranked)), 1, squeeze=False)[:, 0]
    for axes, (name, target, places) in zip(panels, ranked, strict=False):
        _draw_judged(axes, columns, places, flags[places])
        axes.set_title(label(name, target), loc="left", fontsize=TEXT, color=INK.light, pad=5)
    spaced(figure)
    key(figure, _handles(), columns=3)
    words = "anomaly" if found.found == 1 else "anomalies"
    title = f"{found.found:,} {words} in {found.judged:,} values, level {found.level:g}"
    return save_figure(figure, where, title)


def _judged(columns: Columns) -> list[tuple[str, str, NDArray[np.int64]]]:
    """Return series, target and rows of what was judged."""
    names = list(columns)
    many = names.index("target") == 2
    series = by_value(columns[names[0]]) if many else [("", np.arange(len(columns["target"])))]
    targets = np.asarray(columns["target"])
    return [
        (name, target, rows[targets[rows] == target])
        for name, rows in series
        for target in dict.fromkeys(targets[rows].tolist())
    ]


def _draw_judged(
    axes: Axes, columns: Columns, rows: NDArray[np.int64], flags: NDArray[np.bool_]
) -> None:
    axis(axes, "y")
    times = at(columns, time_column(columns, "target", -1), rows)
    where, values = positions(times), numbers(columns, "value", rows)
    low, high = (numbers(columns, name, rows) for name in ("lower", "upper"))
    axes.fill_between(where, low, high, color=ACCENT.light, alpha=0.25, linewidth=0)
    axes.plot(where, values, color=INK.light, linewidth=1, zorder=3)
    odd: Look = {"color": WARN.light, "marker": "o", "markersize": 5, "linestyle": "none"}
    axes.plot(where[flags], values[flags], zorder=4, **odd)
    times_axis(axes, times, 6)
    values_axis(axes)


def _handles() -> list[Line2D]:
    band: Look = {"color": ACCENT.light, "alpha": 0.4, "linewidth": 8, "solid_capstyle": "butt"}
    odd: Look = {"color": WARN.light, "marker": "o", "markersize": 5, "linestyle": "none"}
    return [
        Line2D([], [], label="value", color=INK.light, linewidth=1),
        Line2D([], [], label="interval of the forecast", **band),
        Line2D([], [], label="anomaly", **odd),
    ]
