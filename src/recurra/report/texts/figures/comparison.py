"""Accuracy as bars from zero, with the share of the most common class for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import interval, percent
from recurra.study.summary import ModelSummary, Record, summarise

__all__ = ["describe", "figure", "most_common_share"]


def most_common_share(records: Sequence[Record]) -> float:
    """Share of the test rows in the most common class: what a constant answer would reach."""
    rows = [sum(row) for row in records[0]["confusion_matrix"]]
    return float(max(rows) / max(1, sum(rows)))


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    constant = most_common_share(records)
    bars = [
        Bar(one, one.accuracy, one.low, one.high, _words(one, "  ")) for one in summarise(records)
    ]
    reference = Reference(constant, f"most common class, {percent(constant)}")
    return draw_bars(records, bars, reference, share=True)


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(f"{one.name} {_words(one, ' ')}" for one in summarise(records))
    return (
        f"Bars of accuracy with 95 % intervals: {values}. "
        f"Always answering the most common class gives {percent(most_common_share(records))}."
    )


def _words(one: ModelSummary, gap: str) -> str:
    return f"{percent(one.accuracy)}{gap}({interval(one.low, one.high)})"
