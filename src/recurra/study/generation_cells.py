"""The language models that a comparison knows by name."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.study.cells import parse_cells

__all__ = ["BASELINES", "DEFAULT_GENERATORS", "GENERATORS", "parse_generators"]

BASELINES = {"ngram": "n-gram"}
"""Always there: every network is measured against it."""
GENERATORS = {**BASELINES, "rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
DEFAULT_GENERATORS = ("rnn", "lstm", "gru")


def parse_generators(cells: str | Sequence[str]) -> tuple[str, ...]:
    """Check the names of the language models to compare.

    Args:
        cells: Names, or one string with commas; the baseline may be among them.

    Returns:
        The baseline, then the networks in the order given.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is none, or one comes twice.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells), GENERATORS)
    return (*BASELINES, *(name for name in chosen if name not in BASELINES))
