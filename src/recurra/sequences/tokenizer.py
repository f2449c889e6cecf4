"""The tokenizer: texts to token ids and exactly back, for models that write text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import CorruptArtifactError, DataError, NotFittedError, UsageError
from recurra.sequences._stored_encoders import check_ids, description, stored_settings
from recurra.sequences._token_tables import (
    SPECIAL_TOKENS,
    ByteTable,
    CharacterCounter,
    CharacterTable,
    TokenTable,
    WordTable,
)
from recurra.sequences.splitting import Level, replace_surrogates, split_whole
from recurra.sequences.text import UNK_ID
from recurra.sequences.vocabulary import MAX_TOKEN_LENGTH, MAX_TOKENS, PieceCounter, check_tokens

__all__ = ["BOS_ID", "EOS_ID", "Tokenizer"]

BOS_ID, EOS_ID = 2, 3
_SPECIAL = len(SPECIAL_TOKENS)
_BYTES = 256
_SETTINGS = {
    "level": (str,),
    "vocabulary": (int,),
    "lowercase": (bool,),
    "minimum_count": (int,),
    "sentences": (bool,),
}
_KIND, _VERSION = "tokenizer", 1


class Tokenizer:
    """Turns texts into token ids and back with a vocabulary learnt from training texts.

    Nothing but what is unknown, and the case with `lowercase`, is lost: `decode(encode(text))` is
    the text. Ids 0 to 3 are padding, the unknown token, the begin and the end of a text; no text
    encodes as 0, 2 or 3. Subwords are merged bytes (byte-pair encoding, Sennrich et al. 2016, on
    bytes as in GPT-2, Radford et al. 2019) and never unknown.
    """

    def __init__(
        self,
        level: Level = "char",
        vocabulary: int = 20_000,
        *,
        lowercase: bool = False,
        minimum_count: int = 1,
        sentences: bool = False,
    ) -> None:
        """Choose how texts are cut.

        Args:
            level: `"char"`, `"word"` (words and signs, each with the space before it, and other
                white space) or `"subword"`.
            vocabulary: Most tokens, the four special ones included; with subwords the 256 bytes
                too.
            lowercase: Whether upper and lower case are the same.
            minimum_count: Leave tokens seen less often out of the vocabulary.
            sentences: Whether a text is one sentence: the space at its ends is dropped, and its
                first word is the same token as that word further on.

        Raises:
            UsageError: If an argument is not one of the allowed values.
        """
        self.level = level
        self.vocabulary = vocabulary
        self.lowercase = lowercase
        self.minimum_count = minimum_count
        self.sentences = sentences
        self._check_settings()
        self._table: TokenTable | None = None
        self._spellings: list[bytes] = []

    def fit(self, texts: Iterable[str]) -> Tokenizer:
        """Learn the vocabulary; the texts are read once, one at a time.

        The result depends on the texts alone: equal counts are put in code-point order.

        Args:
            texts: Training texts, or the parts of one long text; never those that are evaluated on.

        Returns:
            This tokenizer.

        Raises:
            DataError: If a text is not a string, or no text has a token.
        """
        if isinstance(texts, str):
            raise UsageError("expected a list of texts, got one string; put it in a list")
        counts = self._count(texts)
        if not counts:
            raise DataError(
                f"no {self.level} occurs {self.minimum_count} times or more in the training texts; "
                "are the texts empty?"
            )
        if self.level == "subword":
            return self._use(ByteTable.learn(counts, self.vocabulary, self.minimum_count))
        tokens = [*SPECIAL_TOKENS, *(piece for piece, _ in counts[: self.vocabulary - _SPECIAL])]
        return self._use(CharacterTable(tokens) if self.level == "char" else WordTable(tokens))

    def encode(self, text: str) -> NDArray[np.int32]:
        """Encode one text, without a begin or an end.

        Args:
            text: The text.

        Returns:
            Token ids, int32, shape `(time,)`; none for an empty text.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If the text is not a string.
        """
        return self._fitted().encode(self._prepare(text))

    def decode(self, ids: ArrayLike) -> str:
        """Turn ids back into text.

        Args:
            ids: Token ids, shape `(time,)`.

        Returns:
            The text; special tokens are left out, an unknown token is U+FFFD, of words with a space
            before it.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If an id is outside the vocabulary.
        """
        numbers = self._check_ids(ids)
        spelt = b"".join([self._spellings[i] for i in numbers])
        text = spelt.decode("utf-8", "replace")
        return text.strip() if self.sentences else text

    def token_texts(self, ids: ArrayLike) -> list[str]:
        """Name each token, for pictures and tables.

        Args:
            ids: Token ids, shape `(time,)`.

        Returns:
            What each token stands for, its leading space included; special tokens by their names.
            Part of a character, possible in subwords, is U+FFFD.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If an id is outside the vocabulary.
        """
        return [
            SPECIAL_TOKENS[i] if i < _SPECIAL else self._spellings[i].decode("utf-8", "replace")
            for i in self._check_ids(ids)
        ]

    def token_bytes(self, token_id: int) -> bytes:
        """Return the UTF-8 that a token stands for; empty for special tokens but the unknown one.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If the id is outside the vocabulary.
        """
        if not 0 <= token_id < len(self._spellings):
            self._check_ids([token_id])
        return self._spellings[token_id]

    def unknown(self, text: str) -> list[str]:
        """Return the distinct pieces of a text that are not in the vocabulary, in order.

        Raises:
            NotFittedError: If `fit` has not run.
            DataError: If the text is not a string.
        """
        table, prepared = self._fitted(), self._prepare(text)
        lost = table.encode(prepared) == UNK_ID
        if not lost.any():
            return []
        pieces = zip(table.pieces(prepared), lost, strict=True)
        return list(dict.fromkeys(piece for piece, is_lost in pieces if is_lost))

    @property
    def tokens(self) -> list[str]:
        """All tokens in the order of their ids; subwords are spelt in bytes, see `token_texts`."""
        return self._fitted().tokens

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, the four special ones included."""
        return len(self.tokens)

    def to_config(self) -> dict[str, Any]:
        """Describe the tokenizer completely in JSON's types.

        Returns:
            What `from_config` reads.

        Raises:
            NotFittedError: If `fit` has not run.
        """
        config: dict[str, Any] = description(self, _KIND, _VERSION, _SETTINGS, self._fitted())
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Tokenizer:
        """Rebuild a tokenizer; the description may come from anywhere and is checked whole.

        Args:
            config: What `to_config` gave.

        Returns:
            A tokenizer with the same ids.

        Raises:
            CorruptArtifactError: If the description is not one of a tokenizer.
            UnsafeArtifactError: If its sizes are beyond the limits.
        """
        tokenizer = cls(**stored_settings(config, _KIND, _VERSION, _SETTINGS, cls, "tokenizer"))
        tokens = check_tokens(config.get("tokens"))
        size, limit = len(tokens), tokenizer.vocabulary
        if tuple(tokens[:_SPECIAL]) != SPECIAL_TOKENS or not _SPECIAL < size <= limit:
            raise CorruptArtifactError(
                f"the tokenizer's {size} tokens must start with {', '.join(SPECIAL_TOKENS)}, "
                f"go on, and be at most {limit}"
            )
        if tokenizer.level == "subword":
            return tokenizer._use(ByteTable.read(tokens, config.get("merges")))
        if tokenizer.level == "word":
            return tokenizer._use(WordTable(tokens))
        if any(len(token) != 1 for token in tokens[_SPECIAL:]):
            raise CorruptArtifactError("the tokenizer's tokens are not single characters")
        return tokenizer._use(CharacterTable(tokens))

    def _check_settings(self) -> None:
        if self.level not in get_args(Level):
            allowed = ", ".join(get_args(Level))
            raise UsageError(f"level must be one of {allowed}; not {self.level!r}")
        least = _SPECIAL + (_BYTES if self.level == "subword" else 1)
        if not least <= self.vocabulary <= MAX_TOKENS:
            raise UsageError(
                f"vocabulary must be between {least} and {MAX_TOKENS} for the level "
                f"{self.level!r}, not {self.vocabulary}"
            )
        if self.minimum_count < 1:
            raise UsageError(f"minimum_count must be 1 or more, not {self.minimum_count}")

    def _use(self, table: TokenTable) -> Tokenizer:
        self._table, self._spellings = table, table.spellings()
        return self

    def _fitted(self) -> TokenTable:
        if self._table is None:
            raise NotFittedError("the tokenizer has no vocabulary yet: call fit(texts) first")
        return self._table

    def _count(self, texts: Iterable[str]) -> list[tuple[str, int]]:
        if self.level == "char":
            characters = CharacterCounter()
            for text in texts:
                characters.update(self._prepare(text))
            return characters.most_common(self.minimum_count)
        pieces = PieceCounter()
        for text in texts:
            found = split_whole(self._prepare(text))
            # Words beyond the limit become no tokens; kept, they could be as large as the corpus.
            pieces.update([piece for piece in found if len(piece) <= MAX_TOKEN_LENGTH])
        return pieces.most_common(1 if self.level == "subword" else self.minimum_count)

    def _prepare(self, text: str) -> str:
        if not isinstance(text, str):
            raise DataError(f"a text is of type {type(text).__name__}, expected a string")
        text = replace_surrogates(text)
        if self.lowercase:
            text = text.lower()
        if not self.sentences:
            return text
        text = text.strip()
        return f" {text}" if text and self.level != "char" else text

    def _check_ids(self, ids: ArrayLike) -> list[int]:
        return check_ids(ids, self.vocabulary_size)
