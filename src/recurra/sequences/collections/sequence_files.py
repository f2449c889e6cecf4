"""One file for each sequence: a folder of classes, or a table that names the files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, RecurraError, RowError, SourceError, UnknownNameError
from recurra.sequences._series_rows import FileRows, key
from recurra.sequences.collections.channels import read_channels, to_float32
from recurra.sequences.collections.collection import SequenceCollection
from recurra.sequences.formats import ENDINGS, open_format
from recurra.sequences.lines import file_sha256

__all__ = ["SEQUENCE_ENDINGS", "read_file_table", "read_sequence_file", "read_sequence_folder"]

SEQUENCE_ENDINGS = (*ENDINGS, ".csv.gz", ".tsv.gz", ".jsonl.gz", ".npy")
_LARGEST = 1 << 33  # bytes of one array

Columns = tuple[str, ...]


def read_sequence_folder(
    folder: Path, source: str, *, values: Sequence[str] = ()
) -> SequenceCollection:
    """Read a folder with one sub-folder for each class and one file for each sequence.

    Args:
        folder: The folder.
        source: The folder as the user named it.
        values: Columns of the channels; all when there are none.

    Raises:
        SourceError: If there are no files, or some lie beside the sub-folders.
        RecurraError: If a file cannot be read; named.
    """
    files = sorted(f for f in folder.rglob("*") if f.is_file() and _readable(f))
    if not files:
        raise SourceError(
            f"no sequences in the folder {source}; expected files ending in "
            f"{', '.join(SEQUENCE_ENDINGS)} (sound: --audio)"
        )
    inside = [found.relative_to(folder).as_posix() for found in files]
    loose = [name for name in inside if "/" not in name]
    if loose:
        raise SourceError(
            f"{source} has no sub-folder for each class ({loose[0]} lies beside them); give a "
            "table that names the files and their labels: TABLE --files COL --label COL"
        )
    labels = tuple(name.partition("/")[0] for name in inside)
    return _collection(
        folder.resolve().name, source, files, list(map(str, files)), {"label": labels}, values
    )


def read_file_table(
    path: Path,
    source: str,
    name: str,
    *,
    files: str,
    values: Sequence[str] = (),
) -> SequenceCollection:
    """Read a table with one row for each sequence, which names its file.

    Args:
        path: The table: CSV, TSV, JSON lines or Parquet.
        source: The table as the user named it.
        name: Name of the collection.
        files: Column of the files, relative to the table.
        values: Columns of the channels in each file; all when there are none.

    Raises:
        RowError: If a file is not there; names the line.
        UnknownNameError: If there is no such column.
        RecurraError: If a file cannot be read; named.
    """
    reader = open_format(path, source)
    columns = reader.columns()
    if files not in columns:
        raise UnknownNameError(f"column of {source}", files, columns)
    others = [column for column in columns if column != files]
    rows = list(reader.records([files, *others]))
    if not rows:
        raise SourceError(f"{source} has a header ({', '.join(columns)}) and no rows")
    paths = [_path_of(cells[0], path, source, line, files) for line, cells in rows]
    places = [f"{found} ({source}, line {row[0]})" for found, row in zip(paths, rows, strict=True)]
    fields = {column: tuple(_text(row[1][k]) for row in rows) for k, column in enumerate(others, 1)}
    return _collection(name, source, paths, places, fields, values)


def read_sequence_file(
    path: Path, name: str, values: Sequence[str] = ()
) -> tuple[NDArray[np.float32], Columns]:
    """Read one sequence: a table with one row for each step, or an array of NumPy.

    Args:
        path: The file.
        name: The file as errors name it.
        values: Columns of the channels, by name; all when there are none.

    Returns:
        Shape `(time, channels)`, float32, NaN where missing; and the channels' names.

    Raises:
        DataError: If there is no step, or an array is of another shape or holds no numbers.
        RowError: If a value is no number.
        SourceError: If the file cannot be read.
    """
    if path.name.lower().endswith(".npy"):
        return _read_array(path, name)
    rows = FileRows(path, name)
    rows.count()
    chosen = [rows.find(one) for one in values] or [key(k) for k in range(len(rows.columns))]
    return read_channels(rows, chosen), tuple(rows.title(one) for one in chosen)


def _read_array(path: Path, name: str) -> tuple[NDArray[np.float32], Columns]:
    if path.stat().st_size > _LARGEST:
        raise DataError(f"{name} has {path.stat().st_size:,} bytes, at most {_LARGEST:,} are read")
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise SourceError(f"{name} is no array of NumPy: {error}") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
        raise DataError(f"{name} holds no array of numbers")
    found = array[:, None] if array.ndim == 1 else array
    if found.ndim != 2 or not found.size:
        raise DataError(f"{name} has shape {array.shape}, expected (time, channels), not empty")
    numbers = to_float32(found)
    if np.isinf(numbers).any():
        raise DataError(
            f"{name} holds an infinite value, or one too large for float32; write NaN for a "
            "missing one"
        )
    return numbers, tuple(f"channel {k}" for k in range(1, numbers.shape[1] + 1))


def _collection(
    name: str,
    source: str,
    paths: Sequence[Path],
    places: Sequence[str],
    fields: dict[str, tuple[str, ...]],
    values: Sequence[str],
) -> SequenceCollection:
    read = [_read_one(path, place, values) for path, place in zip(paths, places, strict=True)]
    channels = read[0][1]
    for (_, own), place in zip(read, places, strict=True):
        if own != channels:
            raise DataError(
                f"{place} has the channels {', '.join(own)}, expected {', '.join(channels)} as in "
                f"{places[0]}; all sequences must have the same (--values chooses columns)"
            )
    summed = hashlib.sha256()
    for path, place in zip(paths, places, strict=True):
        summed.update(file_sha256(path, place).encode())
    summed.update(repr(sorted(fields.items())).encode())
    return SequenceCollection(
        name=name,
        source=source,
        values=tuple(array for array, _ in read),
        channels=channels,
        places=tuple(places),
        fields=fields,
        digest=summed.hexdigest(),
    )


def _read_one(path: Path, place: str, values: Sequence[str]) -> tuple[NDArray[np.float32], Columns]:
    try:
        return read_sequence_file(path, str(path), values)
    except RecurraError as error:
        if place != str(path):  # the line of the table that names the file
            error.args = (f"{error} (named in {place.partition(' (')[2].rstrip(')')})",)
        raise


def _readable(path: Path) -> bool:
    return path.name[0] != "." and path.name.lower().endswith(SEQUENCE_ENDINGS)


def _path_of(value: Any, table: Path, source: str, line: int, column: str) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise RowError(source, line, f"the file (column {column!r}) is missing")
    found = table.parent / value.strip()
    if not found.is_file():
        raise RowError(source, line, f"there is no file {found}")
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
