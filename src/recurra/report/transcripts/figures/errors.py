"""Word error rates as bars from zero, with one text for all clips for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import interval, percent
from recurra.study.summary import Record
from recurra.study.transcripts.summary import TranscriptSummary, summarise_recognizers

__all__ = ["describe", "figure"]


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.
    """
    summaries = summarise_recognizers(records)
    bars = [Bar(one, one.error, one.low, one.high, _words(one)) for one in summaries]
    constant = next((one.error for one in summaries if one.model == "constant"), None)
    reference = None if constant is None else Reference(constant, "one text for all clips")
    return draw_bars(records, bars, reference, title="word error rate", share=True)


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(f"{one.name} {_words(one)}" for one in summarise_recognizers(records))
    return f"Bars of the word error rate, lower is better: {values}."


def _words(one: TranscriptSummary) -> str:
    return f"{percent(one.error)} ({interval(one.low, one.high)})"
