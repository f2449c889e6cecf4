"""The translators that a comparison knows by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.study.cells import parse_cells

__all__ = ["BASELINES", "DEFAULT_TRANSLATORS", "TRANSLATORS", "parse_translators"]
__all__ += ["translator_options"]

BASELINES = {"nearest": "Nearest source", "copy": "Copy of the source"}
"""The nearest source is always there, the copy where sources and targets share words."""
_NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "rnn": ("SimpleRNN", {"cell": "rnn"}),
    "lstm": ("LSTM", {"cell": "lstm"}),
    "gru": ("GRU", {"cell": "gru"}),
    "noattention": ("GRU without attention", {"cell": "gru", "attention": "none"}),
}
TRANSLATORS = {**BASELINES, **{key: name for key, (name, _) in _NETWORKS.items()}}
DEFAULT_TRANSLATORS = ("rnn", "lstm", "gru")


def parse_translators(cells: str | Sequence[str]) -> tuple[str, ...]:
    """Check the names of the translators to compare.

    Args:
        cells: Names, or one string with commas; baselines may be among them.

    Returns:
        The baselines, `copy` only where it is named, then the networks in the order given.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is none, or one comes twice.
    """
    chosen = parse_cells(cells if isinstance(cells, str) else list(cells), TRANSLATORS)
    first = ("nearest", *(name for name in ("copy",) if name in chosen))
    return (*first, *(name for name in chosen if name not in BASELINES))


def translator_options(name: str) -> dict[str, Any]:
    """Return the settings of `Translator` that the name of a network stands for."""
    return dict(_NETWORKS[name][1])
