"""The text encoder: texts to token ids and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError, NotFittedError, UsageError
from recurra.sequences._stored_encoders import check_ids, description, stored_settings
from recurra.sequences.splitting import Level, normalize, split
from recurra.sequences.subwords import SubwordVocabulary, check_merges, train_subwords
from recurra.sequences.vocabulary import (
    MAX_TOKENS,
    PAD,
    UNK,
    PieceCounter,
    Vocabulary,
    check_tokens,
)

__all__ = ["PAD_ID", "UNK_ID", "TextEncoder", "Truncate"]

Truncate = Literal["tail", "head", "middle"]

PAD_ID, UNK_ID = 0, 1
_SETTINGS = {
    "level": (str,),
    "vocabulary": (int,),
    "max_length": (int, type(None)),
    "lowercase": (bool,),
    "truncate": (str,),
    "minimum_count": (int,),
}
_KIND, _VERSION = "text", 1


class TextEncoder:
    """Turns texts into token ids with a vocabulary learnt from training texts.

    Id 0 is padding, id 1 stands for every unknown token; a text without any token encodes as the
    unknown token alone, so that no sequence is empty.
    """

    def __init__(
        self,
        level: Level = "word",
        vocabulary: int = 20_000,
        max_length: int | None = None,
        *,
        lowercase: bool = True,
        truncate: Truncate = "tail",
        minimum_count: int = 1,
    ) -> None:
        """Choose how texts are cut.

        Args:
            level: `"word"`, `"char"` or `"subword"` (byte-pair encoding).
            vocabulary: Most tokens, the two special ones included.
            max_length: Tokens kept of a text; all when `None`.
            lowercase: Whether upper and lower case are the same.
            truncate: What a text that is too long loses: its `"tail"`, its `"head"` or its
                `"middle"`.
            minimum_count: Leave tokens seen less often out of the vocabulary.

        Raises:
            UsageError: If an argument is not one of the allowed values.
        """
        self.level = level
        self.vocabulary = vocabulary
        self.max_length = max_length
        self.lowercase = lowercase
        self.truncate = truncate
        self.minimum_count = minimum_count
        self._check_settings()
        self._table: Vocabulary | SubwordVocabulary | None = None

    def fit(self, texts: Iterable[str]) -> TextEncoder:
        """Learn the vocabulary; the texts are read once, one at a time.

        The result depends on the texts alone: equal counts are put in code-point order.

        Args:
            texts: Training texts; never those that are evaluated on.

        Returns:
            This encoder.

        Raises:
            DataError: If a text is not a string, or no text has a token.
        """
        counter = PieceCounter()
        for text in _strings(texts):
            counter.update(self._pieces(text))
        counts = counter.most_common(1 if self.level == "subword" else self.minimum_count)
        if not counts:
            raise DataError(
                f"no {self.level} occurs {self.minimum_count} times or more in the training texts; "
                "are the texts empty, or is this the wrong column?"
            )
        if self.level == "subword":
            self._table = train_subwords(counts, self.vocabulary, self.minimum_count)
        else:
            tokens = [piece for piece, _ in counts[: self.vocabulary - 2]]
            self._table = Vocabulary([PAD, UNK, *tokens])
        return self

    def encode(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Encode texts.

        Args:
            texts: The texts.

        Returns:
            Token ids of each text, int32, shape `(time,)` with `1 <= time <= max_length`.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If a text is not a string.
        """
        return [self._cut(ids) for ids in self._encode_whole(texts)]

    def encode_with_statistics(
        self, texts: Sequence[str]
    ) -> tuple[list[NDArray[np.int32]], NDArray[np.int64], NDArray[np.int64]]:
        """Encode texts and count what truncation and the vocabulary lose.

        Args:
            texts: The texts.

        Returns:
            Token ids as from `encode`; the number of tokens of each text before truncation and how
            many of those are unknown, both int64 of shape `(texts,)`.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If a text is not a string.
        """
        whole = list(self._encode_whole(texts))
        lengths = np.array([len(ids) for ids in whole], dtype=np.int64)
        unknown = np.array([np.count_nonzero(ids == UNK_ID) for ids in whole], dtype=np.int64)
        return [self._cut(ids) for ids in whole], lengths, unknown

    def decode(self, ids: ArrayLike) -> list[str]:
        """Name the tokens of encoded text.

        Args:
            ids: Token ids, shape `(time,)`.

        Returns:
            The tokens, without padding. In subwords `▁` marks the beginning of a word.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If an id is outside the vocabulary.
        """
        tokens = self.tokens
        return [tokens[i] for i in check_ids(ids, len(tokens)) if i != PAD_ID]

    @property
    def tokens(self) -> list[str]:
        """All tokens in the order of their ids."""
        return self._fitted().tokens

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, the two special ones included."""
        return len(self.tokens)

    def to_config(self) -> dict[str, Any]:
        """Describe the encoder completely in JSON's types.

        Returns:
            What `from_config` reads.

        Raises:
            NotFittedError: If `fit` has not run.
        """
        config: dict[str, Any] = description(self, _KIND, _VERSION, _SETTINGS, self._fitted())
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TextEncoder:
        """Rebuild an encoder; the description may come from anywhere and is checked whole.

        Args:
            config: What `to_config` gave.

        Returns:
            An encoder with the same ids.

        Raises:
            CorruptArtifactError: If the description is not one of a text encoder.
            UnsafeArtifactError: If its sizes are beyond the limits.
        """
        encoder = cls(**stored_settings(config, _KIND, _VERSION, _SETTINGS, cls, "text encoder"))
        tokens = check_tokens(config.get("tokens"))
        if encoder.level == "subword":
            merges = check_merges(config.get("merges"), tokens)
            encoder._table = SubwordVocabulary(tokens, merges)
        else:
            encoder._table = Vocabulary(tokens)
        return encoder

    def _check_settings(self) -> None:
        for name, value, allowed in (
            ("level", self.level, get_args(Level)),
            ("truncate", self.truncate, get_args(Truncate)),
        ):
            if value not in allowed:
                raise UsageError(f"{name} must be one of {', '.join(allowed)}; not {value!r}")
        if not 3 <= self.vocabulary <= MAX_TOKENS:
            raise UsageError(
                f"vocabulary must be between 3 and {MAX_TOKENS}, not {self.vocabulary}"
            )
        if self.max_length is not None and self.max_length < 1:
            raise UsageError(f"max_length must be 1 or more, not {self.max_length}")
        if self.minimum_count < 1:
            raise UsageError(f"minimum_count must be 1 or more, not {self.minimum_count}")

    def _fitted(self) -> Vocabulary | SubwordVocabulary:
        if self._table is None:
            raise NotFittedError("the text encoder has no vocabulary yet: call fit(texts) first")
        return self._table

    def _pieces(self, text: str) -> list[str]:
        return split(normalize(text, lowercase=self.lowercase), self.level)

    def _encode_whole(self, texts: Iterable[str]) -> Iterator[NDArray[np.int32]]:
        table = self._fitted()
        for text in _strings(texts):
            yield np.array(table.ids(self._pieces(text)) or [UNK_ID], dtype=np.int32)

    def _cut(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        limit = self.max_length
        if limit is None or len(ids) <= limit:
            return ids
        if self.truncate == "tail":
            return ids[:limit].copy()
        if self.truncate == "head":
            return ids[-limit:].copy()
        first = (limit + 1) // 2
        return np.concatenate([ids[:first], ids[len(ids) - (limit - first) :]])


def _strings(texts: Iterable[str]) -> Iterator[str]:
    if isinstance(texts, str):
        raise UsageError("expected a list of texts, got one string; put it in a list")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {i} is of type {type(text).__name__}, expected a string")
        yield text
