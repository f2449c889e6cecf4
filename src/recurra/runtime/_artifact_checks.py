"""Checks that the readers of every kind of model share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from recurra.errors import ArtifactError, CorruptArtifactError, RecurraError
from recurra.runtime.artifact import Artifact

__all__ = ["check_task", "checked_classes", "corrupt_unless_usable"]


def check_task(artifact: Artifact, task: str, name: str) -> None:
    """Refuse a model for another task.

    Args:
        artifact: From a file.
        task: What it should be for.
        name: Of the kind of model, for the error.

    Raises:
        CorruptArtifactError: If it is for another.
    """
    found = artifact.manifest.get("task")
    if found != task:
        where = artifact.path or "the file"
        raise CorruptArtifactError(f"{where} holds a model for {found!r:.60}, not {name}")


@contextmanager
def corrupt_unless_usable(name: str) -> Iterator[None]:
    """Turn what goes wrong while a model is put together into one kind of error.

    Args:
        name: Of the kind of model, for the error.

    Raises:
        CorruptArtifactError: If the parts of the file cannot be used.
    """
    try:
        yield
    except ArtifactError:
        raise
    except (RecurraError, LookupError, TypeError, ValueError) as error:
        raise CorruptArtifactError(f"{name} cannot be used: {error!s:.200}") from error


def checked_classes(classes: Any) -> list[Any]:
    """Return the classes of a file.

    Raises:
        CorruptArtifactError: If they are no list of different strings or integers.
    """
    if not isinstance(classes, list) or not all(isinstance(c, (str, int)) for c in classes):
        raise CorruptArtifactError("the classes must be a list of strings or integers")
    if len(set(classes)) != len(classes):
        raise CorruptArtifactError("a class is named twice")
    return classes
