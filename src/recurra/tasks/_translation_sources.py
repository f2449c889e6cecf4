"""From a source of pairs to training, validation and test parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError
from recurra.sequences import PairDataset, PairTable, resolve_pairs
from recurra.tasks._examples import as_texts

__all__ = [
    "PairSplit",
    "Pairs",
    "left_out_words",
    "open_pairs",
    "pairs_in_memory",
    "read_pairs_of",
    "split_pairs",
]

_NAMED = 10  # lines that are named


@dataclass(frozen=True)
class Pairs:
    """Texts and their translations.

    Attributes:
        sources: The texts.
        targets: One for each source.
    """

    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sources)

    def take(self, rows: NDArray[np.int64]) -> Pairs:
        """Return the pairs of these rows."""
        return Pairs([self.sources[row] for row in rows], [self.targets[row] for row in rows])

    def spread(self, most: int) -> Pairs:
        """Return at most so many pairs, evenly from all."""
        step = -(-len(self) // most) or 1
        return Pairs(self.sources[::step], self.targets[::step])


@dataclass(frozen=True)
class PairSplit:
    """Pairs of each part.

    Attributes:
        train: To train on.
        validation: For early stopping.
        test: To measure on; may be empty.
        facts: `name`, `source`, `sha256`, and `test_is_official`: whether the test part is the
            dataset's own.
        warnings: What was left out, a sentence each.
    """

    train: Pairs
    validation: Pairs
    test: Pairs
    facts: dict[str, Any]
    warnings: tuple[str, ...] = ()


def open_pairs(
    source: str | Path | PairTable,
    *,
    target_file: str | Path | None = None,
    source_column: str | None = None,
    target_column: str | None = None,
) -> PairDataset:
    """Open a source.

    Args:
        source: A path, the name of a dataset, or a table.
        target_file: The targets, where `source` is a file of one text a line.
        source_column: Column of the sources, where it is not obvious.
        target_column: Column of the targets, where it is not obvious.

    Raises:
        SourceError: If there is no such file or dataset.
        RowError: If a row is broken.
    """
    if isinstance(source, PairTable):
        return PairDataset(source.name, source)
    return resolve_pairs(
        source,
        target_file=target_file,
        source_column=source_column,
        target_column=target_column,
    )


def pairs_in_memory(X: Any, y: Any = None) -> PairDataset:
    """Take `(sources, targets)`, or pairs.

    Args:
        X: Sources: a list, an array or a Series of strings; or pairs, when `y` is `None`.
        y: Targets, one for each source.

    Raises:
        DataError: If texts are missing or of another kind.
        ShapeError: If there are not as many targets as sources.
    """
    if y is None:
        return resolve_pairs(_checked(X))
    sources, targets = as_texts(X), as_texts(y)
    if len(sources) != len(targets):
        raise ShapeError(f"{len(sources)} sources but {len(targets)} targets; give one for each")
    return resolve_pairs((sources, targets))


def split_pairs(
    dataset: PairDataset, *, validation: float | int, test: float | int, seed: int
) -> PairSplit:
    """Hold out pairs for the parts that a dataset lacks; equal sources never are on two sides.

    Args:
        dataset: The pairs.
        validation: Share or number of the training pairs to hold out for early stopping.
        test: As `validation`, for measuring.
        seed: Fixes the draw.

    Raises:
        DataError: If no pair is left to train on, or none to hold out.
    """
    pairs = read_pairs_of(dataset.train)
    own = (dataset.validation, dataset.test)
    wanted = [
        _count(part, len(pairs)) if table is None else 0
        for table, part in zip(own, (validation, test), strict=True)
    ]
    held = _draw(pairs.sources, wanted, np.random.default_rng([seed, *b"pairs"]))
    train = pairs.take(np.flatnonzero(held < 0))
    judged, measured = (
        pairs.take(np.flatnonzero(held == place)) if table is None else read_pairs_of(table)
        for place, table in enumerate(own)
    )
    if not len(train) or not len(judged):
        raise DataError(
            f"{len(pairs)} pairs ({len(set(pairs.sources))} different sources) are too few: some "
            "are needed to train on, and others for early stopping; give more pairs or hold out "
            "fewer (validation, test)"
        )
    facts = {
        "name": dataset.name,
        "source": dataset.train.source,
        "sha256": dataset.train.sha256,
        "test_is_official": dataset.test is not None,
    }
    tables = [table for table in (dataset.train, *own) if table is not None]
    left_out = tuple(words for table in tables for words in left_out_words(table))
    return PairSplit(train, judged, measured, facts, left_out)


def read_pairs_of(table: PairTable) -> Pairs:
    """Read a table into memory."""
    rows = list(table)
    return Pairs([row.source for row in rows], [row.target for row in rows])


def left_out_words(table: PairTable) -> list[str]:
    """Say which pairs of a table were left out, in a sentence, or in none."""
    lines = table.empty_lines
    if not lines:
        return []
    pairs = "a pair with an empty side was"
    if len(lines) > 1:
        pairs = f"{len(lines):,} pairs with an empty side were"
    named = ", ".join(map(str, lines[:_NAMED]))
    rest = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    word = "line" if len(lines) == 1 else "lines"
    return [f"{table.source}: {pairs} left out, {word} {named}{rest}"]


def _count(part: float | int, rows: int) -> int:
    if isinstance(part, int):
        return part
    return max(1, round(part * rows)) if part else 0


def _draw(
    sources: Sequence[str], wanted: Sequence[int], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return the part of each row: a position in `wanted`, or -1 for training.

    Whole groups of equal sources are drawn until each part has as many rows as wanted, or a group
    more than fits.
    """
    places: dict[str, int] = {}
    groups = np.array([places.setdefault(source, len(places)) for source in sources], dtype=int)
    sizes = np.bincount(groups, minlength=len(places))
    order = generator.permutation(len(places))
    ends = np.cumsum(sizes[order])
    part_of_group = np.full(len(places), -1, dtype=np.int64)
    first = 0
    for place, rows in enumerate(wanted):
        if not rows:
            continue
        before = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, before + rows)) + 1
        part_of_group[order[first:last]] = place
        first = min(last, len(order))
    parts: NDArray[np.int64] = part_of_group[groups]
    return parts


def _checked(X: Any) -> list[Any]:
    if isinstance(X, (str, bytes)):
        raise DataError("fit(sources, targets) reads lists; for a file or dataset use fit_source")
    try:
        return [pair if isinstance(pair, str) else tuple(pair) for pair in X]
    except TypeError as error:
        raise DataError("a list of pairs (source, target) is needed, or two lists") from error
