"""Readers of pairs: tables, lines with tabs, two parallel files, lists."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from recurra.errors import DataError, RowError
from recurra.sequences.formats import Format
from recurra.sequences.lines import LineReader, file_sha256

__all__ = [
    "ListedPairs",
    "PairReader",
    "PairRow",
    "ParallelFiles",
    "TabbedPairs",
    "TablePairs",
    "first_fields",
]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair.

    Attributes:
        source: The text to translate.
        target: Its translation.
        line: Line on which the pair begins, counted from 1; the number of the pair in a source
            that has no lines.
    """

    source: str
    target: str
    line: int


class PairReader(ABC):
    """Pairs as they come from a file or a list, with empty sides and all."""

    @abstractmethod
    def pairs(self) -> Iterator[PairRow]:
        """Read the pairs from the beginning.

        Raises:
            RowError: If a row is broken.
            SourceError: If a file cannot be read.
        """

    @abstractmethod
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""


class TablePairs(PairReader):
    """Two columns of a CSV, JSON lines or Parquet file."""

    def __init__(self, reader: Format, source: str, target: str) -> None:
        """Join a reader and its columns."""
        self._reader = reader
        self._columns = (source, target)

    def pairs(self) -> Iterator[PairRow]:
        """Read the rows in order; a missing value is an empty side."""
        for line, values in self._reader.records(self._columns):
            source, target = (
                self._text(value, column, line)
                for value, column in zip(values, self._columns, strict=True)
            )
            yield PairRow(source, target, line)

    def sha256(self) -> str:
        """Return the digest of the file as it is."""
        return file_sha256(self._reader.path, self._reader.name)

    def _text(self, value: Any, column: str, line: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            problem = f"column {column!r} is of type {type(value).__name__}, expected a string"
            raise RowError(self._reader.name, line, problem)
        return value


class TabbedPairs(PairReader):
    """Lines of fields between tabs, quotes being quotes, as Tatoeba and Moses write them."""

    def __init__(self, path: Path, name: str, fields: tuple[int, int], *, header: bool) -> None:
        """Choose the fields.

        Args:
            path: The file.
            name: The file as the user named it.
            fields: Positions of the source and of the target, from 0.
            header: Whether the first line names the columns.
        """
        self._path, self._name, self._fields, self._header = path, name, fields, header

    def pairs(self) -> Iterator[PairRow]:
        """Read the lines in order; a blank line is no pair."""
        needed = max(self._fields) + 1
        for line, text in _lines(self._path, self._name):
            if (self._header and line == 1) or not text.strip():
                continue
            fields = text.split("\t")
            if len(fields) < needed:
                came = f"{len(fields)} field{'s' if len(fields) > 1 else ''}"
                problem = (
                    f"{came}, expected {needed} or more with a tab between them; "
                    "are the targets in a file of their own? name it too"
                )
                raise RowError(self._name, line, problem)
            yield PairRow(fields[self._fields[0]], fields[self._fields[1]], line)

    def sha256(self) -> str:
        """Return the digest of the file as it is."""
        return file_sha256(self._path, self._name)


class ParallelFiles(PairReader):
    """Two files of lines: line i of one is the translation of line i of the other."""

    def __init__(self, source: tuple[Path, str], target: tuple[Path, str]) -> None:
        """Remember both files: their paths, and their names as the user knows them."""
        self._source, self._target = source, target

    def pairs(self) -> Iterator[PairRow]:
        """Read the lines in order.

        Raises:
            DataError: If one file has more lines than the other.
        """
        lines = zip_longest(_lines(*self._source), _lines(*self._target))
        for number, (source, target) in enumerate(lines, start=1):
            if source is None or target is None:
                rest = number + sum(1 for _ in lines)
                raise DataError(self._different(number - 1, rest, longer_source=target is None))
            yield PairRow(source[1], target[1], number)

    def sha256(self) -> str:
        """Return the digest of the digests of both files."""
        digests = file_sha256(*self._source) + file_sha256(*self._target)
        return hashlib.sha256(digests.encode("ascii")).hexdigest()

    def _different(self, fewer: int, more: int, *, longer_source: bool) -> str:
        counts = (more, fewer) if longer_source else (fewer, more)
        return (
            f"{self._source[1]} has {counts[0]} lines and {self._target[1]} has {counts[1]}; "
            "line i of one must be the translation of line i of the other"
        )


class ListedPairs(PairReader):
    """Pairs in memory."""

    def __init__(self, pairs: Iterable[Any]) -> None:
        """Hold pairs.

        Raises:
            DataError: If one is not a pair of strings.
        """
        self._rows = [_listed(i, pair) for i, pair in enumerate(pairs, start=1)]

    def pairs(self) -> Iterator[PairRow]:
        """Read the pairs in order."""
        return iter(self._rows)

    def sha256(self) -> str:
        """Return the digest of the pairs, written as JSON lines."""
        digest = hashlib.sha256()
        for row in self._rows:
            digest.update(json.dumps([row.source, row.target]).encode("ascii") + b"\n")
        return digest.hexdigest()


def _listed(number: int, pair: Any) -> PairRow:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise DataError(f"pair {number} is {str(pair)[:80]!r}, expected a source and a target")
    for text in pair:
        if not isinstance(text, str):
            kind = type(text).__name__
            raise DataError(f"pair {number} holds a value of type {kind}, expected strings")
    return PairRow(pair[0], pair[1], number)


def _lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    lines = LineReader(path, name)
    for line in lines:
        lines.finish_row()
        yield lines.number, line.rstrip("\r\n")


def first_fields(path: Path, name: str) -> list[str]:
    """Return the fields of the first line of a file with tabs; none for an empty file."""
    return next((line.split("\t") for _, line in _lines(path, name)), [])
