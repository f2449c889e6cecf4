"""From records of a comparison to plots, one HTML page and a table for the terminal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.report.results import load_results
    from recurra.report.terminal import records_table
    from recurra.report.writer import write_report

__all__ = ["load_results", "records_table", "write_report"]

_HOMES = {"load_results": "results", "records_table": "terminal", "write_report": "writer"}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: a table for the terminal needs no matplotlib."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
