"""The file formats: CSV, TSV, JSON lines and Parquet as streams of records.

Each reader gives the column names once and then, for each row, its line and the values of the
wanted columns. Values are checked by the caller.
"""

from __future__ import annotations

import contextlib
import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import RowError, SourceError, UsageError
from recurra.sequences.lines import MAX_ROW_BYTES, LineReader

__all__ = ["ENDINGS", "Format", "open_format"]

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_PARQUET_SLICE = 10_000

Record = tuple[int, tuple[Any, ...]]


class Format(ABC):
    """A file of records."""

    def __init__(self, path: Path, name: str) -> None:
        """Remember the file.

        Args:
            path: The file.
            name: The file as the user named it, for errors.
        """
        self.path = path
        self.name = name

    @abstractmethod
    def columns(self) -> list[str]:
        """Return the names of the columns; empty for an empty file."""

    @abstractmethod
    def records(self, columns: Sequence[str]) -> Iterator[Record]:
        """Read the rows from the beginning.

        Args:
            columns: Names of the wanted columns.

        Yields:
            Line number and the values of the wanted columns.
        """


def open_format(path: Path, name: str) -> Format:
    """Choose the reader by the ending of the file's name.

    Args:
        path: The file.
        name: The file as the user named it.

    Returns:
        The reader.

    Raises:
        UsageError: If the ending is not known.
    """
    plain = path.name.lower().removesuffix(".gz")
    ending = next((ending for ending in ENDINGS if plain.endswith(ending)), None)
    if ending == ".parquet" and path.name.lower().endswith(".gz"):
        ending = None  # Parquet compresses inside
    if ending is None:
        raise UsageError(
            f"cannot tell the format of {name}: the name must end in {', '.join(ENDINGS)}, "
            "or in one of the text endings and .gz"
        )
    if ending == ".parquet":
        return ParquetFormat(path, name)
    if ending in (".jsonl", ".ndjson"):
        return JsonLinesFormat(path, name)
    return DelimitedFormat(path, name, "\t" if ending == ".tsv" else None)


class DelimitedFormat(Format):
    """Comma, semicolon or tab separated values with a header, quoted as in RFC 4180."""

    def __init__(self, path: Path, name: str, delimiter: str | None) -> None:
        """Remember the file; the delimiter is guessed from the header when it is `None`."""
        super().__init__(path, name)
        self._delimiter = delimiter

    @property
    def delimiter(self) -> str:
        """The sign between two fields."""
        return self._find_delimiter()

    def columns(self) -> list[str]:
        """Return the header."""
        return next((fields for _, fields in self._rows()), [])

    def records(self, columns: Sequence[str]) -> Iterator[Record]:
        """Read the rows after the header."""
        rows = self._rows()
        header = next(rows, (0, []))[1]
        positions = [header.index(column) for column in columns]
        for line, fields in rows:
            if len(fields) != len(header):
                raise RowError(self.name, line, _wrong_count(len(fields), len(header)))
            yield line, tuple(fields[position] for position in positions)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        # The limit belongs to the csv module as a whole; raising it takes nothing from anybody.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_BYTES))
        lines = LineReader(self.path, self.name)
        reader = csv.reader(lines, delimiter=self._find_delimiter(), strict=True)
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise RowError(self.name, lines.row_start, _csv_problem(str(error))) from error
            start = lines.row_start
            lines.finish_row()
            if fields:  # a blank line is no row
                yield start, fields

    def _find_delimiter(self) -> str:
        if self._delimiter is None:
            header = next(iter(LineReader(self.path, self.name)), "")
            counts = {sign: header.count(sign) for sign in (",", ";", "\t")}
            self._delimiter = max(counts, key=lambda sign: counts[sign])
        return self._delimiter


class JsonLinesFormat(Format):
    """One JSON object per line; the first one names the columns."""

    def columns(self) -> list[str]:
        """Return the keys of the first object."""
        return next((list(values) for _, values in self._objects()), [])

    def records(self, columns: Sequence[str]) -> Iterator[Record]:
        """Read the objects."""
        for line, values in self._objects():
            for column in columns:
                if column not in values:
                    raise RowError(self.name, line, f"the key {column!r} is missing")
            yield line, tuple(values[column] for column in columns)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        lines = LineReader(self.path, self.name)
        for line in lines:
            lines.finish_row()
            if not line.isspace():
                yield lines.number, self._parse(line, lines.number)

    def _parse(self, line: str, number: int) -> dict[str, Any]:
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            problem = f"not JSON: {error.msg} at column {error.colno}"
            raise RowError(self.name, number, problem) from None
        except (RecursionError, ValueError) as error:
            raise RowError(self.name, number, f"JSON beyond the limits: {error}") from None
        if not isinstance(values, dict):
            kind = type(values).__name__
            raise RowError(self.name, number, f"expected one JSON object per line, got a {kind}")
        return values


class ParquetFormat(Format):
    """A Parquet file, read lazily in slices of rows."""

    def columns(self) -> list[str]:
        """Return the names in the schema."""
        with _parquet_errors(self.name):
            return list(self._scan().collect_schema().names())

    def records(self, columns: Sequence[str]) -> Iterator[Record]:
        """Read the rows; their numbers, from 1, stand for lines."""
        start = 0
        while True:
            with _parquet_errors(self.name):
                part = self._scan().select(list(columns)).slice(start, _PARQUET_SLICE).collect()
            yield from enumerate(part.iter_rows(), start=start + 1)
            start += part.height
            if part.height < _PARQUET_SLICE:
                return

    def _scan(self) -> Any:
        import polars as pl

        return pl.scan_parquet(self.path, glob=False)


@contextlib.contextmanager
def _parquet_errors(name: str) -> Iterator[None]:
    """Turn the errors of polars, its panics on damaged files included, into `SourceError`."""
    from polars.exceptions import PanicException, PolarsError

    try:
        yield
    except (PolarsError, PanicException, OSError) as error:
        first = (str(error).splitlines() or ["unknown reason"])[0]
        raise SourceError(f"{name} is not a sound Parquet file: {first}") from error


def _wrong_count(came: int, expected: int) -> str:
    return (
        f"{came} fields, the header has {expected}; "
        "a text with a delimiter, a quote or a line break needs quotes around it"
    )


def _csv_problem(error: str) -> str:
    if "unexpected end of data" in error:
        return "the quote that opens here is never closed"
    if "new-line character" in error:
        return "a carriage return inside a field; end lines with LF or CRLF, or quote the field"
    if "expected after" in error:
        return f'{error}: write a quote inside a quoted field twice, as ""'
    return error
