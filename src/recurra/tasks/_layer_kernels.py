"""Which kernel computes each recurrent layer of a model that is in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from recurra.errors import ArtifactError, UsageError
from recurra.layers import LayerKernel, accelerated, explain_kernels
from recurra.tasks._loading import load_model

__all__ = ["layer_kernels"]


def layer_kernels(path: str | Path) -> list[LayerKernel]:
    """Say for every recurrent layer of a model which path it takes here, and why.

    Args:
        path: A `.recurra` file, or a `.keras` file (without code: Keras's safe mode).

    Raises:
        UsageError: If the ending is another.
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    path = Path(path)
    if path.suffix == ".recurra":
        model = load_model(path).model_
    elif path.suffix == ".keras":
        model = _keras_model(path)
    else:
        raise UsageError(f"{path.name} is neither a .recurra nor a .keras file")
    with accelerated():
        return explain_kernels(model)


def _keras_model(path: Path) -> Any:
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a broken or foreign file makes Keras raise
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ArtifactError(f"{path} cannot be opened as a Keras model: {first}") from error
