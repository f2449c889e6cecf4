"""Parts of a manifest that every task reads back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.errors import CorruptArtifactError

__all__ = ["manifest_part", "seed_from_manifest"]


def manifest_part(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a group of facts of a manifest.

    Raises:
        CorruptArtifactError: If it is no JSON object.
    """
    part = facts.get(name, {})
    if not isinstance(part, dict):
        raise CorruptArtifactError(f"the manifest's {name} is no JSON object")
    return part


def seed_from_manifest(manifest: Mapping[str, Any]) -> int:
    """Return the seed of a manifest.

    Raises:
        CorruptArtifactError: If it is none.
    """
    seed = manifest.get("seed")
    if type(seed) is not int or seed < 0:
        raise CorruptArtifactError(f"the manifest's seed is {seed!r}, no whole number")
    return seed
