"""Frames of pandas and polars: series in, and forecasts out as the same kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recurra.errors import DataError, UsageError
from recurra.sequences._series_rows import FrameRows, key

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

__all__ = ["FrameKind", "frame_kind", "frame_of", "frame_rows"]

INDEX = "time"  # name of a DatetimeIndex that has none


@dataclass(frozen=True)
class FrameKind:
    """What is needed to give back the kind of frame that came.

    Attributes:
        library: `"pandas"` or `"polars"`.
        index: Name of a pandas index of times; `None` when there is none.
        period: Frequency of a pandas `PeriodIndex`; empty for a `DatetimeIndex`.
        named: Whether the index had that name itself.
    """

    library: str
    index: str | None = None
    period: str = ""
    named: bool = True


def frame_kind(frame: Any) -> FrameKind:
    """Say what kind of frame something is.

    Args:
        frame: A pandas or polars `DataFrame`, or a polars `LazyFrame`.

    Raises:
        UsageError: If it is neither.
    """
    import narwhals as nw

    native = nw.from_native(frame, pass_through=True)
    if not isinstance(native, (nw.DataFrame, nw.LazyFrame)):
        kind = type(frame).__name__
        hint = "; to_frame() makes one" if kind == "Series" else ""
        raise UsageError(f"expected a pandas or polars data frame, got a {kind}{hint}")
    if not native.implementation.is_pandas():
        return FrameKind("polars")
    times = type(frame.index).__name__
    if times not in ("DatetimeIndex", "PeriodIndex"):
        return FrameKind("pandas")
    period = frame.index.freqstr if times == "PeriodIndex" else ""
    named = frame.index.name is not None
    return FrameKind("pandas", str(frame.index.name) if named else INDEX, period, named)


def frame_rows(frame: Any, name: str) -> tuple[FrameRows, str | None]:
    """Take the columns of a frame; a pandas index of times becomes the last column.

    Args:
        frame: A pandas or polars frame.
        name: What to call it in errors.

    Returns:
        The rows, and the name of the column made from the index.

    Raises:
        UsageError: If it is no frame.
        DataError: If it has no rows, or a column of a type that cannot be read.
    """
    import narwhals as nw
    import polars as pl

    if nw.dependencies.is_pandas_dataframe(frame) and not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{name} has several columns named {twice!r}; rename them")
    kind = frame_kind(frame)
    eager = nw.from_native(frame)
    if isinstance(eager, nw.LazyFrame):
        eager = eager.collect()
    if not len(eager):
        raise DataError(f"{name} has no rows")
    names = [str(column) for column in eager.columns]
    series = [_polars(eager[:, i], name) for i in range(len(names))]
    if kind.index is not None:
        index = frame.index.to_timestamp() if kind.period else frame.index
        names.append(kind.index)
        series.append(_times(index.to_series().reset_index(drop=True)))
    table = pl.DataFrame([column.alias(key(i)) for i, column in enumerate(series)])
    return FrameRows(table, names, name), kind.index


def _polars(series: nw.Series[Any], name: str) -> pl.Series:
    """Return a column as polars has it, without needing pyarrow."""
    import narwhals as nw
    import polars as pl

    if series.implementation.is_polars():
        native: pl.Series = series.to_native()
        return native
    if isinstance(series.dtype, nw.Datetime):
        return _times(series.to_native())
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        if series.null_count() or series.dtype.is_float():
            return pl.Series(series.cast(nw.Float64).to_numpy()).fill_nan(None)
        return pl.Series(series.to_numpy())
    values = series.to_list()
    try:
        return pl.Series([_plain(value) for value in values], strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        raise DataError(
            f"the column {series.name!r} of {name} holds values of several types"
        ) from None


def _plain(value: Any) -> Any:
    """Return what pandas marks as missing as `None`."""
    missing = value is None or type(value).__name__ in ("NAType", "NaTType") or value != value  # noqa: PLR0124
    return None if missing else value


def _times(times: Any) -> pl.Series:
    """Return a pandas column of date-times, in UTC but with the name of its zone."""
    import polars as pl

    zone = times.dt.tz
    plain = times.dt.tz_convert("UTC").dt.tz_localize(None) if zone is not None else times
    stamps = pl.Series(plain.to_numpy().astype("datetime64[us]"))
    if zone is None:
        return stamps
    named = str(getattr(zone, "key", None) or zone)
    utc = stamps.dt.replace_time_zone("UTC")
    return utc.dt.convert_time_zone(named) if "/" in named else utc


def frame_of(
    columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]], like: Any, time: str | None = None
) -> Any:
    """Build a frame of the kind that came.

    Args:
        columns: Values of each column.
        like: A frame, or what `frame_kind` said of it.
        time: Column of the times; named as the index of the frame by default.

    Returns:
        A pandas or polars `DataFrame`. When the frame had an index of times, the times are the
        index.

    Raises:
        UsageError: If `like` is no frame.
    """
    kind = like if isinstance(like, FrameKind) else frame_kind(like)
    if kind.library == "polars":
        import polars as pl

        return pl.DataFrame(dict(columns))
    import pandas as pd

    frame = pd.DataFrame(dict(columns))
    time = time or kind.index
    if kind.index is None or time not in frame:
        return frame
    frame = frame.set_index(time)
    frame.index = pd.DatetimeIndex(frame.index)
    if kind.period:
        frame.index = frame.index.to_period(kind.period)
    frame.index.name = kind.index if kind.named else None
    return frame
