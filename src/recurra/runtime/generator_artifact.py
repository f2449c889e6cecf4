"""A language model in an artifact: what is written, and how it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from recurra.runtime.artifact import Artifact, read_artifact
from recurra.runtime.generator import GENERATION_TASK, GeneratorPredictor
from recurra.runtime.language_specification import LanguageModelSpecification
from recurra.sequences import Tokenizer

__all__ = ["GENERATION_TASK", "LoadedGenerator", "generator_contents", "read_generator"]


@dataclass(frozen=True, eq=False)
class LoadedGenerator:
    """What a language model's artifact holds.

    Attributes:
        predictor: Ready to write.
        weights: The network's weights by name.
        manifest: Facts about the model.
    """

    predictor: GeneratorPredictor
    weights: dict[str, NDArray[Any]]
    manifest: dict[str, Any]

    @property
    def tokenizer(self) -> Tokenizer:
        """The fitted tokenizer."""
        return self.predictor.tokenizer

    @property
    def specification(self) -> LanguageModelSpecification:
        """The architecture."""
        return self.predictor.specification


def generator_contents(
    tokenizer: Tokenizer, weights: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the `encoder` and the `weights` of an artifact; see `LoadedGenerator`."""
    return {"tokenizer": tokenizer.to_config()}, dict(weights)


def read_generator(source: str | Path | Artifact) -> LoadedGenerator:
    """Read a language model.

    Args:
        source: A `.recurra` file, or its contents.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    artifact = source if isinstance(source, Artifact) else read_artifact(source)
    predictor = GeneratorPredictor.from_artifact(artifact)
    return LoadedGenerator(predictor, artifact.weights, artifact.manifest)
