"""BLEU or exact match as bars from zero, with the best baseline for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import Look, styled
from recurra.report.figures.rows import (
    BAR,
    MARK,
    UPRIGHT,
    key,
    percent_axis,
    row_axes,
    row_grid,
    row_text,
)
from recurra.report.numbers import plain, shorten
from recurra.report.theme import FAINT, INK, model_colours
from recurra.report.translations.tables import score_words, write_score
from recurra.study.summary import Record
from recurra.study.translation_summary import TranslationSummary, summarise_translators

__all__ = ["describe", "figure"]


@styled
def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_translators(records)
    colours = model_colours(record["model"] for record in records)
    reference = next((one for one in summaries if one.baseline), None)
    drawing, axes = row_axes(len(summaries), key_lines=1)
    if summaries[0].scored_by == "BLEU":
        axes.set_xlim(0, 1.04 * max(max(one.score, one.ends[1]) for one in summaries) or 1.0)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    else:
        percent_axis(axes, whole=True)
    axes.set_xlabel(summaries[0].scored_by)
    end = axes.get_xlim()[1]
    for row, one in enumerate(summaries):
        place = row + MARK
        fill: Look = {"alpha": 0.5} if one.baseline else {}
        axes.barh(place, end, height=BAR, color=FAINT.light, linewidth=0)
        bar: Look = {"height": BAR, "color": colours[one.model].light, "linewidth": 0, **fill}
        axes.barh(place, one.score, **bar)
        if one.low is not None and one.high is not None:
            axes.plot([one.low, one.high], [place, place], color=INK.light, linewidth=2)
        row_text(axes, row, one, score_words(one))
    if reference is not None:
        row_grid(axes, len(summaries), [reference.score], color=INK.light, linewidth=1.2, zorder=3)
    key(drawing, _handles(summaries, reference))
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    summaries = summarise_translators(records)
    values = "; ".join(f"{one.name} {score_words(one)}" for one in summaries)
    return f"Bars of {summaries[0].scored_by}, higher is better: {values}."


def _handles(
    summaries: Sequence[TranslationSummary], reference: TranslationSummary | None
) -> list[Line2D]:
    handles = []
    if any(one.low is not None for one in summaries):
        handles.append(Line2D([], [], color=INK.light, linewidth=2, label="95 % interval"))
    if reference is not None:
        score = write_score(reference.scored_by, reference.score)
        handles.append(Line2D([], [], label=f"{shorten(reference.name, 18)}, {score}", **UPRIGHT))
    return handles
