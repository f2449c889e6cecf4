"""Checks that records of every kind share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

__all__ = [
    "data_problem",
    "first_problem",
    "history_problem",
    "is_count",
    "is_list",
    "is_number",
    "numbers_problem",
]


_HELD_OUT = "val_"


def first_problem(
    record: Mapping[str, Any], checks: Iterable[Callable[[Mapping[str, Any]], str | None]]
) -> str | None:
    """Return what the first of some checks finds wrong with a record, or None."""
    return next((found for check in checks if (found := check(record))), None)


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def is_count(value: object) -> TypeGuard[int]:
    """Say whether a value is a whole number from 0 up."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Say whether a value is a list, not a text."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def numbers_problem(values: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Say which of some entries is neither a number nor null, or None."""
    for key in names:
        if values.get(key) is not None and not is_number(values[key]):
            return f"{key!r} should be a number or null, got {values[key]!r}"
    return None


def history_problem(
    history: Any, names: Sequence[str], *, may_lack_validation: bool = False
) -> str | None:
    """Say what is wrong with the values by epoch, or None.

    Args:
        history: The values.
        names: Those that are needed.
        may_lack_validation: Whether all rows may have been trained on, and none held out.
    """
    if history is None:
        return None
    if not isinstance(history, Mapping):
        return "'history' should be an object or null"
    held_out = any(str(name).startswith(_HELD_OUT) for name in history)
    for key in names:
        if may_lack_validation and key.startswith(_HELD_OUT) and not held_out:
            continue
        values = history.get(key)
        if not isinstance(values, Sequence) or not values or not all(map(is_number, values)):
            return f"'history' should hold a list of numbers under {key!r}"
        if len(values) != len(history["loss"]):
            return (
                f"'history' has {len(values)} values under {key!r}, its 'loss' has another number"
            )
    return None


def data_problem(record: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the description of the data, or None."""
    data = record.get("data")
    if not isinstance(data, Mapping):
        return "'data' should be an object that describes the data"
    rows = data.get("rows")
    if not isinstance(rows, Mapping) or not is_count(rows.get("test")):
        return "'data' should hold 'rows' with a count of the 'test' part"
    return None
