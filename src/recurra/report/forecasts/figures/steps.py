"""Errors by step ahead: how fast each model loses sight."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import Look, axis, new_figure, styled
from recurra.report.figures.lines import BASELINE, LINE, LineEnd, name_ends
from recurra.report.numbers import plain, significant
from recurra.report.theme import model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_WIDEST = 2.0

Lines = Sequence[tuple[ForecastSummary, list[float]]]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw a line for each model over the steps of the horizon, baselines dashed.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None where there is a single step.
    """
    lines = _lines(records)
    if not lines or len(lines[0][1]) < 2:
        return None
    colours = model_colours(record["model"] for record in records)
    height = max(320, LINE * len(lines) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    for one, values in lines:
        look: Look = BASELINE if one.baseline else {"linewidth": 2}
        axes.plot(range(1, len(values) + 1), values, color=colours[one.model].light, **look)
    _axes(axes, lines)
    top = axes.get_ylim()[1]
    ends = [LineEnd(one.model, one.name, len(line), min(top, line[-1])) for one, line in lines]
    name_ends(axes, ends, colours, height - 60)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    lines = _lines(records)
    values = "; ".join(
        f"{one.name} from {significant(line[0], 3)} to {significant(line[-1], 3)}"
        for one, line in lines
    )
    return f"{lines[0][0].scaled_by} by step ahead, first to last step: {values}."


def _lines(records: Sequence[Record]) -> Lines:
    """Return the mean error by step of each model, where every step has one."""
    summaries = summarise_forecasts(records)
    figure = "mase" if summaries[0].scaled_by == "MASE" else "mae_scaled"
    found = []
    for one in summaries:
        runs = [r["metrics"]["by_step"].get(figure) for r in records if r["model"] == one.model]
        if all(runs) and all(value is not None for run in runs for value in run):
            found.append((one, [fmean(values) for values in zip(*runs, strict=True)]))
    return found


def _axes(axes: Axes, lines: Lines) -> None:
    axes.set_ylim(0, 1.05 * _highest(lines))
    axes.set_xlim(1, len(lines[0][1]))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.set_xlabel("steps ahead")
    axes.set_ylabel(lines[0][0].scaled_by)


def _highest(lines: Lines) -> float:
    """Return the top of the axis: of the naive forecast only what is near the others."""
    highest = max(max(values) for _, values in lines)
    others = [max(values) for one, values in lines if one.model != "naive"]
    return min(highest, _WIDEST * max(others)) if others else highest
