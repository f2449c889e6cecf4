"""Plain Keras models as files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

from recurra.errors import UsageError
from recurra.runtime import check_writable

__all__ = ["check_keras_path", "keras_bytes", "write_keras_file"]


def keras_bytes(model: keras.Model) -> bytes:
    """Return the `.keras` file of an uncompiled model."""
    with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def check_keras_path(path: str | Path) -> Path:
    """Find out before the work whether a Keras file can be written there.

    Raises:
        UsageError: If it does not end in `.keras` or `.h5`.
        OutputError: If it cannot be written.
    """
    path = Path(path)
    if path.suffix not in (".keras", ".h5"):
        raise UsageError(f"{path.name} must end in .keras or .h5")
    return check_writable(path)


def write_keras_file(model: keras.Model, path: Path) -> Path:
    """Write a model whole or not at all, to a path that was checked."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".recurra-") as folder:
        temporary = Path(folder) / path.name
        _save_quietly(model, temporary)
        temporary.replace(path)
    return path


def _save_quietly(model: keras.Model, path: Path) -> None:
    """Save without Keras's remark that `.h5` is a legacy format, which the caller asked for."""
    from absl import logging

    level = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        model.save(path)
    finally:
        logging.set_verbosity(level)
