"""A trace in one file: safetensors for the arrays, JSON in its header for everything else.

Reading trusts nothing: every field must be there and of its type, every array of its shape and
dtype, and nothing else may be in the file.
"""

from __future__ import annotations

import json
import os
import types
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from recurra.errors import (
    ArtifactVersionError,
    CorruptArtifactError,
    OutputError,
    SourceError,
    UnsafeArtifactError,
    UsageError,
)
from recurra.study.insight.trace import Trace

__all__ = ["read_trace", "write_trace"]

_KIND, _VERSION = "recurra trace", "1"
_LARGEST = 1 << 30
_ARRAY = "array"  # {"array": "3"} in the JSON stands for the tensor of that name

Arrays = dict[str, NDArray[Any]]


def write_trace(trace: Trace, path: Path) -> Path:
    """Write a trace, whole or not at all; see `Trace.save`.

    Raises:
        UsageError: If `facts` holds what JSON cannot.
        OutputError: If the file cannot be written.
    """
    arrays: Arrays = {}
    try:
        text = json.dumps(_plain(trace, arrays))
    except (TypeError, ValueError) as error:
        raise UsageError(f"facts must be JSON values: {error}") from error
    content = save(arrays, {"kind": _KIND, "version": _VERSION, "trace": text})
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _plain(value: Any, arrays: Arrays) -> Any:
    """Return a value as JSON, its arrays taken out."""
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = np.ascontiguousarray(value)
        return {_ARRAY: name}
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name), arrays) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item, arrays) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item, arrays) for name, item in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def read_trace(path: Path) -> Trace:
    """Read and check a trace; see `Trace.load`.

    Raises:
        SourceError: If there is no such file.
        CorruptArtifactError: If it is no trace, truncated or altered.
        UnsafeArtifactError: If it is larger than any trace can be.
        ArtifactVersionError: If a newer version wrote it.
    """
    if not path.is_file():
        raise SourceError(f"there is no file {path}")
    size = path.stat().st_size
    if size > _LARGEST:
        raise UnsafeArtifactError(f"{path} has {size} bytes, a trace at most {_LARGEST}")
    text, arrays = _opened(path)
    try:
        trace: Trace = _read(Trace, json.loads(text), arrays, "trace")
    except (ValueError, RecursionError) as error:  # of JSON, of a shape, of a field
        raise CorruptArtifactError(f"{path} is no trace that can be read: {error}") from error
    if arrays:
        raise CorruptArtifactError(f"{path} holds arrays that belong to nothing")
    return trace


def _opened(path: Path) -> tuple[str, Arrays]:
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if header.get("kind") != _KIND:
                raise CorruptArtifactError(f"{path} is no trace of Recurra")
            if header.get("version") != _VERSION:
                raise ArtifactVersionError(
                    f"{path} is a trace of version {header.get('version')!r}, this Recurra reads "
                    f"{_VERSION}; install a newer one"
                )
            return header.get("trace", ""), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise CorruptArtifactError(f"{path} is no trace, or is truncated: {error}") from error


def _read(hint: Any, value: Any, arrays: Arrays, where: str) -> Any:
    """Return a JSON value as the type that a field asks for.

    Raises:
        ValueError: If it is another.
        ShapeError: If an array has another shape or dtype.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        kind = next(part for part in inner if part is not types.NoneType)
        return None if value is None else _read(kind, value, arrays, where)
    if origin is np.ndarray:
        return _array(value, arrays, where)
    if is_dataclass(hint):
        return _object(hint, value, arrays, where)
    if origin is tuple:
        return _tuple(inner, value, arrays, where)
    return _dict(inner, value, arrays, where) if origin is dict else _scalar(hint, value, where)


def _dict(inner: tuple[Any, ...], value: Any, arrays: Arrays, where: str) -> dict[str, Any]:
    _expect(isinstance(value, dict), "an object", where)
    return {name: _read(inner[1], item, arrays, f"{where}.{name}") for name, item in value.items()}


def _object(kind: Any, value: Any, arrays: Arrays, where: str) -> Any:
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    _expect(
        isinstance(value, dict) and set(value) == names, f"the fields of {kind.__name__}", where
    )
    parts = {n: _read(hints[n], v, arrays, f"{where}.{n}") for n, v in value.items()}
    return kind(**parts)


def _tuple(inner: tuple[Any, ...], value: Any, arrays: Arrays, where: str) -> tuple[Any, ...]:
    _expect(isinstance(value, list), "a list", where)
    kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
    _expect(len(kinds) == len(value), f"{len(kinds)} items", where)
    return tuple(
        _read(kind, item, arrays, f"{where}[{number}]")
        for number, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _array(value: Any, arrays: Arrays, where: str) -> NDArray[Any]:
    name = value.get(_ARRAY) if isinstance(value, dict) else None
    _expect(isinstance(name, str) and name in arrays, "an array of this file", where)
    return arrays.pop(str(name))


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    if get_origin(hint) is Literal:
        _expect(value in get_args(hint), f"one of {', '.join(get_args(hint))}", where)
        return value
    kinds = (int, float) if hint is float else (hint,)
    fits = isinstance(value, kinds) and (hint is bool or not isinstance(value, bool))
    _expect(fits, f"a value of type {hint.__name__}", where)
    return float(value) if hint is float else value


def _expect(holds: bool, wanted: str, where: str) -> None:
    if not holds:
        raise ValueError(f"{where} must be {wanted}")
