"""Bits per character as bars from zero, with the n-gram model for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import BAR, MARK, UPRIGHT, key, row_axes, row_grid, row_text
from recurra.report.numbers import fixed, plain
from recurra.report.theme import FAINT, INK, model_colours
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["describe", "figure"]


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_generators(records)
    colours = model_colours(record["model"] for record in records)
    reference = next((one for one in summaries if one.baseline), None)
    drawing, axes = row_axes(len(summaries), key_lines=1)
    end = 1.04 * max(max(one.loss, one.ends[1]) for one in summaries) or 1.0
    axes.set_xlim(0, end)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.set_xlabel("bits per character")
    for row, one in enumerate(summaries):
        place = row + MARK
        fill: Look = {"alpha": 0.5} if one.baseline else {}
        axes.barh(place, end, height=BAR, color=FAINT.light, linewidth=0)
        bar: Look = {"height": BAR, "color": colours[one.model].light, "linewidth": 0, **fill}
        axes.barh(place, one.loss, **bar)
        if one.low is not None and one.high is not None:
            axes.plot([one.low, one.high], [place, place], color=INK.light, linewidth=2)
        row_text(axes, row, one, _words(one))
    if reference is not None:
        row_grid(axes, len(summaries), [reference.loss], color=INK.light, linewidth=1.2, zorder=3)
    key(drawing, _handles(summaries, reference))
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(f"{one.name} {_words(one)}" for one in summarise_generators(records))
    return f"Bars of bits per character, lower is better: {values}."


def _words(one: GenerationSummary) -> str:
    if one.low is None or one.high is None:
        return fixed(one.loss)
    return f"{fixed(one.loss)}  ({fixed(one.low)}–{fixed(one.high)})"


def _handles(
    summaries: Sequence[GenerationSummary], reference: GenerationSummary | None
) -> list[Line2D]:
    handles = []
    if any(one.low is not None for one in summaries):
        handles.append(Line2D([], [], color=INK.light, linewidth=2, label="95 % interval"))
    if reference is not None:
        label = f"{reference.name}, {fixed(reference.loss)}"
        handles.append(Line2D([], [], label=label, **UPRIGHT))
    return handles
