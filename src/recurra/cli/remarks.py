"""Remarks that a user should see even where standard error is no terminal: one line each."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from typing import Any

__all__ = ["remark", "remarks_for_warnings"]


def remark(text: str) -> None:
    """Print one line on standard error."""
    print(f"recurra: {' '.join(text.split())}", file=sys.stderr)


@contextlib.contextmanager
def remarks_for_warnings() -> Iterator[None]:
    """Print warnings as remarks: what was cut or left out, without a place in the source code."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _show
        yield


def _show(message: Warning | str, *_: Any, **__: Any) -> None:
    remark(str(message))
