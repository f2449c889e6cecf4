"""Quality by the length of the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import Look, axis, new_figure, styled
from recurra.report.figures.lines import BASELINE, LINE, LineEnd, name_ends
from recurra.report.theme import model_colours
from recurra.report.translations.tables import write_score
from recurra.study.summary import Record
from recurra.study.translation_summary import (
    TranslationSummary,
    ranked_by,
    summarise_translators,
)

__all__ = ["describe", "figure"]

Lines = Sequence[tuple[TranslationSummary, list[float]]]


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw a line for each model over the groups of lengths, baselines dashed.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None where all sources are about equally long.
    """
    groups, lines = _groups(records), _lines(records)
    if len(groups) < 2 or not lines:
        return None
    colours = model_colours(record["model"] for record in records)
    height = max(320, LINE * len(lines) + 90)
    drawing = new_figure(height)
    axes = axis(drawing.add_subplot(), "both")
    places = range(len(groups))
    for one, values in lines:
        look: Look = BASELINE if one.baseline else {"linewidth": 2}
        colour = colours[one.model].light
        axes.plot(places, values, color=colour, marker="o", markersize=4, clip_on=False, **look)
    _axes(axes, groups, lines[0][0].scored_by)
    axes.set_xlabel(f"{_unit(records)} of the source")
    ends = [LineEnd(one.model, one.name, places[-1], values[-1]) for one, values in lines]
    name_ends(axes, ends, colours, height - 60)
    return drawing


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    groups = _groups(records)
    values = "; ".join(
        f"{one.name} from {write_score(one.scored_by, line[0])} to "
        f"{write_score(one.scored_by, line[-1])}"
        for one, line in _lines(records)
    )
    shortest, longest = _range(groups[0]), _range(groups[-1])
    return (
        f"Quality by length of the source, from {shortest} to {longest} {_unit(records)}: {values}."
    )


def _groups(records: Sequence[Record]) -> list[Mapping[str, Any]]:
    lengths = records[0]["metrics"].get("by_length")
    return list(lengths["bins"]) if lengths else []


def _unit(records: Sequence[Record]) -> str:
    return str(records[0]["metrics"]["by_length"]["unit"])


def _lines(records: Sequence[Record]) -> Lines:
    """Return the mean score in each group of each model, where every group has one."""
    figure = ranked_by(records)
    groups = len(_groups(records))
    found = []
    for one in summarise_translators(records):
        parts = [r["metrics"].get("by_length") for r in records if r["model"] == one.model]
        runs = [[group[figure] for group in part["bins"]] for part in parts if part]
        if runs and all(len(run) == groups and None not in run for run in runs):
            found.append((one, [fmean(values) for values in zip(*runs, strict=True)]))
    return found


def _axes(axes: Axes, groups: Sequence[Mapping[str, Any]], scored_by: str) -> None:
    axes.set_ylim(0, None if scored_by == "BLEU" else 1)
    axes.set_xlim(0, len(groups) - 1)
    axes.set_xticks(range(len(groups)), [_range(group) for group in groups])
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    if scored_by == "BLEU":
        axes.set_ylabel("BLEU")
    else:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))
        axes.set_ylabel("exact match")


def _range(group: Mapping[str, Any]) -> str:
    low, high = group["shortest"], group["longest"]
    return f"{low}" if low == high else f"{low}–{high}"
