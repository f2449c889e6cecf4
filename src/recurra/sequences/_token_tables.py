"""What ids the tokens of a text have: tables of characters, of words and of merged bytes.

Each table has its `tokens` in the order of their ids, the four special ones first, gives the ids
of a text and says which bytes of UTF-8 each id stands for.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError
from recurra.sequences.splitting import split_whole
from recurra.sequences.subwords import SubwordVocabulary, check_merges, learn_merges
from recurra.sequences.vocabulary import PAD, UNK, Vocabulary

__all__ = [
    "SPECIAL_TOKENS",
    "ByteTable",
    "CharacterCounter",
    "CharacterTable",
    "TokenTable",
    "WordTable",
]

SPECIAL_TOKENS = (PAD, UNK, "[BOS]", "[EOS]")
_SPECIAL = len(SPECIAL_TOKENS)
_UNKNOWN = "\ufffd"
_CODES = sys.maxunicode + 1


class TokenTable(Protocol):
    """What every table can do."""

    @property
    def tokens(self) -> list[str]:
        """All tokens in the order of their ids."""

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the ids of a text, shape `(time,)`."""

    def pieces(self, text: str) -> Iterable[str]:
        """Return what is looked up, in order."""

    def spellings(self) -> list[bytes]:
        """Return the UTF-8 that each id stands for; empty for special tokens but the unknown."""


class CharacterTable:
    """Single characters."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number the characters that follow the special tokens."""
        self.tokens = list(tokens)
        self._ids = np.ones(_CODES, dtype=np.int32)
        codes = [ord(token) for token in self.tokens[_SPECIAL:]]
        self._ids[codes] = np.arange(_SPECIAL, len(self.tokens), dtype=np.int32)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the id of each character."""
        return self._ids[character_codes(text)]

    def pieces(self, text: str) -> Iterable[str]:
        """Return the characters."""
        return text

    def spellings(self) -> list[bytes]:
        """Return each character in UTF-8."""
        return _spell_all(self.tokens, _UNKNOWN)


class WordTable:
    """Words, signs and white space."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number the pieces that follow the special tokens."""
        self._vocabulary = Vocabulary(tokens)  # no piece has brackets and letters

    @property
    def tokens(self) -> list[str]:
        """All tokens in the order of their ids."""
        return self._vocabulary.tokens

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the id of each piece."""
        return np.array(self._vocabulary.ids(split_whole(text)), dtype=np.int32)

    def pieces(self, text: str) -> Iterable[str]:
        """Return the words, signs and white space."""
        return split_whole(text)

    def spellings(self) -> list[bytes]:
        """Return each piece in UTF-8; an unknown one stands apart from the word before it."""
        return _spell_all(self.tokens, f" {_UNKNOWN}")


class ByteTable(SubwordVocabulary):
    """Pairs of bytes merged within words (byte-level byte-pair encoding): nothing is unknown.

    Bytes are written as characters that can be seen, as in GPT-2 (Radford et al. 2019).
    """

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the ids of the subwords of all pieces."""
        return np.array(self.ids(split_whole(text)), dtype=np.int32)

    def pieces(self, text: str) -> Iterable[str]:
        """Return the words, signs and white space."""
        return split_whole(text)

    def spellings(self) -> list[bytes]:
        """Return the bytes of each token."""
        numbers = {character: i for i, character in enumerate(byte_alphabet())}
        merged = [bytes(numbers[c] for c in token) for token in self.tokens[_SPECIAL:]]
        return [b"", _UNKNOWN.encode(), b"", b"", *merged]

    @classmethod
    def learn(
        cls, counts: Sequence[tuple[str, int]], vocabulary: int, minimum_count: int
    ) -> ByteTable:
        """Learn the merges from counted pieces, most frequent first."""
        spelt = [(spell_in_bytes(piece), count) for piece, count in counts]
        return cls(*learn_merges(spelt, vocabulary, minimum_count, byte_alphabet(), SPECIAL_TOKENS))

    @classmethod
    def read(cls, tokens: list[str], merges: object) -> ByteTable:
        """Build the table of checked tokens and of merges from a file.

        Raises:
            CorruptArtifactError: If they are no tokens or merges of bytes.
        """
        alphabet = set(byte_alphabet())
        if not alphabet <= set(tokens[_SPECIAL:]):
            raise CorruptArtifactError("the tokenizer's subwords do not hold all 256 bytes")
        if not all(alphabet.issuperset(token) for token in tokens[_SPECIAL:]):
            raise CorruptArtifactError("the tokenizer's subwords are not written in bytes")
        return cls(tokens, check_merges(merges, tokens))

    def _spell(self, piece: str) -> str:
        return spell_in_bytes(piece)


class CharacterCounter:
    """Counts characters, a whole text at a time."""

    def __init__(self) -> None:
        self._counts = np.zeros(_CODES, dtype=np.int64)

    def update(self, text: str) -> None:
        """Count the characters of one text."""
        counts = np.bincount(character_codes(text))
        self._counts[: len(counts)] += counts

    def most_common(self, minimum_count: int = 1) -> list[tuple[str, int]]:
        """Return characters and counts as `PieceCounter.most_common` does."""
        codes = np.flatnonzero(self._counts >= max(1, minimum_count))
        ranked = codes[np.argsort(-self._counts[codes], kind="stable")]
        return [(chr(code), int(self._counts[code])) for code in ranked]


def character_codes(text: str) -> NDArray[np.uint8] | NDArray[np.uint32]:
    """Return the code points of a text without lone surrogates, shape `(characters,)`."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")


@functools.cache
def byte_alphabet() -> tuple[str, ...]:
    """Return the character for each byte: itself if it can be seen, else one from U+0100 on."""
    seen = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in seen else next(others)) for byte in range(256))


def spell_in_bytes(piece: str) -> str:
    """Write the UTF-8 bytes of a piece as characters of the alphabet."""
    alphabet = byte_alphabet()
    return "".join([alphabet[byte] for byte in piece.encode("utf-8")])


def _spell_all(tokens: Sequence[str], unknown: str) -> list[bytes]:
    return [b"", unknown.encode(), b"", b"", *(t.encode("utf-8") for t in tokens[_SPECIAL:])]
