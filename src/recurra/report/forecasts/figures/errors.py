"""Errors as bars from zero, with the seasonal naive forecast and the linear map for scale."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from recurra.report.figures.bars import Bar, Reference, draw_bars
from recurra.report.numbers import significant
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["describe", "figure"]

_WIDEST = 3.0
"""A bar longer than so many seasonal naive ones is cut: the others could not be told apart."""


def figure(records: Sequence[Record]) -> Figure:
    """Draw one bar from zero for each model, its 95 % interval at the end.

    Args:
        records: Records of one comparison.

    Returns:
        The figure.
    """
    summaries = summarise_forecasts(records)
    bars = [Bar(one, one.error, one.low, one.high, _words(one)) for one in summaries]
    naive = next((one.error for one in summaries if one.model == "snaive"), None)
    reference = None
    if naive is not None:
        reference = Reference(naive, f"seasonal naive, {significant(naive, 3)}")
    longest = _WIDEST * naive if naive else None
    return draw_bars(records, bars, reference, title=summaries[0].scaled_by, longest=longest)


def describe(records: Sequence[Record]) -> str:
    """Say in words what the figure shows."""
    summaries = summarise_forecasts(records)
    values = "; ".join(f"{one.name} {_words(one)}" for one in summaries)
    return f"Bars of {summaries[0].scaled_by}, lower is better: {values}."


def _words(one: ForecastSummary) -> str:
    text = significant(one.error, 3)
    if one.low is None or one.high is None:
        return text
    return f"{text}  ({significant(one.low, 3)}–{significant(one.high, 3)})"
