"""What each model of a comparison is made of, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.study.summary import Record

__all__ = ["model_settings"]

_OPTIONS = ("learning_rate", "batch_size", "epochs")


def model_settings(records: Sequence[Record]) -> list[tuple[str, str]]:
    """Write the specification of each model, and how each network was trained.

    Args:
        records: Records of one comparison.

    Returns:
        The model's name and its settings; models without any are left out.
    """
    found: dict[str, str] = {}
    for record in records:
        values = dict(record.get("specification") or {})
        if record.get("history"):
            training = record.get("training") or {}
            values |= {key: training[key] for key in _OPTIONS if key in training}
        pairs = (f"{key} {_plain(value)}" for key, value in values.items())
        found[record["name"]] = ", ".join(pairs)
    return [(name, value) for name, value in found.items() if value]


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
