"""Monash time series files (`.tsf`): attributes, then one series a line.

Source: Godahewa et al. 2021, "Monash Time Series Forecasting Archive", NeurIPS.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, RowError, SourceError, UsageError
from recurra.sequences._frequencies import Int64Array, parse_frequency
from recurra.sequences.clocks import Clock
from recurra.sequences.lines import LineReader, source_errors
from recurra.sequences.series import SeriesTable

__all__ = ["TSF_TARGET", "read_tsf"]

TSF_TARGET = "value"
_START_FORMATS = ("%Y-%m-%d %H-%M-%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


@dataclass
class _Header:
    """What stands before the values."""

    attributes: list[tuple[str, str]] = field(default_factory=list)
    frequency: str = "1"


@dataclass(frozen=True)
class _Line:
    """One series: its line, its attributes and its values."""

    number: int
    id: str
    start: dt.datetime | None
    values: NDArray[np.float64]


def read_tsf(path: Path, source: str, name: str, missing: str = "error") -> SeriesTable:
    """Read a Monash file.

    Series keep their dates if all of them lie on one grid of the file's frequency. Otherwise, and
    where the file has no dates, they are counted from 0.

    Args:
        path: The file; UTF-8.
        source: The file as the user named it.
        name: Name of the table.
        missing: `"error"` refuses values that are marked missing by `?`.

    Returns:
        The table, with the target `value`.

    Raises:
        RowError: If a line cannot be read.
        SourceError: If there are no series.
        DataError: If values are missing and `missing` is `"error"`.
    """
    header = _Header()
    lines = list(_series(path, source, header))
    if not lines:
        raise SourceError(f"{source} has no series after @data")
    _check_ids(lines, source)
    if missing == "error":
        _refuse_missing(lines, source)
    values = np.concatenate([line.values for line in lines])[:, None]
    offsets = np.cumsum([0, *(len(line.values) for line in lines)], dtype=np.int64)
    clock, starts = _clock(header, [line.start for line in lines])
    with source_errors(source), path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SeriesTable(
        name=name,
        source=source,
        sha256=digest,
        ids=tuple(line.id for line in lines),
        id_column="series_name",
        offsets=offsets,
        starts=starts,
        clock=clock,
        columns=(TSF_TARGET,),
        values=values,
        static_columns=(),
        static=np.empty((len(lines), 0)),
        targets=1,
    )


def _series(path: Path, source: str, header: _Header) -> Iterator[_Line]:
    reader = LineReader(path, source)
    in_data = False
    for raw in reader:
        reader.finish_row()
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        if in_data:
            yield _parse(text, reader.number, source, header)
        elif text.lower() == "@data":
            in_data = True
        elif text.startswith("@"):
            _read_tag(text, reader.number, source, header)
        else:
            raise RowError(source, reader.number, "expected a line that begins with @ before @data")
    if not in_data:
        raise SourceError(f"{source} has no @data: is it a .tsf file?")


def _read_tag(text: str, number: int, source: str, header: _Header) -> None:
    words = text.split()
    if words[0].lower() == "@attribute":
        if len(words) != 3 or words[2] not in ("string", "numeric", "date"):
            problem = f"{text!r}: expected @attribute NAME string, numeric or date"
            raise RowError(source, number, problem)
        header.attributes.append((words[1], words[2]))
    elif words[0].lower() == "@frequency" and len(words) == 2:
        try:
            parse_frequency(words[1])
        except UsageError as error:
            raise RowError(source, number, str(error)) from None
        header.frequency = words[1]


def _parse(text: str, number: int, source: str, header: _Header) -> _Line:
    count = len(header.attributes)
    parts = text.split(":", count)
    if len(parts) != count + 1:
        problem = f"{len(parts) - 1} attributes before the values, expected {count}"
        raise RowError(source, number, problem)
    identity, start = str(number), None
    for (name, kind), part in zip(header.attributes, parts[:-1], strict=True):
        if kind == "date":
            start = _date(part, number, source)
        elif name == "series_name" or identity == str(number):
            identity = part
    return _Line(number, identity, start, _numbers(parts[-1], number, source))


def _date(text: str, number: int, source: str) -> dt.datetime:
    for codes in _START_FORMATS:
        try:
            return dt.datetime.strptime(text, codes)
        except ValueError:
            continue
    raise RowError(source, number, f"the start {text!r} does not read as 2021-05-01 00-00-00")


def _numbers(text: str, number: int, source: str) -> NDArray[np.float64]:
    fields = text.split(",")
    try:
        values = np.array([np.nan if f.strip() == "?" else f for f in fields], np.float64)
    except ValueError as error:
        raise RowError(source, number, f"expected numbers or ?: {error}") from None
    if np.isinf(values).any():
        raise RowError(source, number, f"value {int(np.argmax(np.isinf(values))) + 1} is infinite")
    seen = np.flatnonzero(~np.isnan(values))
    if not seen.size:
        raise RowError(source, number, "the series has no values")
    return values[: seen[-1] + 1]


def _check_ids(lines: list[_Line], source: str) -> None:
    first: dict[str, int] = {}
    for line in lines:
        if line.id in first:
            problem = f"the series {line.id!r} is there already (line {first[line.id]})"
            raise RowError(source, line.number, problem)
        first[line.id] = line.number


def _refuse_missing(lines: list[_Line], source: str) -> None:
    counts = [int(np.isnan(line.values).sum()) for line in lines]
    if any(counts):
        which = next(i for i, count in enumerate(counts) if count)
        line = lines[which]
        place = int(np.argmax(np.isnan(line.values))) + 1
        raise DataError(
            f"{source} has {sum(counts)} values missing (?), the first in line {line.number}, "
            f"series {line.id!r}, value {place}. Fill them, or say what to do with them: missing "
            "'interpolate' or 'mask'"
        )


def _clock(header: _Header, starts: list[dt.datetime | None]) -> tuple[Clock, Int64Array]:
    """Return the clock and the tick at which each series begins."""
    frequency = str(parse_frequency(header.frequency))
    zeros = np.zeros(len(starts), np.int64)
    known = [start for start in starts if start is not None]
    if len(known) < len(starts) or not parse_frequency(frequency).unit:
        return Clock("integer", frequency), zeros
    date_only = frequency[-1] not in "smh" and all(s.time() == dt.time() for s in known)
    first = min(known)
    anchor = str(first.date()) if date_only else first.isoformat()
    clock = Clock("datetime", frequency, anchor, date_only=date_only, column="time")
    ticks, exact = clock.locate(np.asarray(known, "datetime64[us]"))
    return (clock, ticks) if exact.all() else (Clock("integer", frequency), zeros)
