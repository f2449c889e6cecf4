"""Where output goes: results to standard output, everything else to standard error."""

from __future__ import annotations

import codecs
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "notes", "print_json"]


def print_json(value: Any) -> None:
    """Print one JSON value on standard output, whole or not at all."""
    text = json.dumps(value, ensure_ascii=not _writes_utf8(), indent=2, allow_nan=False)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def console() -> Console:
    """Return the console of the results."""
    from rich.console import Console

    # Names and paths may hold "[...]" or ":smile:", which are no markup here.
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console of progress and remarks: standard error, silent in a pipe."""
    from rich.console import Console

    quiet = not sys.stderr.isatty()
    return Console(stderr=True, highlight=False, markup=False, emoji=False, quiet=quiet)


def _writes_utf8() -> bool:
    """Say whether standard output takes every character; lone surrogates are escaped there."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return codecs.lookup(encoding).name == "utf-8"
