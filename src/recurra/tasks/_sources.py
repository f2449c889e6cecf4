"""From a source to training rows and held-out test rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recurra.sequences import TextTable, resolve_source, stratified_split
from recurra.tasks._examples import Examples, examples_from_lists, examples_from_table

__all__ = ["Split", "open_split"]


@dataclass(frozen=True)
class Split:
    """Rows to train on and rows to measure on.

    Attributes:
        train: Training rows; validation rows come out of these.
        test: Rows that training never sees, or `None`.
        facts: Name, source, SHA-256, whether the test rows are the source's own split, and their
            number.
    """

    train: Examples
    test: Examples | None
    facts: dict[str, Any]


def open_split(
    source: str | Path | TextTable | tuple[Any, Any],
    *,
    text: str | None = None,
    label: str | None = None,
    test_share: float,
    seed: int,
) -> Split:
    """Open a source; hold out test rows, stratified, where it has no test split of its own.

    Args:
        source: A path, the name of a dataset, a table, or a pair of texts and labels.
        text: Column of the texts, where it is not obvious.
        label: Column of the labels, where it is not obvious.
        test_share: Share to hold out; 0 for none.
        seed: Fixes the draw.

    Raises:
        SourceError: If there is no such file or dataset.
        RowError: If a row is broken.
        DataError: If there are too few rows or classes.
    """
    name, whole, test = _open(source, text, label)
    official = test is not None
    facts = {"name": name, "source": _described(source), "sha256": whole.digest()}
    train = whole
    if test is None and test_share:
        generator = np.random.default_rng([seed, *b"test"])
        kept, held_out = stratified_split(whole.codes, test_share, generator)
        train = whole.take(kept, f"without test {test_share} {seed}")
        test = whole.take(held_out, f"test {test_share} {seed}")
    rows = 0 if test is None else len(test)
    return Split(train, test, {**facts, "test_is_official": official, "test_rows": rows})


def _open(
    source: str | Path | TextTable | tuple[Any, Any], text: str | None, label: str | None
) -> tuple[str, Examples, Examples | None]:
    """Return a name, all rows but the official test rows, and those."""
    if isinstance(source, tuple):
        whole = examples_from_lists(*source)
        return whole.name, whole, None
    if isinstance(source, TextTable):
        return source.path, examples_from_table(source), None
    dataset = resolve_source(source, text, label)
    whole = examples_from_table(dataset.train)
    if dataset.test is None:
        return dataset.name, whole, None
    return dataset.name, whole, examples_from_table(dataset.test, whole.classes)


def _described(source: object) -> str:
    return str(source) if isinstance(source, str | Path) else "memory"
