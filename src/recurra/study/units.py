"""What a comparison of classifiers calls its rows and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["SEQUENCES", "TEXTS", "UNITS", "Unit", "unit_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """Words for rows and steps.

    Attributes:
        item: A row.
        step: A step of it.
        linear: Why the linear baseline may lose nothing when steps are shuffled.
    """

    item: str
    step: str
    linear: str = "it sees the order inside its n-grams only"

    @property
    def items(self) -> str:
        """Rows."""
        return f"{self.item}s"

    @property
    def steps(self) -> str:
        """Steps."""
        return f"{self.step}s"


_STATISTICS = "its statistics know little of the order"
TEXTS = Unit("text", "token")
SEQUENCES = Unit("sequence", "step", _STATISTICS)
UNITS = {
    "classify": TEXTS,
    "series": SEQUENCES,
    "audio": Unit("clip", "frame", _STATISTICS),
    "regress": SEQUENCES,
    "tag": Unit("token", "token"),
}
"""By the task of a record."""


def unit_of(record: Mapping[str, Any]) -> Unit:
    """Return the words for a record; one without a task is of texts."""
    return UNITS.get(str(record.get("task", "classify")), TEXTS)
