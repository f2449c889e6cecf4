"""Training and validation by epoch: one small panel for each model, all on the same axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.figures.rows import key
from recurra.report.numbers import shorten
from recurra.report.tables import Summary
from recurra.report.theme import MUTED, PALE, PAPER, Colour, model_colours
from recurra.study.summary import Record

__all__ = ["Curves", "Groups", "Metric", "describe_curves", "draw_curves"]

Groups: TypeAlias = Mapping[str, Sequence[Record]]
"""Runs by model."""


class Metric(NamedTuple):
    """A figure that training reports after every epoch.

    Attributes:
        name: Its key in the history; that of validation has `val_` before it.
        write: How it is written.
        share: Whether it lies between 0 and 1.
        comparable: Whether the models' values are of one unit, and share their axes.
    """

    name: str
    write: Callable[[float | None], str]
    share: bool = False
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class Curves:
    """A metric by epoch of the models of one kind of comparison.

    Attributes:
        summarise: Summaries of some records, the best model first.
        metric: What is drawn.
    """

    summarise: Callable[[Sequence[Record]], Sequence[Summary]]
    metric: Metric

    def figure(self, records: Sequence[Record]) -> Figure | None:
        """Draw training and validation; None if no model was trained in epochs."""
        colours = model_colours(record["model"] for record in records)
        return draw_curves(self._trained(records), colours, self.metric)

    def describe(self, records: Sequence[Record]) -> str:
        """Say in words what the curves show."""
        return describe_curves(self._trained(records), self.metric)

    def _trained(self, records: Sequence[Record]) -> Groups:
        """Return the runs with a history, by model."""
        models = [one.model for one in self.summarise(records)]
        groups = {
            model: [run for run in records if run["model"] == model and run["history"]]
            for model in models
        }
        return {model: runs for model, runs in groups.items() if runs}


_DASHES = (0, (4, 2.5))


@styled
def draw_curves(groups: Groups, colours: Mapping[str, Colour], metric: Metric) -> Figure | None:
    """Draw training and validation by epoch.

    Args:
        groups: The runs with a history, by model, best model first.
        colours: Colour by model.
        metric: What to draw.

    Returns:
        The figure; None if no model was trained in epochs.
    """
    if not groups:
        return None
    columns = min(2, len(groups))
    rows = -(-len(groups) // columns)
    drawing = new_figure((146 if len(groups) > 1 else 240) * rows + 66)
    panels = drawing.subplots(rows, columns, sharex=True, sharey=metric.comparable, squeeze=False)
    flat = [panel for line in panels for panel in line]
    for panel, (model, runs) in zip(flat, groups.items(), strict=False):
        if metric.comparable:
            _others(panel, groups, model, metric.name)
        else:
            panel.set_ylim(*_limits({model: runs}, metric))
        _runs(panel, runs, metric.name, colours[model].light)
        name = shorten(runs[0]["name"], 22 if columns > 1 else 44)
        panel.set_title(name, loc="left", color=colours[model].light, fontsize=TEXT, pad=5)
    if metric.comparable:
        flat[0].set_ylim(*_limits(groups, metric))
    _axes(flat, len(groups), columns, metric)
    validated = _any_validated(groups, metric.name)
    several = metric.comparable and len(groups) > 1
    key(drawing, _handles(several, validated=validated), columns=2)
    return drawing


def describe_curves(groups: Groups, metric: Metric) -> str:
    """Say in words what the curves show."""
    parts = []
    for runs in groups.values():
        last = metric.write(_mean(runs, _judging(runs, metric.name))[-1])
        best = fmean(float(run["best_epoch"]) for run in runs)
        what = "validation" if _validated(runs, metric.name) else "training"
        parts.append(f"{runs[0]['name']}: best epoch {best:.2g}, {what} ends at {last}")
    what = "Training and validation" if _any_validated(groups, metric.name) else "Training"
    return f"{what} {metric.name} by epoch, one panel per model. {'; '.join(parts)}."


def _validated(runs: Sequence[Record], metric: str) -> bool:
    """Say whether runs held rows out to choose the best epoch; small data are all trained on."""
    return all(f"val_{metric}" in run["history"] for run in runs)


def _any_validated(groups: Groups, metric: str) -> bool:
    return any(_validated(runs, metric) for runs in groups.values())


def _judging(runs: Sequence[Record], metric: str) -> str:
    """Return the values that say how good runs became: of validation where there are any."""
    return f"val_{metric}" if _validated(runs, metric) else metric


def _lines(runs: Sequence[Record], metric: str) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = [(metric, _DASHES)]
    return [*lines, (f"val_{metric}", "-")] if _validated(runs, metric) else lines


def _mean(runs: Sequence[Record], name: str) -> list[float]:
    """Average over the runs, as far as all of them went."""
    return [fmean(values) for values in zip(*(run["history"][name] for run in runs), strict=False)]


def _others(panel: Axes, groups: Groups, model: str, metric: str) -> None:
    """The other models' validation, pale, for comparison."""
    for other, runs in groups.items():
        if other != model:
            mean = _mean(runs, _judging(runs, metric))
            panel.plot(range(1, len(mean) + 1), mean, color=PALE.light, linewidth=1)


