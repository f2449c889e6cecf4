"""Translations from an artifact: NumPy alone, neither Keras nor JAX."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UsageError
from recurra.runtime._checks import check_count
from recurra.runtime._translation_network import TranslationNetwork, log_softmax
from recurra.runtime.decoding import MOST_LENGTH, DecodingOptions, Hypothesis, decode
from recurra.runtime.translation_specification import TranslatorSpecification
from recurra.sequences import BOS_ID, EOS_ID, Tokenizer, pad_sequences

__all__ = ["AttentionMatrix", "Translation", "TranslationPredictor"]

_ROWS = 256  # hypotheses side by side; 32 take nearly twice as long
_SCORED_ROWS = 32

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class AttentionMatrix:
    """How much each token of a translation reads of each token of its source.

    Attributes:
        source_tokens: What the source's tokens stand for, `[EOS]` last.
        target_tokens: What the translation's tokens stand for; `[EOS]` last, where it ended.
        weights: Shape `(target, source)`; rows sum to 1.
    """

    source_tokens: tuple[str, ...]
    target_tokens: tuple[str, ...]
    weights: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Translation:
    """One translation.

    Attributes:
        text: The translation.
        score: What translations of one text are ranked by: the log-probability over the length
            penalty.
        tokens: What its tokens stand for.
        log_probability: Of all tokens, `[EOS]` included.
        ended: Whether it came to its end; else it was cut at the greatest length.
        attention: What it read, if asked for.
    """

    text: str
    score: float
    tokens: tuple[str, ...]
    log_probability: float
    ended: bool
    attention: AttentionMatrix | None = None


class TranslationPredictor:
    """A trained translator, ready to answer.

    Attributes:
        source_tokenizer: Of what is read.
        target_tokenizer: Of what is written.
        max_length: Most tokens that are read of a source and, unless told otherwise, written;
            `[EOS]` is not counted.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(
        self,
        source_tokenizer: Tokenizer,
        target_tokenizer: Tokenizer,
        specification: TranslatorSpecification,
        weights: Mapping[str, NDArray[Any]],
        max_length: int,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts of a translator.

        Raises:
            CorruptArtifactError: If they do not fit each other.
            UsageError: If `max_length` is out of its range.
        """
        sizes = (source_tokenizer.vocabulary_size, target_tokenizer.vocabulary_size)
        expected = (specification.source_vocabulary, specification.target_vocabulary)
        if sizes != expected:
            raise CorruptArtifactError(
                f"the tokenizers have {sizes[0]} and {sizes[1]} tokens, the network expects "
                f"{expected[0]} and {expected[1]}"
            )
        check_count("max_length", max_length, 1, MOST_LENGTH - 1)
        self.source_tokenizer = source_tokenizer
        self.target_tokenizer = target_tokenizer
        self.max_length = max_length
        self.manifest = manifest or {}
        self._network = TranslationNetwork(specification, weights)

    @property
    def specification(self) -> TranslatorSpecification:
        """The architecture."""
        return self._network.specification

    def translate(
        self,
        texts: Iterable[str],
        *,
        beam: int = 1,
        length_penalty: float = 1.0,
        n_best: int = 1,
        max_length: int | None = None,
        attention: bool = False,
    ) -> list[list[Translation]]:
        """Translate texts.

        Sources longer than `max_length` tokens are cut, with a warning that counts them.

        Args:
            texts: The texts.
            beam: Hypotheses of each text that are kept at every step; 1 is greedy search.
            length_penalty: See `DecodingOptions`; 0 prefers short translations.
            n_best: Translations of each text, at most `beam`.
            max_length: Most tokens of a translation, `[EOS]` included; None: as in training.
            attention: Whether translations say what they read.

        Returns:
            The translations of each text, the best first.

        Raises:
            DataError: If a text is not a string.
            UsageError: If an option is out of its range.
        """
        if isinstance(texts, str):
            raise UsageError("expected a list of texts, got one string; put it in a list")
        longest = self.max_length + 1 if max_length is None else max_length
        options = DecodingOptions(beam, length_penalty, n_best, longest)
        sources = self._encode_sources(texts)
        order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        found: list[list[Translation]] = [[] for _ in sources]
        size = max(1, _ROWS // beam)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            memory = self._network.encode(pad_sequences([sources[row] for row in rows]))
            best = decode(self._network.step, memory, options, attention=attention)
            for row, hypotheses in zip(rows, best, strict=True):
                found[row] = [self._translation(sources[row], h) for h in hypotheses]
        return found

    def attention(self, text: str) -> AttentionMatrix:
        """Translate a text greedily and say what each token of the translation read.

        Raises:
            DataError: If the model has no attention, or the text is not a string.
        """
        if self.specification.attention == "none":
            raise DataError(
                "this model has no attention; train with attention to have weights to look at"
            )
        matrix = self.translate([text], attention=True)[0][0].attention
        assert matrix is not None  # noqa: S101 - the model has one
        return matrix

    def score(self, sources: Iterable[str], targets: Iterable[str]) -> list[NDArray[np.float64]]:
        """Say how probable given translations are.

        Args:
            sources: Texts.
            targets: A translation of each; longer ones than the model learnt are not cut.

        Returns:
            For each pair the log-probability of each token of the target, `[EOS]` last.

        Raises:
            DataError: If a text is not a string.
            ShapeError: If there are not as many targets as sources.
        """
        read = self._encode_sources(sources)
        written = [self.target_tokenizer.encode(text) for text in targets]
        if len(read) != len(written):
            raise ShapeError(f"{len(read)} sources came with {len(written)} targets")
        order = sorted(range(len(read)), key=lambda row: len(written[row]))
        scores: list[NDArray[np.float64]] = [np.empty(0)] * len(read)
        for start in range(0, len(order), _SCORED_ROWS):
            rows = order[start : start + _SCORED_ROWS]
            target = pad_sequences([np.append(BOS_ID, written[row]) for row in rows])
            logits = self._network.full(pad_sequences([read[row] for row in rows]), target)
            for row, logs in zip(rows, log_softmax(logits), strict=True):
                tokens = np.append(written[row], EOS_ID)
                scores[row] = logs[np.arange(len(tokens)), tokens].astype(np.float64)
        return scores

    def _encode_sources(self, texts: Iterable[str]) -> list[Ids]:
        encoded = [self.source_tokenizer.encode(text) for text in texts]
        cut = sum(len(ids) > self.max_length for ids in encoded)
        if cut:
            warnings.warn(
                f"{cut:,} of {len(encoded):,} texts are longer than the {self.max_length} tokens "
                "that the model reads; the rest of them is left out",
                stacklevel=3,
            )
        return [np.append(ids[: self.max_length], np.int32(EOS_ID)) for ids in encoded]

    def _translation(self, source: Ids, hypothesis: Hypothesis) -> Translation:
        tokens = tuple(self.target_tokenizer.token_texts(hypothesis.tokens))
        matrix = None
        if hypothesis.attention is not None:
            matrix = AttentionMatrix(
                tuple(self.source_tokenizer.token_texts(source)),
                (*tokens, "[EOS]") if hypothesis.ended else tokens,
                hypothesis.attention[:, : len(source)],
            )
        return Translation(
            self.target_tokenizer.decode(hypothesis.tokens),
            hypothesis.score,
            tokens,
            hypothesis.log_probability,
            hypothesis.ended,
            matrix,
        )
