"""Checks of settings that more than one task has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from recurra.errors import UnknownNameError, UsageError

__all__ = [
    "check_between",
    "check_choice",
    "check_learning_rate",
    "check_rows",
    "check_units",
    "check_whole",
    "is_number",
    "plain_value",
]


def check_whole(name: str, value: object, smallest: int) -> None:
    """Refuse what is no whole number from `smallest` up."""
    if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
        raise UsageError(f"{name} must be a whole number from {smallest} up, not {value!r}")


def check_between(name: str, value: object) -> None:
    """Refuse what is no number from 0 to below 1."""
    if not is_number(value) or not 0 <= value < 1:  # type: ignore[operator]
        raise UsageError(f"{name} must be at least 0 and below 1, not {value!r}")


def check_learning_rate(value: object) -> None:
    """Refuse what is no finite number above 0."""
    if not is_number(value) or not 0 < value < math.inf:  # type: ignore[operator]
        raise UsageError(f"learning_rate must be above 0, not {value!r}")


def check_rows(name: str, value: object, smallest: int) -> None:
    """Refuse what is neither a number of rows from `smallest` up nor a share below 1."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= smallest
    share = isinstance(value, float) and smallest <= math.ceil(value) and 0 <= value < 1
    if not whole and not share:
        raise UsageError(
            f"{name} must be a number of rows or a share between 0 and 1, not {value!r}"
        )


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Refuse a name that is not among the choices."""
    if value not in choices:
        raise UnknownNameError(name, str(value), choices)


def check_units(units: object, layers: int) -> None:
    """Refuse what is neither one width nor as many as there are layers."""
    if not isinstance(units, (int, tuple)):
        raise UsageError(f"units must be a number or one for each layer, not {units!r}")
    if isinstance(units, tuple) and layers not in (1, len(units)):
        raise UsageError(f"units names {len(units)} layers ({units}), layers says {layers}")


def plain_value(value: Any) -> Any:
    """Return NumPy's numbers and arrays, as searches over settings give them, as Python's."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    return tuple(map(plain_value, value)) if isinstance(value, (list, tuple)) else value


def is_number(value: object) -> bool:
    """Whether a value is a number, which `True` and `False` are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
