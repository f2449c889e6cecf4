"""Files of labelled texts."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from recurra.errors import RowError, SourceError
from recurra.sequences.columns import choose_columns
from recurra.sequences.formats import Format, open_format
from recurra.sequences.lines import file_sha256, source_errors
from recurra.sequences.tables import TextRow, TextTable

__all__ = ["FileTable", "missing_source", "read_texts"]


def read_texts(
    source: str | Path,
    text: str | None = None,
    label: str | None = None,
    require_label: bool = True,
) -> FileTable:
    """Open a file of texts: CSV, TSV, JSON lines (each also with `.gz`) or Parquet.

    Only the beginning is read here; the rows are read, and checked, each time they are iterated.

    Args:
        source: Path of the file.
        text: Name of the column with the texts; guessed when obvious.
        label: Name of the column with the labels; guessed when obvious.
        require_label: Whether the file must have labels.

    Returns:
        The table.

    Raises:
        SourceError: If the file is missing, empty, damaged or has no rows.
        UnknownNameError: If a named column does not exist.
        UsageError: If the format or a column cannot be told.
        RowError: If the first row is broken.
    """
    path, name = Path(source), str(source)
    _check_file(path, name)
    reader = open_format(path, name)
    columns = reader.columns()
    if not columns:
        raise SourceError(f"{name} is empty; expected rows with a text and a label")
    chosen = choose_columns(columns, text, label, require_label=require_label)
    table = FileTable(reader, *chosen)
    if next(table.iter_rows(), None) is None:
        raise SourceError(f"{name} has a header ({', '.join(columns)}) and no rows")
    return table


class FileTable(TextTable):
    """A file whose rows are read when they are needed."""

    def __init__(
        self,
        reader: Format,
        text_column: str,
        label_column: str | None,
        label_names: Mapping[str, str] | None = None,
    ) -> None:
        """Join a reader and its columns.

        Args:
            reader: The file.
            text_column: Column with the texts.
            label_column: Column with the labels, or `None`.
            label_names: New names of labels; labels that are not in it are errors.
        """
        self.path = reader.name
        self.text_column = text_column
        self.label_column = label_column
        self._reader = reader
        self._label_names = label_names
        self._sha256: str | None = None

    def iter_rows(self) -> Iterator[TextRow]:
        """Read the rows from the beginning."""
        if self.label_column is None:
            for line, (text,) in self._reader.records([self.text_column]):
                yield TextRow(self._text(text, line), None, line)
            return
        for line, (text, label) in self._reader.records([self.text_column, self.label_column]):
            yield TextRow(self._text(text, line), self._label(label, line), line)

    def sha256(self) -> str:
        """Return the SHA-256 of the file as it is, in hexadecimal; read once."""
        if self._sha256 is None:
            self._sha256 = file_sha256(self._reader.path, self.path)
        return self._sha256

    def _text(self, value: Any, line: int) -> str:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise RowError(self.path, line, f"the text (column {self.text_column!r}) is missing")
        if not isinstance(value, str):
            kind = type(value).__name__
            problem = f"the text (column {self.text_column!r}) is of type {kind}, expected a string"
            raise RowError(self.path, line, problem)
        return value

    def _label(self, value: Any, line: int) -> str:
        label = _label_text(value)
        if label is None:
            kind = type(value).__name__
            problem = f"is of type {kind}, expected a string, a number or true/false"
            raise RowError(self.path, line, f"the label (column {self.label_column!r}) {problem}")
        if not label:
            raise RowError(self.path, line, f"the label (column {self.label_column!r}) is missing")
        if self._label_names is None:
            return label
        if label not in self._label_names:
            known = ", ".join(self._label_names)
            raise RowError(self.path, line, f"the label is {label!r}, expected one of {known}")
        return self._label_names[label]


def missing_source(name: str, others: Iterable[str] = ()) -> SourceError:
    """Say that a file does not exist, and which is nearest.

    Args:
        name: What the user asked for.
        others: Further names that would have been possible, such as those of datasets.

    Returns:
        The error to raise.
    """
    path = Path(name)
    try:
        beside = [p.name for p in path.parent.iterdir()]
    except OSError:
        beside = []
    possible = {other: other for other in others} | {p: str(path.parent / p) for p in beside}
    near = difflib.get_close_matches(path.name, possible, n=1)
    hint = f"; did you mean {possible[near[0]]!r}?" if near else ""
    return SourceError(f"{name!r} does not exist{hint}")


def _check_file(path: Path, name: str) -> None:
    with source_errors(name):
        if not path.exists():
            raise missing_source(name)
        if path.is_dir():
            raise SourceError(f"{name} is a folder; name a file in it")
        if path.stat().st_size == 0:
            raise SourceError(f"{name} is empty; expected rows with a text and a label")


def _label_text(value: Any) -> str | None:
    """Write a label as a string: 1 and 1.0 as "1"; empty when missing, `None` for other types."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value).strip()
    return None
