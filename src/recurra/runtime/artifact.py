"""The artifact: one zip file that holds preprocessing, weights and the story of a model.

Members, all stored uncompressed:

- `manifest.json`: format version, task, specification, classes, metrics, data, versions, seed,
  and the size and SHA-256 of every other member;
- `encoder.json`: the fitted preprocessing;
- `weights.safetensors`: arrays by name;
- `model.keras`: the plain Keras model, for other programs; Recurra never opens it;
- `card.md`: a summary for people.

Reading trusts nothing: only these names, no compression, capped sizes, checked digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import (
    ArtifactVersionError,
    CorruptArtifactError,
    OutputError,
    SourceError,
    UnsafeArtifactError,
)

__all__ = ["FORMAT_VERSION", "Artifact", "check_writable", "read_artifact", "write_artifact"]

FORMAT_VERSION = "1.0"
_KIND = "recurra"
_MIB = 1 << 20
_LIMITS = {
    "manifest.json": 16 * _MIB,
    "encoder.json": 256 * _MIB,
    "weights.safetensors": 8192 * _MIB,
    "model.keras": 8192 * _MIB,
    "card.md": _MIB,
}
_REQUIRED = frozenset({"manifest.json", "encoder.json", "weights.safetensors"})
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same model gives the same bytes
_VERSION = re.compile(r"([0-9]{1,6})(\.[0-9]{1,6})?")
_OURS = frozenset({"kind", "format", "files"})  # what `write_artifact` puts into the manifest


@dataclass(frozen=True)
class Artifact:
    """A model file's contents.

    Attributes:
        manifest: Facts about the model; `format`, `kind` and `files` are written by
            `write_artifact`.
        encoder: The fitted preprocessing as JSON values.
        weights: Arrays by name.
        keras_file: Bytes of a `.keras` file, empty when not read.
        card: A summary in Markdown.
    """

    manifest: dict[str, Any]
    encoder: dict[str, Any]
    weights: dict[str, NDArray[Any]]
    keras_file: bytes = b""
    card: str = ""
    path: str = field(default="", compare=False)


def write_artifact(path: str | Path, artifact: Artifact) -> Path:
    """Write an artifact atomically: the file is there whole or not at all.

    Args:
        path: Where to write; an existing file is replaced.
        artifact: What to write.

    Returns:
        The path.

    Raises:
        OutputError: If the file cannot be written.
    """
    path = Path(path)
    members = _members(artifact)
    given = {name: value for name, value in artifact.manifest.items() if name not in _OURS}
    manifest = {"kind": _KIND, "format": FORMAT_VERSION, **given}
    manifest["files"] = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
    }
    members = {"manifest.json": _json_bytes(manifest), **members}
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            _write_zip(stream, members)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def read_artifact(path: str | Path, *, keras_file: bool = False) -> Artifact:
    """Read and verify an artifact.

    Args:
        path: The file.
        keras_file: Also read the bytes of `model.keras`.

    Raises:
        SourceError: If there is no such file.
        CorruptArtifactError: If it is truncated, altered or something else.
        UnsafeArtifactError: If names, sizes or compression are outside the format.
        ArtifactVersionError: If its major format version is newer.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"no model file at {path}")
    with _open_zip(path) as archive:
        _check_members(path, archive)
        manifest = _read_json(path, archive, "manifest.json")
        _check_version(path, manifest)
        digests = _digests(path, archive, manifest)
        members = {
            name: _read_checked(path, archive, name, digests[name])
            for name in archive.namelist()
            if name != "manifest.json" and (keras_file or name != "model.keras")
        }
    return Artifact(
        manifest=manifest,
        encoder=_parse_json(path, "encoder.json", members["encoder.json"]),
        weights=_load_weights(path, members["weights.safetensors"]),
        keras_file=members.get("model.keras", b""),
        card=members.get("card.md", b"").decode("utf-8", errors="replace"),
        path=str(path),
    )


