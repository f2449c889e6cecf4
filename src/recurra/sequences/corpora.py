"""Corpora: running text for language models, read in parts and never held whole."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, SourceError, UsageError
from recurra.sequences._documents import BLOCK, Document, DocumentSource

__all__ = ["Corpus", "CorpusChunk", "CorpusParts", "TextRange"]

_MANY_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class CorpusChunk:
    """Some of the text.

    Attributes:
        text: The text; may be empty at the end of a document.
        ends_document: Whether a document ends here. The one document of a corpus never ends.
    """

    text: str
    ends_document: bool


@dataclass(frozen=True, slots=True)
class TextRange:
    """A stretch of a corpus in characters, from `start` up to and without `stop`."""

    start: int
    stop: int

    @property
    def characters(self) -> int:
        """Number of characters."""
        return self.stop - self.start


class CorpusParts(NamedTuple):
    """What is trained on, and what is held out; a share of 0 is a range without characters."""

    train: TextRange
    validation: TextRange
    test: TextRange


class Corpus:
    """Documents that can be read any number of times in parts of about a million characters.

    Attributes:
        name: Name of the dataset, or of the file or folder without its ending.
        source: Where the text comes from, as the user named it.
        documents: Number of documents that are not empty.
        characters: Characters of all documents.
        empty_documents: Where the documents are that hold nothing but white space; they are left
            out.
    """

    def __init__(self, name: str, source: str, documents: DocumentSource) -> None:
        """Read everything once, which checks and counts it.

        Args:
            name: Name of the corpus.
            source: Where it comes from, as the user named it.
            documents: The documents.

        Raises:
            RowError: If a line is broken or not UTF-8.
            SourceError: If a file cannot be read, is not text, or there is no text at all.
        """
        self.name = name
        self.source = source
        self._source = documents
        lengths, empty = _measure(documents)
        self._empty = set(empty)
        self.empty_documents = tuple(empty.values())
        self._offsets: NDArray[np.int64] = np.cumsum([0, *lengths], dtype=np.int64)
        if not lengths:
            raise SourceError(f"{source} holds no text; expected at least a few thousand words")

    @property
    def documents(self) -> int:
        """Number of documents that are not empty."""
        return len(self._offsets) - 1

    @property
    def characters(self) -> int:
        """Characters of all documents."""
        return int(self._offsets[-1])

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return self._source.sha256()

    def iter_chunks(self, part: TextRange | None = None) -> Iterator[CorpusChunk]:
        """Read text.

        A document is cut where white space begins, so that its chunks, each tokenized on its own,
        give the tokens of the whole; only stretches of a million characters without white space are
        cut anywhere.

        Args:
            part: What to read; everything when `None`.

        Yields:
            The text in order, at most about two million characters at a time.
        """
        wanted = part or TextRange(0, self.characters)
        stop = 0
        for chunk in self._all_chunks():
            start, stop = stop, stop + len(chunk.text)
            if start >= wanted.stop and chunk.text:
                return
            if stop > wanted.start:
                yield _inside(chunk, start, wanted)

    def split(self, validation: float = 0.1, test: float = 0.0) -> CorpusParts:
        """Hold out the end of the text.

        With 20 documents or more the cuts are between documents, if that keeps the shares within a
        factor of two; else they are between any two characters.

        Args:
            validation: Share of the characters for choosing a model, before those for testing.
            test: Share of the characters for testing, the last ones.

        Returns:
            The parts.

        Raises:
            UsageError: If the shares make no sense.
            DataError: If the corpus is too small for them.
        """
        if validation < 0 or test < 0 or validation + test >= 1:
            raise UsageError(
                "the shares of validation and test must be 0 or more and together less than 1, "
                f"not {validation} and {test}"
            )
        shares = (1 - validation - test, 1 - test)
        cuts = [int(self.characters * share) for share in shares]
        if self.documents >= _MANY_DOCUMENTS:
            cuts = self._between_documents(cuts)
        parts = CorpusParts(*map(TextRange, (0, *cuts), (*cuts, self.characters)))
        for what, share in (("train", 1.0), ("validation", validation), ("test", test)):
            if share > 0 and getattr(parts, what).characters == 0:
                raise DataError(
                    f"{self.source} has {self.characters} characters, none are left for {what}; "
                    "choose other shares or a larger text"
                )
        return parts

    def _between_documents(self, cuts: list[int]) -> list[int]:
        """Move cuts to the nearest ends of documents unless that changes a share too much."""
        ends = self._offsets
        moved = [int(ends[np.argmin(np.abs(ends - cut))]) for cut in cuts]
        wanted, got = (np.diff([0, *edges, self.characters]) for edges in (cuts, moved))
        fits = (got * 2 >= wanted) & (got <= wanted * 2)
        return moved if bool(fits.all()) else cuts

    def _all_chunks(self) -> Iterator[CorpusChunk]:
        single = self.documents == 1
        for i, document in enumerate(self._source.documents()):
            if i not in self._empty:
                for chunk in _chunks(document):
                    yield dataclasses.replace(chunk, ends_document=False) if single else chunk


def _measure(source: DocumentSource) -> tuple[array[int], dict[int, str]]:
    """Return the lengths of the documents and, by number, where the empty ones are."""
    lengths, empty = array("q"), {}
    for i, document in enumerate(source.documents()):
        length, blank = 0, True
        for block in document.blocks:
            length += len(block)
            blank = blank and (not block or block.isspace())
        if blank:
            empty[i] = document.place
        else:
            lengths.append(length)
    return lengths, empty


def _chunks(document: Document) -> Iterator[CorpusChunk]:
    held = ""
    for block in document.blocks:
        held += block
        if len(held) >= BLOCK:
            cut = _word_end(held)
            yield CorpusChunk(held[:cut], ends_document=False)
            held = held[cut:]
    yield CorpusChunk(held, ends_document=True)


def _word_end(text: str) -> int:
    """Return the last place where white space begins; the whole length if there is none."""
    kept = text.rstrip()
    if len(kept) == len(text):
        words = text.rsplit(None, 1)
        kept = words[0] if len(words) == 2 else ""
    return len(kept) or len(text)


def _inside(chunk: CorpusChunk, start: int, wanted: TextRange) -> CorpusChunk:
    """Cut a chunk that begins at `start` down to what is wanted of it."""
    stop = start + len(chunk.text)
    text = chunk.text[max(0, wanted.start - start) : wanted.stop - start]
    return CorpusChunk(text, chunk.ends_document and stop <= wanted.stop)
