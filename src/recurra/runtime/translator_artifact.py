"""A translator in an artifact: what is written, and how it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from recurra.runtime._artifact_checks import check_task, corrupt_unless_usable
from recurra.runtime.artifact import Artifact, read_artifact
from recurra.runtime.translation_specification import TranslatorSpecification
from recurra.runtime.translator import TranslationPredictor
from recurra.sequences import Tokenizer

__all__ = ["TRANSLATION_TASK", "LoadedTranslator", "read_translator", "translator_contents"]

TRANSLATION_TASK = "translation"

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class LoadedTranslator:
    """What a translator's artifact holds.

    Attributes:
        predictor: Ready to translate.
        specification: The architecture.
        weights: The network's weights by name.
        manifest: Facts about the model.
    """

    predictor: TranslationPredictor
    specification: TranslatorSpecification
    weights: Arrays
    manifest: dict[str, Any]


def translator_contents(
    predictor: TranslationPredictor, weights: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, Any], Arrays]:
    """Return the `encoder` and the `weights` of an artifact."""
    encoder = {
        "source": predictor.source_tokenizer.to_config(),
        "target": predictor.target_tokenizer.to_config(),
        "max_length": predictor.max_length,
    }
    return encoder, dict(weights)


def read_translator(source: str | Path | Artifact) -> LoadedTranslator:
    """Read a translator.

    Args:
        source: A `.recurra` file, or its contents.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
    """
    artifact = source if isinstance(source, Artifact) else read_artifact(source)
    check_task(artifact, TRANSLATION_TASK, "a translator")
    with corrupt_unless_usable("the translator"):
        return _read(artifact)


def _read(artifact: Artifact) -> LoadedTranslator:
    specification = TranslatorSpecification.from_dict(artifact.manifest.get("specification"))
    predictor = TranslationPredictor(
        Tokenizer.from_config(artifact.encoder["source"]),
        Tokenizer.from_config(artifact.encoder["target"]),
        specification,
        artifact.weights,
        artifact.encoder["max_length"],
        artifact.manifest,
    )
    return LoadedTranslator(predictor, specification, artifact.weights, artifact.manifest)
