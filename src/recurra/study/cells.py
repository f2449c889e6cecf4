"""The models that a comparison knows by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from recurra.errors import UnknownNameError, UsageError

__all__ = ["CLASSIFIERS", "DEFAULT_CELLS", "LINEAR", "cell_options", "parse_cells"]

LINEAR = "linear"
CLASSIFIERS: dict[str, tuple[str, dict[str, Any]]] = {
    "dense": ("Dense (order-blind)", {"cell": "dense", "bidirectional": False}),
    "rnn": ("SimpleRNN", {"cell": "rnn", "bidirectional": False}),
    "lstm": ("LSTM", {"cell": "lstm", "bidirectional": False}),
    "gru": ("GRU", {"cell": "gru", "bidirectional": False}),
    "birnn": ("Bidirectional SimpleRNN", {"cell": "rnn", "bidirectional": True}),
    "bilstm": ("Bidirectional LSTM", {"cell": "lstm", "bidirectional": True}),
    "bigru": ("Bidirectional GRU", {"cell": "gru", "bidirectional": True}),
}
DEFAULT_CELLS = ("dense", "rnn", "lstm", "gru", "bilstm", "bigru")


def parse_cells(
    cells: str | tuple[str, ...] | list[str], known: Collection[str] = CLASSIFIERS
) -> tuple[str, ...]:
    """Check the names of the models to compare or measure.

    Args:
        cells: Names, or one string with commas.
        known: The names that exist.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is none, or one comes twice.
    """
    names = cells.split(",") if isinstance(cells, str) else cells
    chosen = tuple(name.strip().lower() for name in names if name.strip())
    for name in chosen:
        if name not in known:
            raise UnknownNameError("cell", name, known)
    if not chosen or len(set(chosen)) != len(chosen):
        raise UsageError(f"name each cell to compare once, not {','.join(chosen) or 'none'}")
    return chosen


def cell_options(name: str) -> dict[str, Any]:
    """Return the settings of `TextClassifier` that a name stands for."""
    return dict(CLASSIFIERS[name][1])
