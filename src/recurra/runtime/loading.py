"""Reads the model of any task for prediction."""

from __future__ import annotations

from pathlib import Path

from recurra.runtime.artifact import read_artifact
from recurra.runtime.forecast_artifact import FORECAST_TASK, read_forecaster
from recurra.runtime.forecast_predictor import ForecastPredictor
from recurra.runtime.generator import GeneratorPredictor
from recurra.runtime.generator_artifact import GENERATION_TASK, read_generator
from recurra.runtime.predictor import TextPredictor

__all__ = ["load_predictor"]


def load_predictor(path: str | Path) -> TextPredictor | ForecastPredictor | GeneratorPredictor:
    """Read a model file for prediction.

    Args:
        path: A `.recurra` file.

    Returns:
        What answers for the model's task: a `TextPredictor`, a `ForecastPredictor`
        or a `GeneratorPredictor`.

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
    return TextPredictor.from_artifact(artifact)
