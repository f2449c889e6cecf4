"""Tables of texts and labels: what every reader and every dataset gives."""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError

__all__ = ["RowsTable", "TextRow", "TextTable", "label_codes", "row_chunks", "select_rows"]

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row.

    Attributes:
        text: The text.
        label: The label, or `None` in a table without labels.
        line: Line of the file on which the row begins, counted from 1; the number of the row in a
            source that has no lines.
    """

    text: str
    label: str | None
    line: int


class TextTable(ABC):
    """Rows of text that can be read any number of times without being held in memory.

    Attributes:
        path: Where the rows come from, as the user named it.
        text_column: Name of the column with the texts.
        label_column: Name of the column with the labels, or `None`.
    """

    path: str
    text_column: str
    label_column: str | None

    @abstractmethod
    def iter_rows(self) -> Iterator[TextRow]:
        """Read the rows from the beginning.

        Yields:
            The rows, each checked.

        Raises:
            RowError: If a row is broken.
            SourceError: If the source cannot be read.
        """

    @abstractmethod
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""


class RowsTable(TextTable):
    """A table in memory."""

    def __init__(self, path: str, rows: Iterable[tuple[str, str | None]]) -> None:
        """Hold rows.

        Args:
            path: Name of the source.
            rows: Texts and labels.
        """
        self.path = path
        self.text_column = "text"
        self._rows = [TextRow(text, label, i) for i, (text, label) in enumerate(rows, start=1)]
        labelled = any(row.label is not None for row in self._rows)
        self.label_column = "label" if labelled else None

    def iter_rows(self) -> Iterator[TextRow]:
        """Read the rows from the beginning."""
        return iter(self._rows)

    def sha256(self) -> str:
        """Return the SHA-256 of the rows, written as JSON lines."""
        digest = hashlib.sha256()
        for row in self._rows:
            digest.update(json.dumps([row.text, row.label]).encode() + b"\n")
        return digest.hexdigest()


def label_codes(table: TextTable) -> tuple[list[str], NDArray[np.int32]]:
    """Number the labels; reads and so checks every row once.

    Args:
        table: A table with labels.

    Returns:
        The classes, sorted (by value when all are whole numbers), and the class of each row as its
        position among them: int32, shape `(rows,)`.

    Raises:
        RowError: If a row is broken or has no label.
        DataError: If there are no rows, no labels, or only one class.
    """
    numbers: dict[str, int] = {}
    codes = array("i")
    for row in table.iter_rows():
        if row.label is None:
            raise DataError(f"{table.path} has no labels, they are needed here; name their column")
        codes.append(numbers.setdefault(row.label, len(numbers)))
    if len(numbers) < 2:
        only = f"only one class, {next(iter(numbers))!r}" if numbers else "no rows"
        raise DataError(f"{table.path} has {only}; at least two classes are needed")
    classes = _sorted_labels(numbers)
    ranks = np.empty(len(classes), dtype=np.int32)
    ranks[[numbers[name] for name in classes]] = np.arange(len(classes), dtype=np.int32)
    return classes, ranks[np.frombuffer(codes, dtype=np.intc)]


def select_rows(table: TextTable, indices: ArrayLike) -> Iterator[TextRow]:
    """Read some rows in one pass.

    Args:
        table: The table.
        indices: Row numbers from 0, rising.

    Yields:
        The rows with these numbers, in the table's order.

    Raises:
        DataError: If the indices do not rise, or the table ends before the last of them.
    """
    wanted = np.asarray(indices, dtype=np.int64)
    if wanted.size and (wanted[0] < 0 or bool(np.any(np.diff(wanted) <= 0))):
        raise DataError("row numbers must rise from 0 up, each at most once")
    position, found = 0, 0
    rows = table.iter_rows() if wanted.size else iter(())
    for row in rows:
        if position == wanted[found]:
            yield row
            found += 1
            if found == wanted.size:
                return
        position += 1
    if found < wanted.size:
        raise DataError(f"{table.path} has {position} rows, row {wanted[found]} was asked for")


def row_chunks(rows: Iterable[TextRow], size: int) -> Iterator[Sequence[TextRow]]:
    """Cut a stream of rows into lists of `size` rows; the last may be shorter."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _sorted_labels(labels: Iterable[str]) -> list[str]:
    names = list(labels)
    if all(_WHOLE_NUMBER.fullmatch(name) for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)
