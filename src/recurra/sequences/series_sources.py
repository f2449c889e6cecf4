"""The one way from a file, a frame or a named dataset to a table of series."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recurra.errors import UsageError
from recurra.sequences._series_assembly import assemble
from recurra.sequences._series_roles import Roles
from recurra.sequences.clocks import Clock
from recurra.sequences.series import SeriesTable
from recurra.sequences.series_datasets import read_series_dataset, series_dataset_names
from recurra.sequences.series_files import read_series_file
from recurra.sequences.series_frames import frame_rows
from recurra.sequences.sources import missing_source

__all__ = ["read_series"]

_MISSING = ("error", "interpolate", "mask")


def read_series(
    source: Any,
    *,
    time: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    series_id: str | None = None,
    known: str | Sequence[str] = (),
    past: str | Sequence[str] = (),
    static: str | Sequence[str] = (),
    frequency: str | None = None,
    missing: str = "error",
    time_zone: str | None = None,
    time_format: str | None = None,
    decimal: str = ".",
    clock: Clock | None = None,
) -> SeriesTable:
    """Read one or many time series.

    Several columns may be given as a sequence or as one string with commas. A column is named by
    its heading, or as `#1`, `#2`, ... by its place.

    Args:
        source: Path of a CSV, TSV, JSON lines (each also with `.gz`), Parquet or Monash `.tsf`
            file; a pandas or polars frame; or the name of a dataset of series, which comes first.
        time: The time column, or several that make it up (`"year,month,day,hour"`). By default a
            pandas index of times; otherwise the rows are taken in order.
        target: Columns to forecast. `None` for a dataset's own, for `.tsf` files, and for files
            with one series a row: an id, then the values.
        series_id: Column that tells series apart; their rows may be interleaved.
        known: Covariates known in the future too; rows that have nothing else are the future.
        past: Covariates known up to the origin only.
        static: Columns that have one value a series.
        frequency: A step between two rows, such as `1h` or `MS`; told from the times by default.
        missing: `"error"` refuses missing values and times; `"interpolate"` and `"mask"` leave
            them as NaN for the windows to deal with.
        time_zone: Name of the zone that times without an offset are in, or in which times with an
            offset are shown.
        time_format: How times are written, in strptime codes; guessed when it is not ambiguous.
        decimal: Sign before the decimals in texts: `"."` or `","`.
        clock: The grid of an earlier table, which the times must fit.

    Returns:
        The table. Truth values count 1 and 0; texts of covariates become one column a value.

    Raises:
        SourceError: If there is no such file or dataset, or it has no rows.
        RowError: If a time or value cannot be read; names the line and the time.
        DataError: If times are irregular or values missing; names the first rows.
        UnknownNameError: If a column does not exist.
        UsageError: If something is ambiguous; says how to say which.
    """
    if missing not in _MISSING:
        raise UsageError(f"missing is {missing!r}, expected 'error', 'interpolate' or 'mask'")
    if decimal not in (".", ","):
        raise UsageError(f"decimal is {decimal!r}, expected '.' or ','")
    roles = Roles(
        time=_names(time),
        target=_names(target),
        series_id=series_id,
        known=_names(known),
        past=_names(past),
        static=_names(static),
        frequency=frequency,
        missing=missing,
        time_zone=time_zone,
        time_format=time_format,
        decimal=decimal,
        clock=clock,
    )
    if isinstance(source, (str, Path)):
        return _read_named(source, roles)
    rows, index = frame_rows(source, "the frame")
    if not roles.target:
        raise UsageError(
            f"say which columns to forecast (target); the frame has: {', '.join(rows.columns)}"
        )
    if index is not None and not roles.time:
        roles = dataclasses.replace(roles, time=(index,))
    return assemble(rows, roles, "frame")


def _read_named(source: str | Path, roles: Roles) -> SeriesTable:
    name = str(source)
    if name in series_dataset_names():
        return read_series_dataset(name, roles)
    if not Path(source).exists():
        raise missing_source(name, series_dataset_names())
    return read_series_file(Path(source), name, roles)


def _names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)
