"""What every encoder of text keeps in a file: its kind, its settings, its tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from recurra.errors import CorruptArtifactError, DataError, UsageError

__all__ = ["Kinds", "check_ids", "description", "stored_settings"]

Kinds = Mapping[str, tuple[type, ...]]
"""The types that each setting may have."""


class _Table(Protocol):
    @property
    def tokens(self) -> list[str]: ...


def description(encoder: object, kind: str, version: int, kinds: Kinds, table: _Table) -> Any:
    """Describe an encoder completely in JSON's types.

    Args:
        encoder: Has its settings as attributes.
        kind: What it is.
        version: Of its description.
        kinds: Its settings.
        table: Its tokens, with `merges` where they were merged.
    """
    settings = {name: getattr(encoder, name) for name in kinds}
    config = {"kind": kind, "version": version, **settings, "tokens": list(table.tokens)}
    merges: Sequence[Sequence[str]] | None = getattr(table, "merges", None)
    return config if merges is None else {**config, "merges": [list(merge) for merge in merges]}


def stored_settings(
    config: object, kind: str, version: int, kinds: Kinds, make: Callable[..., object], name: str
) -> dict[str, Any]:
    """Return the settings of a stored encoder.

    Args:
        config: From a file, anything.
        kind: What it should be.
        version: That can be read.
        kinds: The settings it should have.
        make: Raises a `UsageError` for settings that cannot be used.
        name: Of the encoder, for errors.

    Raises:
        CorruptArtifactError: If it is not of this kind and version, or a setting is wrong.
    """
    if not _is_kind(config, kind):
        raise CorruptArtifactError(f"the encoder's description is not that of a {name}")
    if config.get("version") != version:
        raise CorruptArtifactError(
            f"the {name} has version {config.get('version')!r}, expected {version}"
        )
    settings = {setting: config.get(setting) for setting in kinds}
    for setting, value in settings.items():
        if type(value) not in kinds[setting]:  # True is no number here
            raise CorruptArtifactError(f"the {name}'s {setting} is {value!r}")
    try:
        make(**settings)
    except UsageError as error:
        raise CorruptArtifactError(f"the {name}'s settings cannot be used: {error}") from error
    return settings


def check_ids(ids: ArrayLike, size: int) -> list[int]:
    """Return token ids as a list.

    Raises:
        DataError: If an id is outside a vocabulary of `size`.
    """
    numbers = np.asarray(ids, dtype=np.int64).ravel()
    if numbers.size and (numbers.min() < 0 or numbers.max() >= size):
        raise DataError(
            f"token ids must be between 0 and {size - 1}, not {numbers.min()}..{numbers.max()}"
        )
    found: list[int] = numbers.tolist()
    return found


def _is_kind(config: object, kind: str) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(config, Mapping) and config.get("kind") == kind
