"""Paths that the user gives, checked before any work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from recurra.errors import OutputError, SourceError, UsageError
from recurra.runtime import check_writable

__all__ = [
    "check_folder",
    "check_model",
    "check_optional_output",
    "check_output",
    "new_folders",
    "remove_empty",
]


def check_model(path: Path) -> Path:
    """Find out that a model file is there; say which is nearest when it is not.

    Raises:
        SourceError: If there is no such file.
    """
    try:
        if path.is_file():
            return path
        if path.is_dir():
            raise SourceError(f"{path} is a folder; name a .recurra file")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from None
    from recurra.sequences.sources import missing_source

    raise missing_source(str(path))


def check_output(path: Path) -> Path:
    """Find out that a file can be written there.

    Raises:
        OutputError: If it cannot: no such folder, a folder, a device, a name that is too long.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OutputError(f"cannot write {path}: it is a device or a pipe; give a file name")
        return check_writable(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None


def check_optional_output(path: Path | None, endings: Sequence[str]) -> None:
    """Find out that a file of some kind can be written there, if one is asked for.

    Raises:
        UsageError: If the ending is another.
        OutputError: If it cannot be written.
    """
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path.name} must end in {', '.join(endings[:-1])} or {endings[-1]}")
    check_output(path)


def check_folder(folder: Path) -> Path:
    """Find out that a folder can be written or made there; nothing is made.

    Raises:
        OutputError: If it cannot.
    """
    try:
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from None
    if not nearest.is_dir():
        raise OutputError(f"cannot write to {folder}: {nearest} is a file; give a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write to {folder}: no permission to write in {nearest}")
    return folder


def new_folders(folder: Path) -> list[Path]:
    """Make a folder and return those that were not there before, the innermost first.

    Raises:
        OutputError: If it cannot be made; nothing is left behind.
    """
    new = [path for path in (check_folder(folder), *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remove_empty(new)
        raise OutputError(f"cannot write to {folder}: {error.strerror or error}") from None
    return new


def remove_empty(folders: list[Path]) -> None:
    """Remove folders that hold nothing, the innermost first."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
