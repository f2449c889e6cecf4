"""Sequences with their labels or numbers, as training reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, ShapeError, UsageError
from recurra.sequences.collections import as_sequences
from recurra.tasks._examples import as_labels, codes_of

if TYPE_CHECKING:
    from recurra.sequences.collections import SequenceCollection

__all__ = [
    "SequenceExamples",
    "as_numbers",
    "labelled_collection",
    "labelled_sequences",
    "numbered_collection",
    "numbered_sequences",
]

Array: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class SequenceExamples:
    """Sequences in memory, each with what is to be learnt of it.

    Attributes:
        name: What to call the source.
        values: Arrays `(time, channels)`, NaN where missing.
        targets: Class of each sequence as a position in `classes`, int32, or its number, float64;
            shape `(rows,)`.
        classes: The labels, sorted; `None` for numbers.
        groups: Who or what each sequence comes from; no group is divided between training and
            validation. `None` for none.
        channels: Names of the channels, or none.
        sha256: Digest of values and targets, or of the file.
    """

    name: str
    values: Sequence[Array]
    targets: NDArray[Any]
    classes: NDArray[Any] | None
    groups: Sequence[str] | None
    channels: tuple[str, ...]
    sha256: str

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, indices: NDArray[np.int64], part: str) -> SequenceExamples:
        """Return some of the rows, in order; the classes stay the same.

        Args:
            indices: Row numbers.
            part: What to call them.
        """
        groups = self.groups
        return replace(
            self,
            values=[self.values[i] for i in indices],
            targets=self.targets[indices],
            groups=None if groups is None else [groups[i] for i in indices],
            sha256=f"{self.sha256}:{part}",
        )


def labelled_sequences(
    X: Any,
    y: Any,
    *,
    classes: NDArray[Any] | None = None,
    groups: Sequence[Any] | None = None,
    **facts: Any,
) -> SequenceExamples:
    """Check sequences and labels.

    Args:
        X: Sequences, see `as_sequences`.
        y: Labels, one for each.
        classes: Number the labels by these classes; by those that occur when `None`.
        groups: Who or what each sequence comes from.
        **facts: `name`, `channels` and `sha256`, where they are known.

    Raises:
        DataError: If sequences or labels cannot be used, or there is one class only.
        ShapeError: If their numbers differ.
    """
    values, labels = as_sequences(X), as_labels(y)
    _check_numbers(len(values), len(labels), "labels")
    if classes is None:
        classes = np.unique(labels)
        if len(classes) < 2:
            only = f"only one class, {classes.tolist()[0]!r}" if len(classes) else "no rows"
            raise DataError(f"the labels have {only}; at least two classes are needed")
    return _examples(values, codes_of(labels, classes), classes, groups, facts)


def numbered_sequences(
    X: Any, y: Any, *, groups: Sequence[Any] | None = None, **facts: Any
) -> SequenceExamples:
    """Check sequences and numbers; see `labelled_sequences`."""
    values, numbers = as_sequences(X), as_numbers(y)
    _check_numbers(len(values), len(numbers), "numbers")
    if not len(values):
        raise DataError("there are no rows")
    return _examples(values, numbers, None, groups, facts)


def labelled_collection(
    collection: SequenceCollection, classes: NDArray[Any] | None = None
) -> SequenceExamples:
    """Return the examples of a collection with labels; see `labelled_sequences`.

    Raises:
        UsageError: If it has no labels.
    """
    if collection.labels is None:
        raise UsageError(f"{collection.name} has no labels; name their column: --label COL")
    facts = _collection_facts(collection)
    return labelled_sequences(collection.values, collection.labels, classes=classes, **facts)


def numbered_collection(collection: SequenceCollection) -> SequenceExamples:
    """Return the examples of a collection with a number for each sequence.

    Raises:
        UsageError: If it has none.
    """
    if collection.targets is None:
        raise UsageError(
            f"{collection.name} has no numbers to learn; name their column: --target COL"
        )
    facts = _collection_facts(collection)
    return numbered_sequences(collection.values, collection.targets, **facts)


def _collection_facts(collection: SequenceCollection) -> dict[str, Any]:
    return {
        "groups": collection.groups,
        "name": collection.name,
        "channels": collection.channels,
        "sha256": collection.sha256(),
    }


def as_numbers(y: Any) -> NDArray[np.float64]:
    """Return the numbers of a regression as a one-dimensional array.

    Raises:
        DataError: If they are absent, or one of them is no finite number.
    """
    if y is None:
        raise DataError("numbers are needed to train: fit(sequences, numbers); y was None")
    try:
        numbers = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"a number is needed for each sequence: {error}") from error
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    if numbers.ndim != 1:
        raise DataError(f"one number is needed for each sequence, not shape {numbers.shape}")
    if not np.isfinite(numbers).all():
        position = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise DataError(f"number {position} is {numbers[position]}; every sequence needs one")
    return numbers


def _examples(
    values: list[Array],
    targets: NDArray[Any],
    classes: NDArray[Any] | None,
    groups: Sequence[Any] | None,
    facts: dict[str, Any],
) -> SequenceExamples:
    if groups is not None:
        groups = [str(group) for group in groups]
        _check_numbers(len(values), len(groups), "groups")
    return SequenceExamples(
        name=facts.get("name", "sequences given from Python"),
        values=values,
        targets=targets,
        classes=classes,
        groups=groups,
        channels=tuple(facts.get("channels", ())),
        sha256=facts.get("sha256") or _digest(values, targets, classes),
    )


def _check_numbers(sequences: int, others: int, what: str) -> None:
    if sequences != others:
        raise ShapeError(f"{sequences} sequences but {others} {what}; give one for each sequence")


def _digest(values: list[Array], targets: NDArray[Any], classes: NDArray[Any] | None) -> str:
    digest = hashlib.sha256()
    for row in values:
        digest.update(f"{row.shape}".encode() + np.ascontiguousarray(row).tobytes())
    digest.update(targets.tobytes())
    if classes is not None:
        digest.update(repr(classes.tolist()).encode())
    return digest.hexdigest()
