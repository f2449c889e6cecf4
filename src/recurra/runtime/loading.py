"""Reads the model of any task for prediction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from recurra.runtime.artifact import Artifact, read_artifact
from recurra.runtime.forecast_artifact import FORECAST_TASK, read_forecaster
from recurra.runtime.forecast_predictor import ForecastPredictor
from recurra.runtime.generator import GeneratorPredictor
from recurra.runtime.generator_artifact import GENERATION_TASK, read_generator
from recurra.runtime.predictor import TextPredictor
from recurra.runtime.roll_predictor import ROLL_TASK, RollPredictor
from recurra.runtime.series import (
    AUDIO_CLASSIFICATION_TASK,
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    AudioPredictor,
    SequencePredictor,
)
from recurra.runtime.speech import SPEECH_TASK, SpeechPredictor
from recurra.runtime.tagging import TAGGING_TASK, TaggingPredictor
from recurra.runtime.translator import TranslationPredictor
from recurra.runtime.translator_artifact import TRANSLATION_TASK, read_translator

__all__ = ["load_predictor"]

Predictor: TypeAlias = (
    TextPredictor
    | AudioPredictor
    | ForecastPredictor
    | GeneratorPredictor
    | RollPredictor
    | SequencePredictor
    | SpeechPredictor
    | TaggingPredictor
    | TranslationPredictor
)


def load_predictor(path: str | Path) -> Predictor:
    """Read a model file for prediction.

    Args:
        path: A `.recurra` file.

    Returns:
        What answers for the model's task: a `TextPredictor`, a `ForecastPredictor`, a
        `GeneratorPredictor`, a `RollPredictor`, a `SequencePredictor`, a `SpeechPredictor`,
        a `TaggingPredictor` or a `TranslationPredictor`.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used, see `read_artifact`.
    """
    artifact = read_artifact(path)
    task = artifact.manifest.get("task")
    read = _READERS.get(task) if isinstance(task, str) else None
    return (read or TextPredictor.from_artifact)(artifact)


_READERS: dict[str, Callable[[Artifact], Predictor]] = {
    AUDIO_CLASSIFICATION_TASK: AudioPredictor.from_artifact,
    FORECAST_TASK: lambda artifact: read_forecaster(artifact).predictor,
    GENERATION_TASK: lambda artifact: read_generator(artifact).predictor,
    ROLL_TASK: RollPredictor.from_artifact,
    SEQUENCE_CLASSIFICATION_TASK: SequencePredictor.from_artifact,
    SEQUENCE_REGRESSION_TASK: SequencePredictor.from_artifact,
    SPEECH_TASK: SpeechPredictor.from_artifact,
    TAGGING_TASK: TaggingPredictor.from_artifact,
    TRANSLATION_TASK: lambda artifact: read_translator(artifact).predictor,
}
