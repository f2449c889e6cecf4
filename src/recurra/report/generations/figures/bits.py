"""Bits per character as bars from zero, with the n-gram model for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import fixed
from recurra.study.generation_summary import GenerationSummary, summarise_generators
from recurra.study.summary import Record

__all__ = ["describe", "figure"]


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_generators(records)
    bars = [Bar(one, one.loss, one.low, one.high, _words(one)) for one in summaries]
    return draw_bars(records, bars, _reference(summaries), title="bits per character")


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(f"{one.name} {_words(one)}" for one in summarise_generators(records))
    return f"Bars of bits per character, lower is better: {values}."


def _reference(summaries: Sequence[GenerationSummary]) -> Reference | None:
    for one in summaries:
        if one.baseline:
            return Reference(one.loss, f"{one.name}, {fixed(one.loss)}")
    return None


def _words(one: GenerationSummary) -> str:
    if one.low is None or one.high is None:
        return fixed(one.loss)
    return f"{fixed(one.loss)}  ({fixed(one.low)}–{fixed(one.high)})"
