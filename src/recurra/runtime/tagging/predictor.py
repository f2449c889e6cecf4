"""Tags from an artifact: NumPy alone, neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError
from recurra.runtime._artifact_checks import check_task
from recurra.runtime._parts import Array
from recurra.runtime.artifact import Artifact
from recurra.runtime.tagging.network import TaggerNetwork
from recurra.runtime.tagging.specification import TaggerSpecification
from recurra.sequences import plan_batches
from recurra.sequences.tagging import (
    EncodedSentences,
    Sentence,
    SentenceEncoder,
    forbidden_transitions,
    is_bio,
    repair_bio,
    sentences_from_lists,
)

__all__ = ["TAGGING_TASK", "TaggedToken", "TaggingPredictor"]

TAGGING_TASK = "sequence-tagging"
_BATCH = 64
_GROUP = 1024  # sentences that are encoded together


@dataclass(frozen=True, slots=True)
class TaggedToken:
    """One token's answer.

    Attributes:
        token: As given.
        tag: Of the best sequence of tags.
        probability: Of this tag at this token.
        known: Whether the word was in the training.
    """

    token: str
    tag: str
    probability: float
    known: bool


class TaggingPredictor:
    """A trained tagger, ready to answer.

    Attributes:
        encoder: Numbers words, characters and tags.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(
        self,
        encoder: SentenceEncoder,
        specification: TaggerSpecification,
        weights: Mapping[str, NDArray[Any]],
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts of a tagger.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        spec = specification
        sizes = (len(encoder.words), len(encoder.characters), len(encoder.tags))
        if sizes != (spec.words, spec.characters, spec.tags):
            raise CorruptArtifactError(
                f"the encoder has {sizes} words, characters and tags, the network expects "
                f"{(spec.words, spec.characters, spec.tags)}"
            )
        self.encoder = encoder
        self.manifest = manifest or {}
        self._bio = is_bio(encoder.tags)
        self._network = TaggerNetwork(spec, weights, forbidden_transitions(encoder.tags))

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> TaggingPredictor:
        """Build a predictor from a verified artifact.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
        """
        check_task(artifact, TAGGING_TASK, "a tagger")
        return cls(
            SentenceEncoder.from_config(artifact.encoder.get("sentences")),
            TaggerSpecification.from_dict(artifact.manifest.get("specification")),
            artifact.weights,
            artifact.manifest,
        )

    @property
    def tags(self) -> list[str]:
        """All tags, in the order of the probabilities' columns."""
        return list(self.encoder.tags)

    @property
    def specification(self) -> TaggerSpecification:
        """The architecture."""
        return self._network.specification

    def predict(self, sentences: Any) -> list[list[str]]:
        """Return the tags of sentences.

        Args:
            sentences: Each a list of tokens.

        Raises:
            DataError: If a sentence is empty or a string, or a token is no string.
        """
        return [[token.tag for token in row] for row in self.answer(sentences)]

    def predict_proba(self, sentences: Any) -> list[NDArray[np.float32]]:
        """Return the probability of every tag, for each sentence shape `(tokens, tags)`.

        Raises:
            DataError: As `predict`.
        """
        checked = sentences_from_lists(sentences).sentences
        return [shares for _, shares in self.answer_sentences(checked)]

    def answer(self, sentences: Any) -> Iterator[list[TaggedToken]]:
        """Yield the tokens of each sentence with their tags, in the order of the sentences.

        Raises:
            DataError: As `predict`.
        """
        checked = sentences_from_lists(sentences).sentences
        yield from (tokens for tokens, _ in self.answer_sentences(checked))

    def answer_sentences(
        self, sentences: Iterable[Sentence]
    ) -> Iterator[tuple[list[TaggedToken], NDArray[np.float32]]]:
        """Yield tokens with tags, and the probabilities of all tags, of checked sentences.

        They are read in groups; probabilities have the shape `(tokens, tags)`.
        """
        iterator = iter(sentences)
        while group := list(islice(iterator, _GROUP)):
            for sentence, (numbers, shares) in zip(group, self._computed(group), strict=True):
                yield self._tokens(sentence, numbers, shares), shares

    def computed(
        self, encoded: EncodedSentences
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32], Array]]:
        """Yield row numbers, best tags and probabilities of encoded sentences, in batches.

        Best tags have the shape `(batch, time)`, probabilities `(batch, time, tags)`.
        """
        lengths = encoded.lengths
        edges = np.unique(lengths)
        for batch in plan_batches(lengths, _BATCH, boundaries=[int(e) for e in edges]):
            rows = batch.indices
            read = encoded.batch(rows, int(lengths[rows].max()))
            logits = self._network.logits(read, lengths[rows])
            tags = self._network.tags(logits, lengths[rows])
            yield rows, tags, self._network.probabilities(logits, lengths[rows])

    def _computed(
        self, sentences: Sequence[Sentence]
    ) -> list[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        """Return numbers of tags, shape `(tokens,)`, and probabilities of each sentence."""
        if not sentences:
            return []
        encoded = self.encoder.encode(sentences)
        found: list[Any] = [None] * len(sentences)
        for rows, tags, shares in self.computed(encoded):
            for place, row in enumerate(rows):
                count = len(sentences[row].tokens)
                found[row] = (tags[place, :count], shares[place, :count])
        return found

    def _tokens(
        self, sentence: Sentence, numbers: NDArray[np.int32], shares: NDArray[np.float32]
    ) -> list[TaggedToken]:
        tags = tuple(self.encoder.tags[number] for number in numbers)
        if self._bio:  # without a field over the tags an entity may begin with I
            tags, _ = repair_bio(tags)
        return [
            TaggedToken(token, tag, float(shares[row, numbers[row]]), self.encoder.knows(token))
            for row, (token, tag) in enumerate(zip(sentence.tokens, tags, strict=True))
        ]
