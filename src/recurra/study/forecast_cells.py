"""The forecasters that a comparison knows by name."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.study.cells import parse_cells

__all__ = ["BASELINES", "DEFAULT_FORECASTERS", "FORECASTERS", "parse_forecasters"]

BASELINES = {"naive": "Naive", "snaive": "Seasonal naive", "linear": "Linear map"}
"""Always there: every network is measured against them."""
FORECASTERS = {
    **BASELINES,
    "rnn": "SimpleRNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "stacked": "Stacked LSTM",
    "bidirectional": "Bidirectional LSTM",
    "attention": "LSTM with attention",
    "seq2seq": "Seq2seq",
    "segrnn": "SegRNN",
}
DEFAULT_FORECASTERS = ("rnn", "lstm", "gru", "seq2seq", "segrnn")


def parse_forecasters(cells: str | Sequence[str]) -> tuple[str, ...]:
    """Check the names of the forecasters to compare.

    Args:
        cells: Names, or one string with commas; baselines may be among them.

    Returns:
        The baselines, then the networks in the order given.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is none, or one comes twice.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells), FORECASTERS)
    return (*BASELINES, *(name for name in chosen if name not in BASELINES))
