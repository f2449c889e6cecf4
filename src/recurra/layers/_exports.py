"""Exported programs run elsewhere, without the core: while Keras traces them, its own path holds.

TensorFlow would write a call into this process into the file, without a word.
"""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable, Iterator
from typing import Any

import keras

__all__ = ["exporters", "is_exporting"]

_exporting: contextvars.ContextVar[bool] = contextvars.ContextVar("exporting", default=False)


def is_exporting() -> bool:
    """Return whether a program is being traced that others are to run."""
    return _exporting.get()


def exporters() -> Iterator[tuple[type, str, Any]]:
    """Name what Keras exports with: class, method, and one that keeps the core out."""
    yield keras.Model, "export", _without_core(keras.Model.export)
    if keras.backend.backend() == "tensorflow":
        archive = type(keras.export.ExportArchive())
        yield archive, "add_endpoint", _endpoint_without_core(archive.add_endpoint)
        yield archive, "write_out", _without_core(archive.write_out)


def _without_core(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def traced(*args: Any, **kwargs: Any) -> Any:
        token = _exporting.set(True)
        try:
            return method(*args, **kwargs)
        finally:
            _exporting.reset(token)

    return traced


def _endpoint_without_core(add_endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the endpoint's function, which is traced when it is called or written."""

    @functools.wraps(add_endpoint)
    def add(
        self: Any, name: str, fn: Callable[..., Any], input_signature: Any = None, **kwargs: Any
    ) -> Any:
        fn = fn if input_signature is None else _without_core(fn)
        return add_endpoint(self, name, fn, input_signature, **kwargs)

    return add
