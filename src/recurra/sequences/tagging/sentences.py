"""Sentences with a tag for every token."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError

__all__ = ["Sentence", "TaggedDataset", "TaggedSentences", "sentences_from_lists"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a file.

    Attributes:
        line: The line on which it begins, from 1.
        tokens: Its tokens, as written.
        tags: A tag for every token; empty where none were read.
    """

    line: int
    tokens: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TaggedSentences:
    """Sentences in memory.

    Attributes:
        name: Name of the dataset, or of the file without its endings.
        source: Where they come from, as the user named it.
        sha256: Digest of the content, in hexadecimal.
        column: What the tags are: the column or the key they were read from.
        sentences: The sentences; none is empty.
        tagged: Whether they have tags.
        notes: What was put right in reading, for people.
    """

    name: str
    source: str
    sha256: str
    column: str
    sentences: tuple[Sentence, ...]
    tagged: bool = True
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return sum(len(sentence.tokens) for sentence in self.sentences)

    def take(self, indices: NDArray[np.int64]) -> TaggedSentences:
        """Return some of the sentences, in the order wanted."""
        return replace(self, sentences=tuple(self.sentences[i] for i in indices))


@dataclass(frozen=True)
class TaggedDataset:
    """Sentences that belong together.

    Attributes:
        name: Name of the dataset, or of the file without its endings.
        train: Sentences for training; also for validation and testing where those are `None`.
        validation: The dataset's own validation part, or `None`.
        test: The dataset's own test part, or `None`.
        description: One line for people.
        licence: Licence or terms, as far as known.
        citation: Where it comes from.
    """

    name: str
    train: TaggedSentences
    validation: TaggedSentences | None = None
    test: TaggedSentences | None = None
    description: str = ""
    licence: str = ""
    citation: str = ""


def sentences_from_lists(X: Any, y: Any = None) -> TaggedSentences:
    """Check sentences given from Python.

    Args:
        X: Sentences, each a sequence of tokens.
        y: Tags, a sequence for each sentence; `None` for none.

    Raises:
        DataError: If a sentence is empty or a string, or a token or a tag is no string.
        ShapeError: If the numbers of sentences, or of tokens and tags, differ.
    """
    tokens = [_strings(row, "token", i) for i, row in enumerate(_rows(X))]
    if y is None:
        made = [Sentence(i, row) for i, row in enumerate(tokens, start=1)]
    else:
        tags = [_strings(row, "tag", i) for i, row in enumerate(_rows(y))]
        if len(tags) != len(tokens):
            raise ShapeError(f"{len(tokens)} sentences but {len(tags)} lists of tags")
        made = [_joined(i, a, b) for i, (a, b) in enumerate(zip(tokens, tags, strict=True))]
    digest = hashlib.sha256(repr([(s.tokens, s.tags) for s in made]).encode("utf-8", "replace"))
    name = "sentences given from Python"
    return TaggedSentences(name, name, digest.hexdigest(), "tags", tuple(made), y is not None)


def _joined(position: int, tokens: tuple[str, ...], tags: tuple[str, ...]) -> Sentence:
    if len(tokens) != len(tags):
        raise ShapeError(
            f"sentence {position} has {len(tokens)} tokens but {len(tags)} tags; one for each"
        )
    return Sentence(position + 1, tokens, tags)


def _rows(values: Any) -> Iterable[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(
            f"expected sentences, each a list of tokens, not a {type(values).__name__}; "
            "'a sentence'.split() makes a list"
        )
    return values


def _strings(row: Any, what: str, position: int) -> tuple[str, ...]:
    if isinstance(row, str) or not isinstance(row, (Sequence, np.ndarray)):
        raise DataError(
            f"sentence {position} is a {type(row).__name__}, expected a list of {what}s"
        )
    values = tuple(str(value) if isinstance(value, np.str_) else value for value in row)
    if not values:
        raise DataError(f"sentence {position} has no {what}s; leave empty sentences out")
    for value in values:
        if not isinstance(value, str) or not value:
            raise DataError(f"sentence {position} has the {what} {value!r}, expected a string")
    return values
