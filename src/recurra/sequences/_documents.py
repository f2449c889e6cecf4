"""Where the documents of a corpus come from: text files, tables with a text column, lists."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recurra.errors import DataError, RowError, SourceError
from recurra.sequences.formats import Format
from recurra.sequences.lines import file_sha256, not_utf8, open_bytes, source_errors

__all__ = ["BLOCK", "Document", "DocumentSource", "TableTexts", "TextFiles", "TextList"]

BLOCK = 2**20
"""Most characters of a document that are held at once."""


@dataclass(frozen=True)
class Document:
    """One text.

    Attributes:
        place: Where it is, for messages: a line or a file.
        blocks: The text in parts of at most `BLOCK` characters, to be read once.
    """

    place: str
    blocks: Iterable[str]


class DocumentSource(ABC):
    """Documents that can be read any number of times."""

    @abstractmethod
    def documents(self) -> Iterator[Document]:
        """Read the documents from the beginning, each whole before the next.

        Raises:
            RowError: If a line is broken.
            SourceError: If a file cannot be read.
        """

    @abstractmethod
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""


class TextFiles(DocumentSource):
    """Plain text files, each one document."""

    def __init__(self, files: Sequence[tuple[Path, str]]) -> None:
        """Remember the files: paths, and their names as the user knows them."""
        self._files = list(files)

    def documents(self) -> Iterator[Document]:
        """Read the files in order."""
        for path, name in self._files:
            yield Document(name, _file_blocks(path, name))

    def sha256(self) -> str:
        """Return the digest of the file, or that of the digests of all files."""
        digests = [file_sha256(path, name) for path, name in self._files]
        if len(digests) == 1:
            return digests[0]
        return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


class TableTexts(DocumentSource):
    """A column of texts, each one document."""

    def __init__(self, reader: Format, column: str) -> None:
        """Join a reader and its column."""
        self._reader = reader
        self._column = column

    def documents(self) -> Iterator[Document]:
        """Read the rows in order."""
        for line, (text,) in self._reader.records([self._column]):
            yield Document(f"line {line}", _slices(self._text(text, line)))

    def sha256(self) -> str:
        """Return the digest of the file as it is."""
        return file_sha256(self._reader.path, self._reader.name)

    def _text(self, value: Any, line: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            kind = type(value).__name__
            problem = f"the text (column {self._column!r}) is of type {kind}, expected a string"
            raise RowError(self._reader.name, line, problem)
        return value


class TextList(DocumentSource):
    """Texts in memory."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Hold texts.

        Raises:
            DataError: If one is not a string.
        """
        self._texts = list(texts)
        for i, text in enumerate(self._texts, start=1):
            if not isinstance(text, str):
                raise DataError(f"text {i} is of type {type(text).__name__}, expected a string")

    def documents(self) -> Iterator[Document]:
        """Read the texts in order."""
        for i, text in enumerate(self._texts, start=1):
            yield Document(f"text {i}", _slices(text))

    def sha256(self) -> str:
        """Return the digest of the texts, written as JSON lines."""
        digest = hashlib.sha256()
        for text in self._texts:
            digest.update(json.dumps(text).encode("ascii") + b"\n")
        return digest.hexdigest()


def _slices(text: str) -> Iterator[str]:
    return (text[start : start + BLOCK] for start in range(0, len(text), BLOCK))


def _file_blocks(path: Path, name: str) -> Iterator[str]:
    """Decode a file of UTF-8; CR and CRLF become LF, as when Python opens a text file."""
    decoder = _Utf8Decoder(name)
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    with source_errors(name), open_bytes(path, name) as file:
        while block := file.read(BLOCK):
            yield newlines.decode(decoder.decode(block))
        yield newlines.decode(decoder.decode(b"", final=True), final=True)


class _Utf8Decoder:
    """Decodes blocks of bytes and knows on which line something is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line, self._column = 1, 0  # where the next block begins
        self._begun = False

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """Return the whole characters so far; refuse what is no text."""
        if not self._begun:
            self._begun = True
            block = block.removeprefix(codecs.BOM_UTF8)
        pending = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise self._not_utf8(pending + block, error.start, len(pending)) from None
        if (zero := block.find(b"\0")) >= 0:
            line = self._line + block.count(b"\n", 0, zero)
            raise SourceError(f"{self._name} is no text file: it has a zero byte on line {line}")
        self._line += block.count(b"\n")
        last = block.rfind(b"\n")
        self._column = len(block) - last - 1 if last >= 0 else self._column + len(block)
        return text

    def _not_utf8(self, known: bytes, position: int, pending: int) -> RowError:
        start = known.rfind(b"\n", 0, position) + 1
        line = self._line + known.count(b"\n", 0, position)
        before = 0 if start else self._column - pending
        return RowError(self._name, line, not_utf8(known[start:], position - start, before))
