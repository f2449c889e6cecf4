"""Reads the model of any task, and any Keras model."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from recurra.errors import ArtifactError, SourceError, UsageError
from recurra.runtime import (
    AUDIO_CLASSIFICATION_TASK,
    FORECAST_TASK,
    GENERATION_TASK,
    ROLL_TASK,
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    SPEECH_TASK,
    TAGGING_TASK,
    TRANSLATION_TASK,
    Artifact,
    read_artifact,
)

__all__ = ["load_model", "open_model"]

_ESTIMATORS = {
    AUDIO_CLASSIFICATION_TASK: "AudioClassifier",
    FORECAST_TASK: "Forecaster",
    GENERATION_TASK: "TextGenerator",
    ROLL_TASK: "RollGenerator",
    SEQUENCE_CLASSIFICATION_TASK: "SequenceClassifier",
    SEQUENCE_REGRESSION_TASK: "SequenceRegressor",
    SPEECH_TASK: "SpeechRecognizer",
    TAGGING_TASK: "SequenceTagger",
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


def open_model(path: str | Path) -> Any:
    """Read a model file, of Recurra or of Keras.

    Args:
        path: A `.recurra` file, or a `.keras` file (without code: Keras's safe mode).

    Returns:
        A `TaskEstimator`, or a `keras.Model`.

    Raises:
        UsageError: If the ending is another.
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    path = Path(path)
    if path.suffix == ".recurra":
        return load_model(path)
    if path.suffix != ".keras":
        raise UsageError(f"{path.name} is neither a .recurra nor a .keras file")
    if not path.is_file():
        raise SourceError(f"there is no file {path}")
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # whatever a broken or foreign file makes Keras raise
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ArtifactError(f"{path} cannot be opened as a Keras model: {first}") from error
