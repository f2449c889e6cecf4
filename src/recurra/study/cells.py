"""The models that a comparison knows by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from recurra.errors import UnknownNameError, UsageError

__all__ = ["CLASSIFIERS", "DEFAULT_CELLS", "LINEAR", "cell_options", "check_call", "parse_cells"]

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


def check_call(
    cells: str | Sequence[str], repeats: int, test_share: float, settings: Mapping[str, Any]
) -> tuple[str, ...]:
    """Check what a comparison is asked for before its data are read.

    Args:
        cells: As for `parse_cells`.
        repeats: Trainings of each network.
        test_share: Share that is held out.
        settings: Of all networks alike.

    Returns:
        The names of the networks.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If a number is out of its range, or a setting says what `cells` says.
    """
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if not 0 < test_share < 1:
        raise UsageError(f"a share between 0 and 1 has to be held out, not {test_share}")
    for name in ("bidirectional", "cell"):
        if name in settings:
            raise UsageError(f"cells says what to compare; leave out {name}")
    return parse_cells(cells if isinstance(cells, str) else list(cells))
