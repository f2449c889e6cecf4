"""Tables in columns: to standard output, and to CSV, JSON and Parquet files."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.errors import OutputError

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "TABLE_ENDINGS",
    "column_records",
    "column_table",
    "print_csv",
    "write_columns",
    "write_text",
]

TABLE_ENDINGS = (".csv", ".json", ".parquet")
_DIGITS = ".10g"  # the networks compute in float32

Columns = Mapping[str, Sequence[Any]]


def write_columns(columns: Columns, path: Path) -> None:
    """Write a table whole or not at all, as the ending says.

    Raises:
        OutputError: If it cannot be written.
    """
    if path.suffix.lower() != ".parquet":
        write_text(path, _text(columns, path))
        return
    import polars as pl

    with _replacing(path) as temporary:
        pl.DataFrame(dict(columns)).write_parquet(temporary)


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all.

    Raises:
        OutputError: If it cannot be written.
    """
    with _replacing(path) as temporary:
        temporary.write_bytes(text.encode(errors="backslashreplace"))  # lone surrogates


def print_csv(columns: Columns) -> None:
    """Print a table as CSV on standard output."""
    sys.stdout.write(_csv(columns))
    sys.stdout.flush()


def column_records(columns: Columns) -> list[dict[str, Any]]:
    """Return the rows as JSON values: times as text, `None` for NaN."""
    plain = {name: [_json(value) for value in values] for name, values in columns.items()}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def column_table(columns: Columns, most: int) -> Table:
    """Return the first rows for a terminal."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name, values in columns.items():
        number = len(values) > 0 and isinstance(values[0], (int, float))
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    shown = [[_shown(value) for value in values[:most]] for values in columns.values()]
    for row in zip(*shown, strict=True):
        table.add_row(*row)
    return table


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Yield a file beside the path that takes its place at the end."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _text(columns: Columns, path: Path) -> str:
    if path.suffix.lower() == ".csv":
        return _csv(columns)
    return json.dumps(column_records(columns), ensure_ascii=False, indent=1) + "\n"


def _csv(columns: Columns) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    written = [[_written(value) for value in values] for values in columns.values()]
    writer.writerows(zip(*written, strict=True))
    return stream.getvalue()


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, _DIGITS) if math.isfinite(value) else ""
    return "" if value is None else str(value)


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else _written(value)


def _json(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
