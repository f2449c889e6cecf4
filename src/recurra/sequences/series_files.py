"""Files of time series."""

from __future__ import annotations

from pathlib import Path

from recurra.errors import SourceError, UnknownNameError, UsageError
from recurra.sequences._series_assembly import assemble
from recurra.sequences._series_roles import Roles
from recurra.sequences._series_rows import FileRows
from recurra.sequences.formats import ENDINGS
from recurra.sequences.lines import source_errors
from recurra.sequences.series import SeriesTable
from recurra.sequences.sources import missing_source
from recurra.sequences.tsf import read_tsf
from recurra.sequences.wide import read_wide

__all__ = ["check_series_file", "read_series_file", "stem"]


def read_series_file(path: Path, name: str, roles: Roles) -> SeriesTable:
    """Read a file of series.

    Args:
        path: CSV, TSV, JSON lines (each also with `.gz`), Parquet or a Monash archive (`.tsf`).
        name: The file as the user named it.
        roles: Which columns are what; without a target, the file has one series a row.

    Returns:
        The table.

    Raises:
        DataError: If the file or its rows cannot be used; names rows and times.
        UsageError: If columns do not exist or cannot be told.
    """
    check_series_file(path, name)
    if path.name.lower().endswith((".tsf", ".tsf.gz")):
        _refuse_columns(roles, "a .tsf file says itself what it holds")
        return read_tsf(path, name, stem(path), missing=roles.missing)
    rows = FileRows(path, name)
    if roles.target:
        return assemble(rows, roles, stem(path))
    if len(rows.columns) < 3 or roles.time or roles.past or roles.known or roles.series_id:
        raise UsageError(
            f"say which columns of {name} to forecast (--target COLUMN); it has: "
            f"{', '.join(rows.columns)}"
        )
    return read_wide(rows, roles, stem(path))


def check_series_file(path: Path, name: str) -> None:
    """Refuse what is no file with something in it.

    Raises:
        SourceError: If it is missing, a folder or empty.
    """
    with source_errors(name):
        if not path.exists():
            raise missing_source(name)
        if path.is_dir():
            raise SourceError(f"{name} is a folder; name a file in it")
        if path.stat().st_size == 0:
            raise SourceError(f"{name} is empty; expected a header and rows of values")


def stem(path: Path) -> str:
    """Return the name of a file without the endings of its format."""
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix) if Path(name).suffix in (*ENDINGS, ".tsf") else name


def _refuse_columns(roles: Roles, reason: str) -> None:
    named = (*roles.time, *roles.target, *roles.past, *roles.known, *roles.static)
    if named or roles.series_id is not None:
        column = roles.series_id if roles.series_id is not None else named[0]
        raise UnknownNameError(f"column ({reason})", column, ())