def _runs(panel: Axes, runs: Sequence[Record], metric: str, colour: str) -> None:
    """Each repeat thin with its best epoch, the means bold."""
    several = len(runs) > 1
    for run in runs if several else ():
        for name, dashes in _lines(runs, metric):
            values = run["history"][name]
            epochs = range(1, len(values) + 1)
            panel.plot(epochs, values, color=colour, linewidth=0.8, linestyle=dashes, alpha=0.4)
    for name, dashes in _lines(runs, metric):
        mean = _mean(runs, name)
        marker: Look = (
            {"marker": "_", "markersize": 11, "markeredgewidth": 2}
            if len(mean) == 1 and name == metric
            else {}
        )
        epochs = range(1, len(mean) + 1)
        panel.plot(epochs, mean, color=colour, linewidth=2, linestyle=dashes, **marker)
    for run in runs:
        values, best = run["history"][_judging(runs, metric)], run.get("best_epoch")
        if best is not None and 1 <= best <= len(values):
            mark: Look = {"color": colour, "markersize": 5 if several else 8}
            panel.plot(best, values[best - 1], "o", markeredgecolor=PAPER.light, zorder=5, **mark)


def _limits(groups: Groups, metric: Metric) -> tuple[float, float]:
    values = [
        value
        for runs in groups.values()
        for run in runs
        for name, _ in _lines(runs, metric.name)
        for value in run["history"][name]
    ]
    low, high = min(values), max(values)
    margin = max(0.07 * (high - low), 0.01)
    top = high + margin
    return max(0.0, low - margin), min(1.01, top) if metric.share else top


def _axes(panels: Sequence[Axes], used: int, columns: int, metric: Metric) -> None:
    for place, panel in enumerate(panels):
        if place >= used:
            panel.remove()
            continue
        axis(panel, "y")
        panel.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        panel.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        panel.margins(x=0.06)
        if metric.share:
            panel.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))
        if place + columns >= used:
            panel.tick_params(labelbottom=True)
            panel.set_xlabel("epoch")
            # The panel above an empty place may write into it; the rows stay equally high.
            panel.xaxis.set_in_layout(place + columns >= len(panels))


def _handles(several: bool, *, validated: bool) -> list[Line2D]:
    line: Look = {"color": MUTED.light, "linewidth": 2}
    dot: Look = {"color": MUTED.light, "linestyle": "none", "marker": "o", "markersize": 6}
    pale: Look = {"color": PALE.light, "linewidth": 1.5}
    others = "the others' validation" if validated else "the others"
    return [
        *([Line2D([], [], label="validation", **line)] if validated else []),
        Line2D([], [], label="training", linestyle=_DASHES, **line),
        Line2D([], [], label="best epoch", **dot),
        *([Line2D([], [], label=others, **pale)] if several else []),
    ]
