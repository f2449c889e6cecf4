"""What a recognizer writes: characters or whole words, numbered."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, UnknownNameError

__all__ = ["ALPHABET_LEVELS", "BLANK", "Alphabet", "choose_symbols"]

ALPHABET_LEVELS = ("character", "word")
BLANK = 0  # the number of "nothing new here", which CTC puts between symbols
_MOST_WORDS = 100
_OFTEN = 10
_MOST_SYMBOLS = 1 << 16


@dataclass(frozen=True)
class Alphabet:
    """The symbols of transcripts; symbol `i` has the number `i + 1`, the blank is 0.

    Attributes:
        level: `character` or `word`.
        symbols: In the order of their numbers.
    """

    level: str
    symbols: tuple[str, ...]

    @classmethod
    def fit(cls, transcripts: Sequence[str], level: str | None = None) -> Alphabet:
        """Collect the symbols of training transcripts.

        Args:
            transcripts: Of the training clips only.
            level: `character` or `word`; `None` leaves it to `choose_symbols`.

        Raises:
            UnknownNameError: If the level is unknown.
            DataError: If all transcripts are empty.
        """
        level = choose_symbols(transcripts) if level is None else level
        if level not in ALPHABET_LEVELS:
            raise UnknownNameError("level of symbols", str(level), ALPHABET_LEVELS)
        found = sorted({part for text in transcripts for part in _parts(text, level)})
        if not found:
            raise DataError("all transcripts are empty; there is nothing to learn to write")
        return cls(level, tuple(found))

    @property
    def outputs(self) -> int:
        """Columns of a network's answer: the symbols and the blank."""
        return len(self.symbols) + 1

    def encode(self, transcript: str) -> NDArray[np.int32]:
        """Return the numbers of a transcript, shape `(symbols,)`.

        Raises:
            DataError: If a symbol is not in the alphabet.
        """
        parts = _parts(transcript, self.level)
        unknown = [part for part in parts if part not in self._numbers]
        if unknown:
            raise DataError(
                f"the {self.level} {unknown[0]!r} is not among the {len(self.symbols)} "
                f"{self.level}s of the training"
            )
        return np.array([self._numbers[part] for part in parts], dtype=np.int32)

    def knows(self, transcript: str) -> bool:
        """Whether every symbol of a transcript is in the alphabet."""
        return all(part in self._numbers for part in _parts(transcript, self.level))

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the text that numbers without blanks stand for."""
        joint = " " if self.level == "word" else ""
        return " ".join(joint.join(self.symbols[int(n) - 1] for n in numbers).split())

    def words(self, numbers: Sequence[int]) -> list[tuple[str, int]]:
        """Return each word of a text, and the place of its first symbol among the numbers."""
        if self.level == "word":
            return [(self.symbols[number - 1], place) for place, number in enumerate(numbers)]
        written = "".join(self.symbols[number - 1] for number in numbers)
        return [(match.group(), match.start()) for match in re.finditer(r"\S+", written)]

    def to_config(self) -> dict[str, Any]:
        """Return JSON values that `from_config` reads."""
        return {"level": self.level, "symbols": list(self.symbols)}

    @classmethod
    def from_config(cls, values: Any) -> Alphabet:
        """Read what `to_config` has given.

        Raises:
            CorruptArtifactError: If it cannot be an alphabet.
        """
        if not isinstance(values, dict) or set(values) != {"level", "symbols"}:
            raise CorruptArtifactError("the alphabet must have a level and symbols")
        level, symbols = values["level"], values["symbols"]
        if level not in ALPHABET_LEVELS:
            raise CorruptArtifactError(f"the alphabet's level {level!r:.40} is unknown")
        if not isinstance(symbols, list) or not 0 < len(symbols) <= _MOST_SYMBOLS:
            raise CorruptArtifactError("the alphabet's symbols are no list, empty or too many")
        if any(not isinstance(symbol, str) for symbol in symbols):
            raise CorruptArtifactError("the alphabet holds a symbol that is no text")
        if len(set(symbols)) != len(symbols) or not all(_is_symbol(s, level) for s in symbols):
            raise CorruptArtifactError(f"the alphabet's symbols are not single {level}s")
        return cls(level, tuple(symbols))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: number for number, symbol in enumerate(self.symbols, 1)}


def choose_symbols(transcripts: Sequence[str]) -> str:
    """Return `word` where few words come up often, such as commands and digits, else `character`.

    Whole words need examples of each; only characters can write a word that was never heard.
    """
    counts = Counter(word for text in transcripts for word in _parts(text, "word"))
    few = 0 < len(counts) <= _MOST_WORDS
    return "word" if few and min(counts.values()) >= _OFTEN else "character"


def _parts(text: str, level: str) -> list[str]:
    """Split a transcript, its spaces made single and its accents composed."""
    words = unicodedata.normalize("NFC", text).split()
    return words if level == "word" else list(" ".join(words))


def _is_symbol(symbol: str, level: str) -> bool:
    return len(symbol) == 1 if level == "character" else symbol.split() == [symbol]
