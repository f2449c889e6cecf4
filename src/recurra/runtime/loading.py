"""Reads the model of any task for prediction."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from recurra.runtime.artifact import read_artifact
from recurra.runtime.forecast_artifact import FORECAST_TASK, read_forecaster
from recurra.runtime.forecast_predictor import ForecastPredictor
from recurra.runtime.generator import GeneratorPredictor
from recurra.runtime.generator_artifact import GENERATION_TASK, read_generator
from recurra.runtime.predictor import TextPredictor
from recurra.runtime.roll_predictor import ROLL_TASK, RollPredictor
from recurra.runtime.series import (
    SEQUENCE_CLASSIFICATION_TASK,
    SEQUENCE_REGRESSION_TASK,
    SequencePredictor,
)
from recurra.runtime.tagging import TAGGING_TASK, TaggingPredictor
from recurra.runtime.translator import TranslationPredictor
from recurra.runtime.translator_artifact import TRANSLATION_TASK, read_translator

__all__ = ["load_predictor"]

Predictor: TypeAlias = (
    TextPredictor
    | ForecastPredictor
    | GeneratorPredictor
    | RollPredictor
    | SequencePredictor
    | TaggingPredictor
    | TranslationPredictor
)


def load_predictor(path: str | Path) -> Predictor:
    """Read a model file for prediction.

    Args:
        path: A `.recurra` file.

    Returns:
        What answers for the model's task: a `TextPredictor`, a `ForecastPredictor`, a
        `GeneratorPredictor`, a `RollPredictor`, a `SequencePredictor`, a `TaggingPredictor`
        or a `TranslationPredictor`.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used, see `read_artifact`.
    """
    artifact = read_artifact(path)
    task = artifact.manifest.get("task")
    if task == FORECAST_TASK:
        return read_forecaster(artifact).predictor
    if task == GENERATION_TASK:
        return read_generator(artifact).predictor
    if task == TRANSLATION_TASK:
        return read_translator(artifact).predictor
    if task == TAGGING_TASK:
        return TaggingPredictor.from_artifact(artifact)
    if task in (SEQUENCE_CLASSIFICATION_TASK, SEQUENCE_REGRESSION_TASK):
        return SequencePredictor.from_artifact(artifact)
    if task == ROLL_TASK:
        return RollPredictor.from_artifact(artifact)
    return TextPredictor.from_artifact(artifact)
