"""Errors by step ahead: how fast each model loses sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.size import spread
from recurra.report.numbers import plain, shorten, significant
from recurra.report.theme import INK, Colour, model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_LINE = 19
_WIDEST = 2.0
_DASHES = (0, (4, 2.5))

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
    height = max(320, _LINE * len(lines) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    for one, values in lines:
        look: Look = {"linestyle": _DASHES, "linewidth": 1.4} if one.baseline else {"linewidth": 2}
        axes.plot(range(1, len(values) + 1), values, color=colours[one.model].light, **look)
    _axes(axes, lines)
    _names(axes, lines, colours, height - 60)
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


def _names(axes: Axes, lines: Lines, colours: Mapping[str, Colour], pixels: float) -> None:
    """Write the names in a column at the right, each joined to the end of its line."""
    ranked = sorted(lines, key=lambda line: -line[1][-1])
    high = axes.get_ylim()[1]
    wanted = [min(1.0, values[-1] / high) for _, values in ranked]
    places = spread(wanted, _LINE / pixels)
    for (one, values), place in zip(ranked, places, strict=True):
        axes.annotate(
            shorten(one.name, 19),
            xy=(len(values), min(high, values[-1])),
            xytext=(1.07, place * high),
            textcoords=axes.get_yaxis_transform(),
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
                "color": colours[one.model].light,
            },
            annotation_clip=False,
        )
