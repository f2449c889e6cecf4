"""Rows to read series from, whatever holds them: named by position, collected by polars."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.errors import RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences.formats import DelimitedFormat, Format, JsonLinesFormat, open_format
from recurra.sequences.lines import source_errors

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FileRows", "FrameRows", "SeriesRows", "describe", "key", "row_error", "stamp"]

_MOST_BYTES_TO_RECOUNT = 2**28
_MOST_LINES_TO_COUNT = 5_000_000


def key(position: int) -> str:
    """Return the name by which a column is known while it is read: `#1` is the first."""
    return f"#{position + 1}"


class SeriesRows(ABC):
    """Rows and columns.

    Attributes:
        name: What the rows come from, for errors.
        columns: Names of the columns; may be empty or repeated.
        when: Writes the time of a row; set once the times are read, for errors.
    """

    name: str
    columns: list[str]
    when: Callable[[int], str] | None = None

    @abstractmethod
    def scan(self) -> pl.LazyFrame:
        """Return all rows, blank ones excepted; columns are named by `key`."""

    @abstractmethod
    def place(self, row: int) -> str:
        """Say where a row of `scan` is, such as `sales.csv, line 7`; rows count from 0."""

    @abstractmethod
    def sha256(self) -> str | None:
        """Return the digest of the file; `None` when there is none."""

    def find(self, name: str) -> str:
        """Return the key of a column.

        Args:
            name: Its name, or `#` and its number when no column has that name.

        Raises:
            UnknownNameError: If there is none.
            UsageError: If several have the name.
        """
        count = self.columns.count(name)
        if count > 1:
            raise UsageError(
                f"{self.name} has {count} columns named {name!r}; say which by its number: "
                + " or ".join(key(i) for i, column in enumerate(self.columns) if column == name)
            )
        if count:
            return key(self.columns.index(name))
        if name.startswith("#") and name[1:].isdecimal() and 0 < int(name[1:]) <= len(self.columns):
            return name
        raise UnknownNameError("column", name, [c or key(i) for i, c in enumerate(self.columns)])

    def title(self, column: str) -> str:
        """Return the name of a column from its key; the key itself when it has none."""
        return self.columns[int(column[1:]) - 1] or column

    def count(self) -> int:
        """Count the rows.

        Raises:
            SourceError: If there are none.
        """
        import polars as pl

        rows = int(self.collect(self.scan().select(pl.len())).item())
        if not rows:
            raise SourceError(f"{self.name} has columns ({', '.join(self.columns)}) and no rows")
        return rows

    def collect(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        """Run a query; errors of reading become ours."""
        with self._errors():
            return lazy.collect(engine="streaming")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        from polars.exceptions import PanicException, PolarsError

        try:
            with source_errors(self.name):
                yield
        except (PolarsError, PanicException) as error:
            self._explain()
            first = (str(error).splitlines() or ["unknown reason"])[0]
            raise SourceError(f"{self.name} cannot be read: {first}") from error

    def _explain(self) -> None:  # noqa: B027 - most sources have nothing to add
        """Raise a better error for damaged data if there is one."""


class FileRows(SeriesRows):
    """A CSV, TSV, JSON lines or Parquet file."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the header.

        Args:
            path: The file.
            name: The file as the user named it.

        Raises:
            SourceError: If it is damaged or empty.
            UsageError: If its format cannot be told from its name.
        """
        self.name = name
        self._path = path
        self._format: Format = open_format(path, name)
        self.columns = self._format.columns()
        if not self.columns:
            raise SourceError(f"{name} is empty; expected a header and rows")
        self._blank: bool | None = None

    def scan(self) -> pl.LazyFrame:
        """Return all rows but blank ones; in a single column a blank line is a missing value."""
        import polars as pl

        with self._errors():
            frame = self._scan()
        if not isinstance(self._format, DelimitedFormat):
            return frame
        if self._blank is None:
            self._blank = self._look_for_blanks(frame)
        if not self._blank:
            return frame
        return frame.filter(~pl.all_horizontal(pl.all().fill_null("") == ""))

    def place(self, row: int) -> str:
        """Say on which line of the file, or in which row, something is."""
        if isinstance(self._format, DelimitedFormat) and len(self.columns) == 1:
            return f"{self.name}, line {row + 2}"
        if not isinstance(self._format, (DelimitedFormat, JsonLinesFormat)):
            return f"{self.name}, row {row + 1}"
        if row > _MOST_LINES_TO_COUNT:
            return f"{self.name}, row {row + 1} after the header"
        text = isinstance(self._format, DelimitedFormat)
        records = self._format.records(self.columns if text else [])
        lines = (line for line, fields in records if any(fields) or not text)
        line = next(itertools.islice(lines, row, None), 0)
        return f"{self.name}, line {line}" if line else f"{self.name}, row {row + 1}"

    def sha256(self) -> str:
        """Return the SHA-256 of the file as it is."""
        with source_errors(self.name), self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _scan(self) -> pl.LazyFrame:
        import polars as pl

        keys = [key(i) for i in range(len(self.columns))]
        if isinstance(self._format, DelimitedFormat):
            return pl.scan_csv(
                self._path,
                infer_schema=False,
                separator=self._format.delimiter,
                with_column_names=lambda _: keys,
                glob=False,
            )
        if isinstance(self._format, JsonLinesFormat):
            lazy = self._scan_json()
        else:
            lazy = pl.scan_parquet(self._path, glob=False)
        return lazy.rename(dict(zip(self.columns, keys, strict=True)))

    def _scan_json(self) -> pl.LazyFrame:
        import polars as pl

        return pl.scan_ndjson(self._path, infer_schema_length=10_000).select(self.columns)

    def _look_for_blanks(self, frame: pl.LazyFrame) -> bool:
        """Say whether there may be blank lines; raise at a row with too few fields.

        polars fills up both in silence. Filtering hundreds of columns takes it seconds, and most
        files need none.
        """
        import polars as pl

        edges = (pl.col(key(0)), pl.col(key(len(self.columns) - 1)))
        queries = [
            ((column.is_null()) | (column == "")).any().alias(name)
            for column, name in zip(edges, ("first", "last"), strict=True)
        ]
        first, last = self.collect(frame.select(queries)).row(0)
        if last and self._path.stat().st_size <= _MOST_BYTES_TO_RECOUNT:
            self._explain()
        return bool(first and last and len(self.columns) > 1)

    def _explain(self) -> None:
        for _ in self._format.records([]):
            pass


class FrameRows(SeriesRows):
    """Columns in memory."""

    def __init__(self, frame: pl.DataFrame, columns: Sequence[str], name: str) -> None:
        """Hold a frame.

        Args:
            frame: Columns named by `key`.
            columns: Their names.
            name: What they come from, for errors.
        """
        self.name, self.columns = name, list(columns)
        self._frame = frame

    def scan(self) -> pl.LazyFrame:
        """Return the rows."""
        return self._frame.lazy()

    def place(self, row: int) -> str:
        """Say which row it is, counted from 1."""
        return f"{self.name}, row {row + 1}"

    def sha256(self) -> None:
        """Return nothing: what was read is to be digested."""


def row_error(rows: SeriesRows, row: int, problem: str) -> RowError:
    """Build the error of one row: the line of a file where there is one, and its time."""
    place = rows.place(row)
    line = place.rsplit(" ", 1)[1]
    error = RowError(rows.name, int(line) if line.isdecimal() else row + 1, problem)
    error.args = (f"{place}{stamp(rows, row)}: {problem}",)
    return error


def stamp(rows: SeriesRows, row: int) -> str:
    """Return the time of a row in brackets, or nothing before the times are known."""
    return f" ({rows.when(row)})" if rows.when else ""


def describe(value: Any) -> str:
    """Write a value for an error, cut to a bearable length."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
