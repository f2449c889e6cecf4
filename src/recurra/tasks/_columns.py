"""Tables as columns, filled piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["extend_columns"]


def extend_columns(columns: dict[str, list[Any]], rows: Mapping[str, list[Any]]) -> None:
    """Add rows to the end of a table."""
    for name, values in rows.items():
        columns.setdefault(name, []).extend(values)
