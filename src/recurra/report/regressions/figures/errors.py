"""Errors as bars from zero, with the mean of the training for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import significant
from recurra.study.sequences.summary import RegressionSummary, summarise_regressors
from recurra.study.summary import Record

__all__ = ["describe", "figure"]


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.
    """
    summaries = summarise_regressors(records)
    bars = [Bar(one, one.rmse, one.low, one.high, _words(one)) for one in summaries]
    constant = next((one.rmse for one in summaries if one.model == "mean"), None)
    reference = None if constant is None else Reference(constant, "mean of the training")
    return draw_bars(records, bars, reference, title="root mean squared error")


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    values = "; ".join(f"{one.name} {_words(one)}" for one in summarise_regressors(records))
    return f"Bars of the root mean squared error, lower is better: {values}."


def _words(one: RegressionSummary) -> str:
    low, high = significant(one.low, 3), significant(one.high, 3)
    return f"{significant(one.rmse, 3)} ({low} to {high})"