def check_writable(path: str | Path) -> Path:
    """Find out before the work whether a file can be written there.

    Raises:
        OutputError: If the folder does not exist, is not writable, or the path is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; give a file name")
    if path.exists() and not path.is_file():
        raise OutputError(f"cannot write {path}: it is a device or a pipe; give a file name")
    parent = path.parent
    if not parent.is_dir():
        raise OutputError(f"cannot write {path}: the folder {parent} does not exist")
    probe = parent / f".{path.name}.{os.getpid()}.probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def _members(artifact: Artifact) -> dict[str, bytes]:
    from safetensors.numpy import save

    arrays = {name: np.asarray(array, order="C") for name, array in artifact.weights.items()}
    members = {"encoder.json": _json_bytes(artifact.encoder), "weights.safetensors": save(arrays)}
    if artifact.keras_file:
        members["model.keras"] = artifact.keras_file
    if artifact.card:
        members["card.md"] = artifact.card.encode(errors="replace")
    return members


def _write_zip(stream: Any, members: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_TIME), data)


def _json_bytes(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False).encode(
        errors="backslashreplace"  # a lone surrogate becomes a JSON escape
    )


# What `zipfile` lets through besides BadZipFile when a directory entry or a name is damaged.
_ZIPFILE_ERRORS = (
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


@contextmanager
def _open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise CorruptArtifactError(
            f"{path} is not a Recurra model, or it is truncated ({error})"
        ) from error
    except _ZIPFILE_ERRORS as error:
        raise CorruptArtifactError(f"{path} cannot be read as a model: {error}") from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise UnsafeArtifactError(f"{path} holds a member twice")
    foreign = sorted(set(names) - set(_LIMITS))
    missing = sorted(_REQUIRED - set(names))
    if missing:
        raise CorruptArtifactError(f"{path} is not a Recurra model: no {', '.join(missing)} in it")
    if foreign:
        raise UnsafeArtifactError(f"{path} holds files that no model has: {', '.join(foreign[:3])}")
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise UnsafeArtifactError(f"{path}: {info.filename} is compressed; models never are")
        if info.file_size > _LIMITS[info.filename]:
            raise UnsafeArtifactError(
                f"{path}: {info.filename} has {info.file_size} bytes, "
                f"at most {_LIMITS[info.filename]} are read"
            )
    if sum(info.file_size for info in archive.infolist()) > path.stat().st_size:
        raise UnsafeArtifactError(f"{path} declares more bytes than it holds")


def _check_version(path: Path, manifest: Mapping[str, Any]) -> None:
    if manifest.get("kind") != _KIND:
        raise CorruptArtifactError(
            f"{path} is not a Recurra model: its manifest is of another kind"
        )
    version = manifest.get("format")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise CorruptArtifactError(f"{path}: format version {version!r:.40} is not a version")
    if int(match[1]) > int(FORMAT_VERSION.partition(".")[0]):
        raise ArtifactVersionError(
            f"{path} has format {version}, this Recurra reads up to {FORMAT_VERSION}: "
            "pip install --upgrade recurra"
        )


def _digests(
    path: Path, archive: zipfile.ZipFile, manifest: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the facts about every member; the members must be exactly those."""
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise CorruptArtifactError(f"{path}: the manifest lists no files")
    odd = sorted(set(files) ^ (set(archive.namelist()) - {"manifest.json"}))
    if odd:
        raise CorruptArtifactError(f"{path}: {odd[0]} was added or lost after the model was saved")
    return files


def _read_checked(path: Path, archive: zipfile.ZipFile, name: str, facts: Any) -> bytes:
    data = archive.read(name)
    if not isinstance(facts, dict) or facts.get("sha256") != hashlib.sha256(data).hexdigest():
        raise CorruptArtifactError(f"{path}: {name} was altered after the model was saved")
    return data


def _read_json(path: Path, archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    return _parse_json(path, name, archive.read(name))


def _parse_json(path: Path, name: str, data: bytes) -> dict[str, Any]:
    try:
        values = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CorruptArtifactError(f"{path}: {name} is not valid JSON ({error})") from error
    if not isinstance(values, dict):
        raise CorruptArtifactError(f"{path}: {name} is not a JSON object")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _load_weights(path: Path, data: bytes) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(data))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CorruptArtifactError(f"{path}: the weights cannot be read ({error})") from error
