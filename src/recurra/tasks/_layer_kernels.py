"""Which kernel computes each recurrent layer of a model that is in a file."""

from __future__ import annotations

from pathlib import Path

import keras

from recurra.layers import LayerKernel, accelerated, explain_kernels
from recurra.tasks._loading import open_model

__all__ = ["layer_kernels"]


def layer_kernels(path: str | Path) -> list[LayerKernel]:
    """Say for every recurrent layer of a model which path it takes here, and why.

    Args:
        path: A `.recurra` file, or a `.keras` file.

    Raises:
        UsageError: If the ending is another.
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    opened = open_model(path)
    model = opened if isinstance(opened, keras.Model) else opened.model_
    with accelerated():
        return explain_kernels(model)
