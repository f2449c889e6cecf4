"""From a source of sequences to those to train on and those to measure on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences import group_split, stratified_split
from recurra.sequences.collections import SequenceCollection, read_collection
from recurra.tasks.series.examples import SequenceExamples

__all__ = ["CollectionSplit", "open_collection_split", "split_examples"]

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class CollectionSplit:
    """Sequences to train on and sequences to measure on.

    Attributes:
        train: Training sequences; those for validation come out of these.
        test: Sequences that training never sees, or `None`.
        facts: Name, source, SHA-256, whether the test sequences are the source's own split, and
            their number.
    """

    train: SequenceExamples
    test: SequenceExamples | None
    facts: dict[str, Any]


def open_collection_split(
    source: str | Path | SequenceCollection,
    examples_of: Callable[[SequenceCollection, SequenceExamples | None], SequenceExamples],
    *,
    test_share: float,
    seed: int,
    **reading: Any,
) -> CollectionSplit:
    """Open a source; hold out test sequences where it has no test part of its own.

    Args:
        source: What `read_collection` reads, or a collection.
        examples_of: Makes examples of a collection; given those to train on, with their classes.
        test_share: Share to hold out, by groups where there are some, else stratified; 0 for none.
        seed: Fixes the draw.
        **reading: As for `read_collection`.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If sequences cannot be used, or are too few.
    """
    test = None
    if isinstance(source, SequenceCollection):
        name, whole = source.name, examples_of(source, None)
    else:
        dataset = read_collection(source, **reading)
        name, whole = dataset.name, examples_of(dataset.train, None)
        test = None if dataset.test is None else examples_of(dataset.test, whole)
    where = source.source if isinstance(source, SequenceCollection) else str(source)
    facts = {"name": name, "source": where, "sha256": whole.sha256}
    official, train = test is not None, whole
    if test is None and test_share:
        generator = np.random.default_rng([seed, *b"test"])
        kept, held_out = split_examples(whole, test_share, generator)
        train = whole.take(kept, f"without test {test_share} {seed}")
        test = whole.take(held_out, f"test {test_share} {seed}")
    rows = 0 if test is None else len(test)
    return CollectionSplit(train, test, {**facts, "test_is_official": official, "test_rows": rows})


def split_examples(
    examples: SequenceExamples, share: float, generator: np.random.Generator
) -> tuple[Rows, Rows]:
    """Hold out a share: whole groups where there are some, else stratified by class.

    Returns:
        Row numbers of the training part and of the held-out part, both sorted.

    Raises:
        DataError: If there are too few rows, classes or groups.
    """
    if examples.groups is not None:
        labels = None if examples.classes is None else examples.targets
        return group_split(examples.groups, share, generator, labels)
    if examples.classes is not None:
        return stratified_split(examples.targets, share, generator)
    rows = len(examples)
    if rows < 2:
        raise DataError(f"{rows} sequence cannot be split; give more")
    held_out = min(max(1, round(share * rows)), rows - 1)
    order = generator.permutation(rows)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
