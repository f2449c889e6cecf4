"""How long the texts are, and where the maximum length cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recurra.report.canvas import TEXT, Look, axis, new_figure, styled
from recurra.report.numbers import count, percent
from recurra.report.theme import ACCENT, WARN
from recurra.study.summary import Record
from recurra.study.units import unit_of

__all__ = ["describe", "figure", "shown_bins"]

_SHOWN = 0.995


def shown_bins(counts: Sequence[float]) -> int:
    """How many bins from the left hold 99.5 % of the texts: the rest is a long, flat tail."""
    total = sum(counts) or 1
    for place, reached in enumerate(accumulate(counts)):
        if reached >= _SHOWN * total:
            return place + 1
    return len(counts)


@styled
def figure(records: Sequence[Record]) -> Figure | None:
    """Draw the histogram of lengths in tokens with the cut marked.

    Args:
        records: Records of one comparison.

    Returns:
        The figure; None if the records hold no histogram.
    """
    data = records[0]["data"]
    histogram = data.get("length_histogram")
    if not histogram:
        return None
    bins = shown_bins(histogram["counts"])
    edges, counts = histogram["edges"][: bins + 1], histogram["counts"][:bins]
    cut = data.get("max_length")
    drawing = new_figure(270)
    axes = axis(drawing.add_subplot(), "y")
    for left, right, height in zip(edges, edges[1:], counts, strict=False):
        _bar(axes, (left, right), height, cut)
    axes.set_ylim(0, 1.18 * max(counts))
    if cut is not None:
        _mark_cut(axes, cut, edges, data.get("truncated_share"))
    unit = unit_of(records[0])
    steps = "characters" if data.get("level") == "char" else unit.steps
    axes.set_xlabel(f"{steps} in a {unit.item}")
    axes.set_ylabel(f"training {unit.items}")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    return drawing


def _bar(axes: Axes, ends: tuple[float, float], height: float, cut: float | None) -> None:
    """Draw one bin, what lies beyond the cut in another colour."""
    gap = 0.05 * (ends[1] - ends[0])
    left, right = ends[0] + gap, ends[1] - gap
    middle = right if cut is None else min(max(cut, left), right)
    for start, end, colour in ((left, middle, ACCENT), (middle, right, WARN)):
        if end > start:
            look: Look = {"color": colour.light, "alpha": 0.75, "linewidth": 0}
            axes.bar(start, height, end - start, align="edge", **look)


def _mark_cut(axes: Axes, cut: float, edges: Sequence[float], share: float | None) -> None:
    """Draw the cut, its words on the side with more room."""
    if cut > edges[-1]:
        return
    right = cut < (edges[0] + edges[-1]) / 2
    words = f"cut at {count(cut)}"
    words += f": {percent(share)} are longer" if share is not None else ""
    axes.axvline(cut, color=WARN.light, linewidth=1.5)
    axes.annotate(
        words,
        (cut, 0.95),
        xycoords=("data", "axes fraction"),
        xytext=(7 if right else -7, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=TEXT,
        color=WARN.light,
    )


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    data = records[0]["data"]
    length = data.get("length") or {}
    cut = data.get("max_length")
    unit, median = unit_of(records[0]), count(length.get("median"))
    words = [f"Histogram of {unit.item} lengths: median {median} {unit.steps}"]
    words.append(f"95th percentile {count(length.get('p95'))}, longest {count(length.get('max'))}.")
    if cut is not None:
        words.append(f"Cut at {count(cut)}: {percent(data.get('truncated_share'))} are longer.")
    return " ".join([f"{words[0]},", *words[1:]])
