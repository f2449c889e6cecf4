"""Sequences of numbers and what is known about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError, UnknownNameError

__all__ = ["SequenceCollection"]


@dataclass(frozen=True, eq=False)
class SequenceCollection:
    """Sequences of numbers with labels, numbers to learn, and other fields.

    Attributes:
        name: Name of the collection, for people.
        source: Where it comes from, as the user named it.
        values: Arrays `(time, channels)`, float32, NaN where missing; each at least one step.
        channels: Names of the channels.
        places: How errors name each sequence: its file and line, or its id.
        fields: Columns by name, one text for each sequence: `label`, `speaker`, ...
        digest: SHA-256 of what was read.
        label: The field with the labels; `None` for none.
        target: The field with the numbers to learn; `None` for none.
        group: The field that splits go by, such as the speaker; `None` for none.
    """

    name: str
    source: str
    values: tuple[NDArray[np.float32], ...]
    channels: tuple[str, ...]
    places: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    digest: str
    label: str | None = None
    target: str | None = None
    group: str | None = None

    def __post_init__(self) -> None:
        for name in (self.label, self.target, self.group):
            if name is not None and name not in self.fields:
                raise UnknownNameError(f"column of {self.source}", name, sorted(self.fields))

    def __len__(self) -> int:
        return len(self.values)

    def sha256(self) -> str:
        """Return the digest of what was read."""
        return self.digest

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The label of each sequence, or `None`.

        Raises:
            DataError: If one is missing.
        """
        return None if self.label is None else self._complete(self.label, "label")

    @property
    def groups(self) -> tuple[str, ...] | None:
        """The group of each sequence, or `None`.

        Raises:
            DataError: If one is missing.
        """
        return None if self.group is None else self._complete(self.group, self.group)

    @property
    def targets(self) -> NDArray[np.float64] | None:
        """The number to learn of each sequence, `(sequences,)`, or `None`.

        Raises:
            DataError: If one is missing, or is no number.
        """
        if self.target is None:
            return None
        pairs = zip(self.places, self.fields[self.target], strict=True)
        return np.array([_number(place, text) for place, text in pairs], np.float64)

    def _complete(self, field: str, what: str) -> tuple[str, ...]:
        for place, text in zip(self.places, self.fields[field], strict=True):
            if not text:
                raise DataError(f"{place} has no {what}; give every sequence one, or leave it out")
        return self.fields[field]

    def take(self, indices: ArrayLike) -> SequenceCollection:
        """Return some of the sequences, in the order of `indices`."""
        rows = [int(index) for index in np.asarray(indices)]
        return replace(
            self,
            values=tuple(self.values[i] for i in rows),
            places=tuple(self.places[i] for i in rows),
            fields={name: tuple(texts[i] for i in rows) for name, texts in self.fields.items()},
        )

    def joined(self, other: SequenceCollection) -> SequenceCollection:
        """Return the sequences of both; they have the same channels and fields."""
        return replace(
            self,
            values=self.values + other.values,
            places=self.places + other.places,
            fields={name: texts + other.fields[name] for name, texts in self.fields.items()},
        )


def _number(place: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        shown = f"{text!r:.40}" if text else "nothing"
        raise DataError(f"{place}: the number to learn is {shown}, expected a finite number")
    return number
