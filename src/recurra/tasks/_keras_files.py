"""Keras models as bytes of a `.keras` file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras

__all__ = ["keras_bytes"]


def keras_bytes(model: keras.Model) -> bytes:
    """Return the `.keras` file of an uncompiled model."""
    with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
