"""Reads the model of any task."""

from __future__ import annotations

from pathlib import Path

from recurra.runtime import FORECAST_TASK, Artifact, read_artifact
from recurra.tasks.forecaster import Forecaster
from recurra.tasks.text_classifier import TextClassifier

__all__ = ["load_model"]


def load_model(source: str | Path | Artifact) -> TextClassifier | Forecaster:
    """Read a model that was saved, of whatever task it is.

    Args:
        source: A `.recurra` file, or its contents.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    artifact = source if isinstance(source, Artifact) else read_artifact(source)
    if artifact.manifest.get("task") == FORECAST_TASK:
        return Forecaster.load(artifact)
    return TextClassifier.load(artifact)
