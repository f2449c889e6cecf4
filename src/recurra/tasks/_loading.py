"""Reads the model of any task."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from recurra.runtime import (
    FORECAST_TASK,
    GENERATION_TASK,
    ROLL_TASK,
    TRANSLATION_TASK,
    Artifact,
    read_artifact,
)

__all__ = ["load_model"]

_ESTIMATORS = {
    FORECAST_TASK: "Forecaster",
    GENERATION_TASK: "TextGenerator",
    ROLL_TASK: "RollGenerator",
    TRANSLATION_TASK: "Translator",
}


def load_model(source: str | Path | Artifact) -> Any:
    """Read a model that was saved, of whatever task it is.

    Args:
        source: A `.recurra` file, or its contents.

    Returns:
        A `TaskEstimator`: `TextClassifier`, `Forecaster`, ...

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    artifact = source if isinstance(source, Artifact) else read_artifact(source)
    task = artifact.manifest.get("task")
    name = _ESTIMATORS.get(task, "TextClassifier") if isinstance(task, str) else "TextClassifier"
    return getattr(importlib.import_module("recurra.tasks"), name).load(artifact)
