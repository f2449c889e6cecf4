"""Predictions from an artifact: NumPy alone, neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError
from recurra.runtime._artifact_checks import check_task, checked_classes
from recurra.runtime._network import ClassifierNetwork
from recurra.runtime.artifact import Artifact
from recurra.runtime.specification import ClassifierSpecification
from recurra.sequences import NgramVocabulary, TextEncoder, pad_sequences

__all__ = ["Prediction", "TextPredictor"]

TASK = "text-classification"
_BATCH = 64
_NGRAM_PREFIX = "ngrams/"


@dataclass(frozen=True)
class Prediction:
    """One answer.

    Attributes:
        label: The most probable class.
        probability: Its probability.
        probabilities: The probability of every class.
    """

    label: Any
    probability: float
    probabilities: dict[Any, float]


class TextPredictor:
    """A trained text classifier, ready to answer.

    Attributes:
        classes: The labels, in the order of the probabilities' columns.
        manifest: Facts about the model, empty when it was not read from a file.
        encoder: The fitted text encoder.
        ngrams: The n-grams of the wide part, or `None`.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        classes: Sequence[Any],
        specification: ClassifierSpecification,
        weights: Mapping[str, NDArray[Any]],
        ngrams: NgramVocabulary | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts of a classifier.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        if encoder.vocabulary_size != specification.vocabulary:
            raise CorruptArtifactError(
                f"the encoder has {encoder.vocabulary_size} tokens, "
                f"the network expects {specification.vocabulary}"
            )
        if len(classes) != specification.classes:
            raise CorruptArtifactError(
                f"{len(classes)} classes are named, the network has {specification.classes}"
            )
        if (ngrams.size if ngrams else 0) != specification.ngrams:
            raise CorruptArtifactError("the n-gram vocabulary does not fit the network")
        self.encoder = encoder
        self.classes = list(classes)
        self.ngrams = ngrams
        self.manifest = manifest or {}
        self._network = ClassifierNetwork(specification, weights)

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> TextPredictor:
        """Build a predictor from a verified artifact.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
        """
        manifest = artifact.manifest
        check_task(artifact, TASK, "a text classifier")
        ngrams = {
            name.removeprefix(_NGRAM_PREFIX): array
            for name, array in artifact.weights.items()
            if name.startswith(_NGRAM_PREFIX)
        }
        return cls(
            TextEncoder.from_config(artifact.encoder.get("text", {})),
            checked_classes(artifact.encoder.get("classes")),
            ClassifierSpecification.from_dict(manifest.get("specification")),
            {k: v for k, v in artifact.weights.items() if not k.startswith(_NGRAM_PREFIX)},
            NgramVocabulary.from_arrays(ngrams) if ngrams else None,
            manifest,
        )

    @property
    def specification(self) -> ClassifierSpecification:
        """The architecture."""
        return self._network.specification

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return class probabilities, shape `(texts, classes)`, float32.

        Raises:
            DataError: If a text is not a string.
        """
        encoded = self.encoder.encode(list(texts))
        order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
        probabilities = np.empty((len(encoded), len(self.classes)), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            probabilities[rows] = self.predict_ids([encoded[row] for row in rows])
        return probabilities

    def predict_ids(self, rows: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Return class probabilities of encoded texts, all in one batch.

        Args:
            rows: Token ids of each text, shape `(time,)`, as `encoder` gives them.

        Returns:
            Shape `(texts, classes)`, float32.
        """
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        ids = pad_sequences(rows)
        ngrams = None if self.ngrams is None else self.ngrams.transform(ids, unique=True)
        return self._network(ids, lengths, ngrams)

    def predict(self, texts: Iterable[str]) -> list[Any]:
        """Return the most probable label of each text."""
        return [self.classes[k] for k in self.predict_proba(texts).argmax(axis=1)]

    def answer(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """Yield a `Prediction` for each text, reading the texts in small groups."""
        iterator = iter(texts)
        while group := list(islice(iterator, _BATCH * 8)):
            for row in self.predict_proba(group):
                best = int(row.argmax())
                probabilities = {
                    label: float(p) for label, p in zip(self.classes, row, strict=True)
                }
                yield Prediction(self.classes[best], float(row[best]), probabilities)

    def attention(self, text: str) -> list[tuple[str, float]]:
        """Return the tokens that the model read of a text, each with its attention weight.

        Raises:
            DataError: If the model has no attention.
        """
        spec = self.specification
        if spec.cell == "dense" or spec.pooling != "attention":
            raise DataError(
                f"this model has no attention (cell {spec.cell!r}, pooling {spec.pooling!r}); "
                "train with attention to have weights to look at"
            )
        ids = self.encoder.encode([text])[0]
        weights = self._network.attention(ids[None], np.array([len(ids)]))[0]
        return list(zip(self.encoder.decode(ids), weights.tolist(), strict=True))
