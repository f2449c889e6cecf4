"""Pairs of texts: what translation learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from recurra.errors import SourceError
from recurra.sequences._pair_readers import PairReader, PairRow

__all__ = ["PairDataset", "PairRow", "PairTable"]


class PairTable:
    """Pairs that can be read any number of times; those with an empty side are left out.

    Attributes:
        name: Name of the dataset, or of the file without its endings.
        source: Where the pairs come from, as the user named it.
        rows: Number of pairs with two sides.
        empty_lines: Lines of the pairs with an empty side.
    """

    def __init__(self, name: str, source: str, pairs: PairReader) -> None:
        """Read everything once, which checks and counts it.

        Args:
            name: Name of the table.
            source: Where it comes from, as the user named it.
            pairs: The pairs.

        Raises:
            RowError: If a row is broken.
            SourceError: If a file cannot be read, or there is no pair at all.
        """
        self.name = name
        self.source = source
        self._pairs = pairs
        self.rows, empty = 0, []
        for row in pairs.pairs():
            if _is_whole(row):
                self.rows += 1
            else:
                empty.append(row.line)
        self.empty_lines = tuple(empty)
        if not self.rows:
            reason = f"{len(empty)} lines with an empty side" if empty else "it is empty"
            raise SourceError(f"{source} has no pairs of texts: {reason}")

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return self._pairs.sha256()

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[PairRow]:
        """Read the pairs from the beginning."""
        return filter(_is_whole, self._pairs.pairs())


@dataclass(frozen=True)
class PairDataset:
    """Pairs that belong together.

    Attributes:
        name: Name of the dataset, or of the file without its endings.
        train: Pairs for training; also for validation and testing where those are `None`.
        validation: The dataset's own validation part, or `None`.
        test: The dataset's own test part, or `None`.
        description: One line for people.
        licence: Licence or terms, as far as known.
        citation: Where it comes from.
    """

    name: str
    train: PairTable
    validation: PairTable | None = None
    test: PairTable | None = None
    description: str = ""
    licence: str = ""
    citation: str = ""


def _is_whole(row: PairRow) -> bool:
    return bool(row.source and row.target) and not (row.source.isspace() or row.target.isspace())
