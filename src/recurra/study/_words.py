"""Words that the sentences of verdicts share."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NBSP", "are", "listed"]

NBSP = "\u00a0"


def are(names: Sequence[str]) -> str:
    """Return `is` for one name, `are` for several."""
    return "is" if len(names) == 1 else "are"


def listed(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
