"""Collections of sound files with labels: from folders, from names of files, from tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences.audio.patterns import NamePattern
from recurra.sequences.audio.reading import AUDIO_ENDINGS
from recurra.sequences.formats import open_format
from recurra.sequences.lines import file_sha256
from recurra.sequences.sources import missing_source

__all__ = ["AudioClips", "read_clips"]

_PATH_NAMES = ("path", "file", "filename", "file_name", "wav", "audio", "clip")


@dataclass(frozen=True, eq=False)
class AudioClips:
    """Sound files and what is known about each.

    Attributes:
        name: Name of the collection, for people.
        source: Where it comes from, as the user named it.
        paths: The files.
        places: How errors name each file: its path, and the line of its table.
        fields: Columns by name, one text for each file: `label`, `speaker`, ...
    """

    name: str
    source: str
    paths: tuple[Path, ...]
    places: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The label of each file, or `None`."""
        return self.fields.get("label")

    def groups(self, field: str) -> tuple[str, ...]:
        """Return a field that splits may go by, such as the speaker of each file.

        Raises:
            UnknownNameError: If there is no such field.
        """
        if field not in self.fields:
            raise UnknownNameError(f"field of {self.source}", field, sorted(self.fields))
        return self.fields[field]

    def take(self, indices: ArrayLike) -> AudioClips:
        """Return some of the files, in the order of `indices`."""
        rows = [int(index) for index in np.asarray(indices)]
        fields = {name: tuple(values[i] for i in rows) for name, values in self.fields.items()}
        paths, places = tuple(self.paths[i] for i in rows), tuple(self.places[i] for i in rows)
        return replace(self, paths=paths, places=places, fields=fields)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of each file; read once."""
        pairs = zip(self.paths, self.places, strict=True)
        return tuple(file_sha256(path, place) for path, place in pairs)

    def sha256(self) -> str:
        """Return a digest of all files and labels, in their order."""
        digest = hashlib.sha256("\n".join(self.digests).encode())
        digest.update("\0".join(self.labels or ()).encode(errors="surrogatepass"))
        return digest.hexdigest()


def read_clips(
    source: str | Path,
    *,
    pattern: str | None = None,
    path: str | None = None,
    label: str | None = None,
    require_labels: bool = True,
) -> AudioClips:
    """Find sound files and their labels.

    Args:
        source: A folder with one sub-folder for each class; a folder whose file names tell the
            label, with `pattern`; a table with a column of paths; or one sound file.
        pattern: How names of files are made: `"{label}_{speaker}_{take}.wav"`.
        path: Column of the paths, in a table; they begin at the table's folder.
        label: Column or field with the labels, when it is not `label`.
        require_labels: Whether there must be labels.

    Returns:
        The files in the order of their names, or of the table; sound is not read yet.

    Raises:
        SourceError: If there is no such folder or file, or no sound in it.
        RowError: If a row of a table names no file, or has no label.
        DataError: If a file does not fit the pattern, or labels are missing.
        UsageError: If it cannot be told where labels come from.
        UnknownNameError: If there is no such column or field.
    """
    place = Path(source)
    if place.is_dir():
        if path is not None:
            raise UsageError(f"{source} is a folder; a column of paths is in a table")
        clips = _from_folder(place, str(source), pattern, require_labels=require_labels)
    elif not place.is_file():
        raise missing_source(str(source))
    elif place.suffix.lower() in AUDIO_ENDINGS:
        return AudioClips(place.stem, str(source), (place,), (str(source),), {})
    elif pattern is not None:
        raise UsageError(f"{source} is a table; its columns tell what a pattern would")
    else:
        clips = _from_table(place, str(source), path)
    return _with_labels(clips, label, require_labels=require_labels)


def _from_folder(
    folder: Path, source: str, pattern: str | None, *, require_labels: bool
) -> AudioClips:
    files = sorted(
        found
        for found in folder.rglob("*")
        if found.suffix.lower() in AUDIO_ENDINGS and found.is_file() and found.name[0] != "."
    )
    if not files:
        raise SourceError(f"no sound in the folder {source}; expected files {_ENDINGS}")
    inside = [found.relative_to(folder).as_posix() for found in files]
    fields: Mapping[str, tuple[str, ...]] = {}
    if pattern is not None:
        fields = _fields_of(NamePattern(pattern), inside, source)
    elif all("/" in name for name in inside):
        fields = {"label": tuple(name.partition("/")[0] for name in inside)}
    elif require_labels:
        loose = next(name for name in inside if "/" not in name)
        raise UsageError(
            f"{source} has no sub-folder for each class ({loose} lies beside them); "
            "say how names are made, such as --pattern '{label}_{speaker}_{take}.wav'"
        )
    return AudioClips(folder.resolve().name, source, tuple(files), tuple(map(str, files)), fields)


def _fields_of(
    pattern: NamePattern, names: Sequence[str], source: str
) -> dict[str, tuple[str, ...]]:
    rows = [pattern.match(name) for name in names]
    odd = [name for name, row in zip(names, rows, strict=True) if row is None]
    if odd:
        raise DataError(
            f"{source}: {len(odd)} of {len(names)} files do not fit the pattern "
            f"{pattern.text!r}, {odd[0]} for one"
        )
    return {field: tuple(row[field] for row in rows if row) for field in pattern.fields}


def _from_table(table: Path, source: str, path: str | None) -> AudioClips:
    reader = open_format(table, source)
    columns = reader.columns()
    if not columns:
        raise SourceError(f"{source} is empty; expected a column of paths")
    column = _path_column(columns, path)
    others = [name for name in columns if name != column]
    rows = list(reader.records([column, *others]))
    if not rows:
        raise SourceError(f"{source} has a header ({', '.join(columns)}) and no rows")
    paths = tuple(_path_of(values[0], table, source, line, column) for line, values in rows)
    places = tuple(
        f"{found} ({source}, line {row[0]})" for found, row in zip(paths, rows, strict=True)
    )
    fields = {
        name: tuple(_text(values[k]) for _, values in rows) for k, name in enumerate(others, 1)
    }
    return AudioClips(table.stem, source, paths, places, fields)


def _path_column(columns: Sequence[str], given: str | None) -> str:
    if given is not None:
        if given not in columns:
            raise UnknownNameError("column", given, columns)
        return given
    usual = [name for name in columns if name.strip().lower() in _PATH_NAMES]
    if len(usual) != 1:
        raise UsageError(
            f"cannot tell which column holds the paths ({', '.join(columns)}); name it: --files"
        )
    return usual[0]


def _path_of(value: Any, table: Path, source: str, line: int, column: str) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise RowError(source, line, f"the path (column {column!r}) is missing")
    found = table.parent / value.strip()
    if not found.is_file():
        raise RowError(source, line, f"there is no file {found}")
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _with_labels(clips: AudioClips, label: str | None, *, require_labels: bool) -> AudioClips:
    """Put the labels where they belong, and check that each file has one."""
    fields = dict(clips.fields)
    if label is not None:
        fields["label"] = clips.groups(label)
    elif "label" not in fields and "class" in fields:
        fields["label"] = fields["class"]
    if "label" not in fields:
        if require_labels:
            known = ", ".join(fields) or "nothing"
            raise UsageError(f"{clips.source} has no labels, only {known}; name them: --label")
        return replace(clips, fields=fields)
    for place, value in zip(clips.places, fields["label"], strict=True):
        if not value:
            raise DataError(f"{place} has no label")
    return replace(clips, fields=fields)


_ENDINGS = "ending in " + ", ".join(AUDIO_ENDINGS)
