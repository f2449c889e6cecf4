"""A picture of a backtest: every forecast over what came, and the errors by step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.forecasts.panels import positions, spaced, times_axis, values_axis
from recurra.report.forecasts.plot_columns import Columns, at, by_value, label, numbers, time_column
from recurra.report.forecasts.saving import save_figure
from recurra.report.numbers import percent
from recurra.report.theme import ACCENT, INK, MUTED

if TYPE_CHECKING:
    from recurra.tasks import Backtest

__all__ = ["backtest_plot"]

_WIDE = 900


@styled
def backtest_plot(result: Backtest, where: str | Path | Figure) -> Figure:
    """Draw a backtest: every forecast over what came, and the errors by step.

    Args:
        result: The backtest.
        where: A file to write (`.png`, `.svg`, `.pdf`), or an empty figure to draw into.

    Returns:
        The figure.

    Raises:
        UsageError: If the file's ending is not known.
        OutputError: If the file cannot be written.
    """
    targets = list(result.metrics["by_target"])
    groups = _groups(result.columns, "origin")[: max(1, 3 // len(targets[:3]))]
    shown = [(name, rows, target) for name, rows in groups for target in targets[:3]]
    steps = len(result.metrics["by_step"]["mae"])
    rows = len(shown) + (steps > 1)
    figure = where if isinstance(where, Figure) else new_figure(190 * rows + 40, _WIDE)
    panels = figure.subplots(rows, 1, squeeze=False)[:, 0]
    for axes, (name, places, target) in zip(panels, shown, strict=False):
        _draw_windows(axes, result.columns, places, target)
        axes.set_title(label(name, target), loc="left", fontsize=TEXT, color=INK.light, pad=5)
    if steps > 1:
        _draw_steps(panels[-1], result.metrics)
    spaced(figure)
    key(figure, _handles(result.columns, targets[0]), columns=4)
    count = len(result.origins)
    return save_figure(figure, where, f"Backtest, {count} {'origin' if count == 1 else 'origins'}")


def _groups(columns: Columns, before: str) -> list[tuple[str, NDArray[np.int64]]]:
    """Return the series by name with their rows; their ids are the column before another."""
    first = next(iter(columns))
    if first == before:
        return [("", np.arange(len(columns[first])))]
    return by_value(columns[first])


def _draw_windows(axes: Axes, columns: Columns, rows: NDArray[np.int64], target: str) -> None:
    axis(axes, "y")
    times = at(columns, time_column(columns, "origin", 1), rows)
    where = positions(times)
    actual = numbers(columns, f"{target}_actual", rows)
    order = np.argsort(where, kind="stable")
    axes.plot(where[order], actual[order], color=INK.light, linewidth=1.3, zorder=3)
    low, high = _outer(columns, target)
    for _, window in by_value(at(columns, "origin", rows)):
        part = where[window]
        if low and high:
            below, above = (numbers(columns, name, rows)[window] for name in (low, high))
            axes.fill_between(part, below, above, color=ACCENT.light, alpha=0.22, linewidth=0)
        naive = numbers(columns, f"{target}_seasonal_naive", rows)[window]
        axes.plot(part, naive, color=MUTED.light, linewidth=1, linestyle=(0, (3, 2)))
        mark: Look = {"marker": "o", "markersize": 3} if len(part) < 2 else {}
        median = numbers(columns, target, rows)[window]
        axes.plot(part, median, color=ACCENT.light, linewidth=1.8, zorder=4, **mark)
    times_axis(axes, times, 6)
    values_axis(axes)


def _draw_steps(axes: Axes, metrics: Mapping[str, Any]) -> None:
    axis(axes, "both")
    figure = "mae" if metrics.get("mase") is None else "mase"
    lines = {"": metrics, **metrics["baselines"]}
    looks: dict[str, Look] = {
        "": {"color": ACCENT.light, "linewidth": 2},
        "naive": {"color": MUTED.light, "linewidth": 1.2, "linestyle": (0, (1, 1.5))},
        "seasonal_naive": {"color": MUTED.light, "linewidth": 1, "linestyle": (0, (3, 2))},
    }
    for name, values in lines.items():
        line = [np.nan if v is None else v for v in values["by_step"][figure]]
        axes.plot(range(1, len(line) + 1), line, **looks[name])
    axes.set_ylim(bottom=0)
    axes.set_xlim(1, len(metrics["by_step"][figure]))
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    values_axis(axes)
    title = f"{figure.upper()} by step ahead; dotted: naive"
    axes.set_title(title, loc="left", fontsize=TEXT, color=INK.light, pad=5)


def _outer(columns: Columns, target: str) -> tuple[str, str]:
    """Return the columns of the outermost quantiles; empty for point forecasts."""
    levels = sorted(
        (float(name[len(target) + 1 :]), name)
        for name in columns
        if name.startswith(f"{target}_") and _is_level(name[len(target) + 1 :])
    )
    return (levels[0][1], levels[-1][1]) if len(levels) > 1 else ("", "")


def _is_level(text: str) -> bool:
    try:
        return 0 < float(text) < 1
    except ValueError:
        return False


def _handles(columns: Columns, target: str) -> list[Line2D]:
    band: Look = {"color": ACCENT.light, "alpha": 0.4, "linewidth": 8, "solid_capstyle": "butt"}
    dashed: Look = {"color": MUTED.light, "linewidth": 1, "linestyle": (0, (3, 2))}
    handles = [
        Line2D([], [], label="observed", color=INK.light, linewidth=1.3),
        Line2D([], [], label="forecast", color=ACCENT.light, linewidth=1.8),
        Line2D([], [], label="seasonal naive", **dashed),
    ]
    low, high = _outer(columns, target)
    if low:
        share = float(high[len(target) + 1 :]) - float(low[len(target) + 1 :])
        handles.append(Line2D([], [], label=f"{percent(share, 0)} interval", **band))
    return handles
