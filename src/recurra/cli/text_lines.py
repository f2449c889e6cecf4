"""Texts that a command answers: arguments, a table, or lines as they come."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import SourceError, UsageError

__all__ = ["TextInput", "read_lines"]

_READ = 1 << 16  # bytes
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz")


@dataclass(frozen=True)
class TextInput:
    """Where texts come from: arguments, else a file, else standard input.

    Attributes:
        given: Texts that are arguments.
        file: A table, or a file with one text on each line.
        column: Column of the texts, for a table.
    """

    given: list[str] | None
    file: Path | None
    column: str | None

    def check(self) -> None:
        """Find out that there can be texts.

        Raises:
            UsageError: If a column is named where there is none, or nothing was given at all.
        """
        if self.column and not (self.file and _is_table(self.file)):
            raise UsageError("--text names a column of a table: give the table with --file")
        if not self.given and self.file is None and sys.stdin.isatty():
            raise UsageError("give texts, --file F, or pipe lines into standard input")

    def groups(self) -> Iterator[list[str]]:
        """Yield texts in groups: what is there at once is answered at once.

        Raises:
            SourceError: If the file cannot be read or is not UTF-8.
        """
        if self.given:
            yield self.given
        elif self.file is None:
            yield from read_lines(sys.stdin.fileno())
        elif _is_table(self.file):
            yield from _table_texts(self.file, self.column)
        else:
            yield from _file_lines(self.file)


def read_lines(descriptor: int) -> Iterator[list[str]]:
    """Yield the whole lines of each read, so that a slow writer is answered line by line."""
    begun: list[bytes] = []  # pieces of a line whose end has not come yet
    first = True
    while chunk := os.read(descriptor, _READ):
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            lines = b"".join([*begun, head]).split(b"\n")
            if first:
                lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
            yield [_decoded(line) for line in lines]
            begun, first = [], False
        if tail:
            begun.append(tail)
    if begun:
        rest = b"".join(begun)
        yield [_decoded(rest.removeprefix(codecs.BOM_UTF8) if first else rest)]


def _table_texts(file: Path, column: str | None) -> Iterator[list[str]]:
    from recurra.sequences import read_texts, row_chunks

    table = read_texts(file, column, require_label=False)
    for rows in row_chunks(table.iter_rows(), 512):
        yield [row.text for row in rows]


def _file_lines(file: Path) -> Iterator[list[str]]:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        from recurra.sequences.sources import missing_source

        raise missing_source(str(file)) from None
    except OSError as error:
        raise SourceError(f"cannot read {file}: {error.strerror}") from error
    try:
        yield from read_lines(descriptor)
    except IsADirectoryError:
        raise SourceError(f"cannot read {file}: it is a folder") from None
    finally:
        os.close(descriptor)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"a line is not UTF-8 ({error.reason} at byte {error.start}: {line[:40]!r}); "
            "convert it, for example with iconv -t UTF-8"
        ) from None


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in _TABLES
