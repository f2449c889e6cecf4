"""Facts that every manifest and record carries."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from recurra import __version__

__all__ = ["now", "processors", "versions"]

_PACKAGES = ("keras", "jax", "torch", "tensorflow", "numpy")


def versions() -> dict[str, str]:
    """Return the versions that decide a result."""
    found = {"recurra": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def now() -> str:
    """Return the present time, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
