"""Loss by place in the text: what a model makes of what it has read."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from recurra.report.canvas import Look, axis, new_figure, styled
from recurra.report.figures.lines import BASELINE, LINE, LineEnd, name_ends
from recurra.report.numbers import compact, fixed, plain
from recurra.report.theme import model_colours
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

Lines = Sequence[tuple[GenerationSummary, list[float]]]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw a line for each model over the tokens read before, baselines dashed.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None where the test text was too short to tell.
    """
    starts, lines = _lines(records)
    if len(starts) < 2 or not lines:
        return None
    colours = model_colours(record["model"] for record in records)
    height = max(320, LINE * len(lines) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    for one, values in lines:
        look: Look = BASELINE if one.baseline else {"linewidth": 2}
        axes.plot(starts, values, color=colours[one.model].light, **look)
    _axes(axes, starts)
    ends = [LineEnd(one.model, one.name, starts[-1], values[-1]) for one, values in lines]
    name_ends(axes, ends, colours, height - 60)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    starts, lines = _lines(records)
    values = "; ".join(
        f"{one.name} from {fixed(line[0], 2)} to {fixed(line[-1], 2)}" for one, line in lines
    )
    return (
        f"Nats per token by the tokens read before, from {starts[0]} to {starts[-1]} and more: "
        f"{values}."
    )


def _lines(records: Sequence[Record]) -> tuple[list[int], Lines]:
    """Return the tokens before, from 1 up, and the mean loss of each model there."""
    starts: list[int] = []
    found = []
    for one in summarise_generators(records):
        parts = [r["positions"] for r in records if r["model"] == one.model]
        if not all(parts):
            continue
        starts = list(parts[0]["starts"])
        runs = [part["nats"] for part in parts]
        found.append((one, [fmean(values) for values in zip(*runs, strict=True)]))
    # A logarithmic axis has no zero; before any token all models but the n-grams guess blindly.
    first = next((place for place, start in enumerate(starts) if start > 0), 0)
    return starts[first:], [(one, values[first:]) for one, values in found]


def _axes(axes: Axes, starts: Sequence[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xlim(starts[0], starts[-1])
    shown = starts[:: -(-len(starts) // 6)]
    axes.set_xticks(list(shown))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.set_xlabel("tokens read before, logarithmic")
    axes.set_ylabel("nats per token")
