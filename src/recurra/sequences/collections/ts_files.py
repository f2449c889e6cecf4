"""The `.ts` files of the time series classification archives.

Source: Löning et al. 2019, "sktime: A unified interface for machine learning with time series";
Dau et al. 2019, "The UCR time series archive".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.errors import RowError, SourceError
from recurra.sequences.collections.channels import to_float32
from recurra.sequences.collections.collection import SequenceCollection
from recurra.sequences.lines import LineReader, file_sha256

__all__ = ["read_ts"]

_TRUE = "true"


@dataclass
class _Header:
    """What stands before `@data`, by lower-case name."""

    values: dict[str, str] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        return self.values.get(name, "false").split()[:1] == [_TRUE]

    @property
    def labelled(self) -> bool:
        return self.flag("classlabel") or self.flag("targetlabel")

    @property
    def role(self) -> str:
        """What the last part of a line is: `label` or `target`."""
        return "label" if self.flag("classlabel") else "target"

    @property
    def classes(self) -> list[str]:
        return self.values.get("classlabel", "").split()[1:]


def read_ts(path: Path, source: str, name: str) -> SequenceCollection:
    """Read a `.ts` file.

    Args:
        path: The file; UTF-8.
        source: The file as the user named it.
        name: Name of the collection.

    Returns:
        Its sequences; the field `label` has the class, or the number of a regression.

    Raises:
        RowError: If a line cannot be read; named by its number.
        SourceError: If there are no sequences, or the file has time stamps.
    """
    header, values, places, labels = _Header(), [], [], []
    for number, line in _rows(path, source, header):
        *parts, label = line.split(":") if header.labelled else [*line.split(":"), ""]
        values.append(_sequence(parts, source, number))
        _check_channels(values, source, number)
        if header.labelled:
            labels.append(_label(label, header, source, number))
        places.append(f"{source}, line {number}")
    if not values:
        raise SourceError(f"{source} has no sequences after @data")
    return SequenceCollection(
        name=name,
        source=source,
        values=tuple(values),
        channels=tuple(f"dimension {k}" for k in range(1, values[0].shape[1] + 1)),
        places=tuple(places),
        fields={"label": tuple(labels)} if labels else {},
        digest=file_sha256(path, source),
        **{header.role: "label"} if labels else {},
    )


def _rows(path: Path, source: str, header: _Header) -> Iterator[tuple[int, str]]:
    """Fill the header, then yield the lines after `@data` with their numbers."""
    reading = False
    for number, raw in enumerate(LineReader(path, source), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if reading:
            yield number, line
        elif not line.startswith("@"):
            raise RowError(source, number, "expected a line that starts with @ before @data")
        elif line.lower() == "@data":
            reading = True
            _check_header(header, source)
        else:
            key, _, value = line[1:].partition(" ")
            lower = key.lower() not in ("classlabel", "problemname")
            words = value.strip()
            header.values[key.lower()] = words.lower() if lower else _first_lower(words)
    if not reading:
        raise SourceError(f"{source} is no .ts file: it has no line @data")


def _first_lower(words: str) -> str:
    """Fold the case of the flag before the classes, and keep theirs."""
    first, gap, rest = words.partition(" ")
    return f"{first.lower()}{gap}{rest}"


def _check_header(header: _Header, source: str) -> None:
    if header.flag("timestamps"):
        raise SourceError(
            f"{source} has a time stamp at each value (@timeStamps true), which is not read; "
            "write equally spaced values"
        )


def _sequence(parts: list[str], source: str, number: int) -> NDArray[np.float32]:
    dimensions = [_dimension(part, source, number) for part in parts]
    lengths = sorted({len(one) for one in dimensions})
    if len(lengths) != 1:
        raise RowError(
            source, number, f"the dimensions have different lengths: {lengths[0]} to {lengths[-1]}"
        )
    if not lengths[0]:
        raise RowError(source, number, "the sequence has no step")
    return np.stack(dimensions, axis=1)


def _dimension(part: str, source: str, number: int) -> NDArray[np.float32]:
    texts = [text.strip() for text in part.split(",")] if part.strip() else []
    try:
        found = np.array([np.nan if text in ("?", "NaN") else float(text) for text in texts])
    except ValueError:
        odd = next(text for text in texts if not _is_number(text))
        raise RowError(source, number, f"{odd!r:.40} is no number, and no ? for none") from None
    values = to_float32(found)
    if np.isinf(values).any():
        raise RowError(
            source,
            number,
            "a value is infinite, or too large for float32; write ? for a missing one",
        )
    return values


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == "?"
    return True


def _check_channels(values: list[NDArray[np.float32]], source: str, number: int) -> None:
    first, last = values[0].shape[1], values[-1].shape[1]
    if first != last:
        raise RowError(source, number, f"{last} dimensions, expected {first} as in the first line")


def _label(text: str, header: _Header, source: str, number: int) -> str:
    label = text.strip()
    if header.classes and label not in header.classes:
        known = ", ".join(header.classes[:10])
        raise RowError(source, number, f"the class {label!r:.40} is none of @classLabel ({known})")
    if not label:
        raise RowError(source, number, "the label is missing after the last ':'")
    return label
