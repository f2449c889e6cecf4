"""Entities written as tags: B-X begins one of kind X, I-X goes on, O is outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["forbidden_transitions", "is_bio", "repair_bio"]


def is_bio(tags: Iterable[str]) -> bool:
    """Say whether tags are entities in BIO: nothing but O, B-X and I-X, and at least one B or I."""
    seen = set(tags)
    marked = {tag for tag in seen if tag[:2] in ("B-", "I-") and len(tag) > 2}
    return bool(marked) and seen <= marked | {"O"}


def repair_bio(tags: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Let every entity begin with B.

    An I-X that follows neither B-X nor I-X becomes B-X. This also turns the older scheme IOB1,
    whose entities begin with B only right after another of their kind, into BIO.

    Args:
        tags: The tags of one sentence.

    Returns:
        The tags, and how many were changed.
    """
    repaired: list[str] = []
    changed = 0
    for tag in tags:
        before = repaired[-1] if repaired else "O"
        broken = _breaks(before, tag)
        repaired.append(f"B-{tag[2:]}" if broken else tag)
        changed += broken
    return tuple(repaired), changed


def forbidden_transitions(tags: Sequence[str]) -> NDArray[np.bool_]:
    """Say which tags may not follow which.

    Args:
        tags: All tags of a model.

    Returns:
        Booleans of shape `(1 + tags, tags)`, true where forbidden; row 0 is the beginning of a
        sentence, row `1 + i` follows tag `i`. All false where the tags are not BIO.
    """
    forbidden = np.zeros((1 + len(tags), len(tags)), dtype=bool)
    if is_bio(tags):
        for row, before in enumerate(("O", *tags)):
            forbidden[row] = [_breaks(before, tag) for tag in tags]
    return forbidden


def _breaks(before: str, tag: str) -> bool:
    return tag.startswith("I-") and (before[:1] not in ("B", "I") or before[2:] != tag[2:])
