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
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    line = 1
    with source_errors(name), open_bytes(path, name) as file:
        first = True
        while block := file.read(BLOCK):
            if first:
                block, first = block.removeprefix(codecs.BOM_UTF8), False
            _refuse_binary(block, name, line)
            yield newlines.decode(_decode(decoder, block, name, line))
            line += block.count(b"\n")
        yield newlines.decode(_decode(decoder, b"", name, line, final=True), final=True)


def _decode(
    decoder: codecs.IncrementalDecoder, block: bytes, name: str, line: int, *, final: bool = False
) -> str:
    begun = decoder.getstate()[0]
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        whole = begun + block
        lines = whole[: error.start].count(b"\n")
        start = whole.rfind(b"\n", 0, error.start) + 1
        problem = not_utf8(whole[start:], error.start - start)
        raise RowError(name, line + lines, problem) from None


def _refuse_binary(block: bytes, name: str, line: int) -> None:
    position = block.find(b"\0")
    if position >= 0 and not block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        line += block.count(b"\n", 0, position)
        raise SourceError(f"{name} is no text file: it has a zero byte on line {line}")
