"""Columns of numbers, truth values and categories as arrays of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences._series_rows import SeriesRows, describe, row_error

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MISSING_TEXTS", "NumberColumns", "read_grid", "read_numbers"]

MISSING_TEXTS = ("", "na", "n/a", "nan", "<na>", "null", "none", "nil", "?", "-", "nat")
MOST_CATEGORIES = 50


@dataclass(frozen=True, eq=False)
class NumberColumns:
    """Numbers read from columns.

    Attributes:
        names: Names; `column=value` for each value of a category.
        sources: Key of the column that each was read from.
        values: float64, NaN where missing, shape `(rows, names)`.
    """

    names: tuple[str, ...]
    sources: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Column:
    """One column to read: its key, its name, and the expression that makes it a number."""

    source: str
    name: str
    number: pl.Expr


def read_numbers(
    rows: SeriesRows, columns: Sequence[str], categorical: Sequence[str], decimal: str
) -> NumberColumns:
    """Read columns as numbers.

    Truth values count 1 and 0. Texts of columns that may be categories become one column a value.

    Args:
        rows: The file or frame.
        columns: Keys of the wanted columns.
        categorical: Keys of those that may hold categories.
        decimal: The sign before the decimals in texts, `"."` or `","`.

    Returns:
        The numbers, and how the columns they came from relate to them.

    Raises:
        RowError: If a value is no number, or infinite; names the line.
        UsageError: If a column is of a type that holds no numbers, or has too many categories.
    """
    import polars as pl

    frame = rows.scan()
    schema = frame.collect_schema()
    wanted: list[_Column] = []
    for column in columns:
        kind = schema[column]
        if kind in (pl.Categorical, pl.Enum):
            frame = frame.with_columns(pl.col(column).cast(pl.String))
            kind = pl.String()
        values: tuple[str, ...] = ()
        if column in categorical and kind == pl.String:
            values = _categories(rows, frame, column, decimal)
        if values:
            wanted += _one_hot(column, rows.title(column), values)
        else:
            number = _number(rows, column, kind, decimal)
            wanted.append(_Column(column, rows.title(column), number))
    numbers = _gather(rows, frame, wanted)
    _check_infinite(rows, frame, wanted, numbers, decimal)
    return NumberColumns(tuple(w.name for w in wanted), tuple(w.source for w in wanted), numbers)


def read_grid(rows: SeriesRows, columns: Sequence[str], decimal: str) -> NDArray[np.float64]:
    """Read many columns of one kind as numbers; one query for all, hundreds of them are slow.

    Args:
        rows: The file or frame.
        columns: Keys of the wanted columns.
        decimal: The sign before the decimals in texts.

    Returns:
        float64, NaN where missing, shape `(rows, columns)`.

    Raises:
        RowError: If a value is no number, or infinite; names the line.
    """
    stacked = rows.collect(rows.scan().select(columns)).unpivot(on=list(columns))
    number = _number(rows, "value", stacked.schema["value"], decimal).fill_null(np.nan)
    values: NDArray[np.float64] = stacked.select(number.alias("value"))["value"].to_numpy()
    grid = values.reshape(len(columns), -1).T
    infinite = np.isinf(grid)
    if infinite.any():
        row, place = (int(i) for i in np.argwhere(infinite)[0])
        came = rows.collect(rows.scan().select(columns[place]).slice(row, 1)).item()
        value = f"the value {describe(came)} in the column {rows.title(columns[place])!r}"
        problem = f"{value} {_fault(came, decimal)}{_more(int(infinite.sum()))}"
        raise row_error(rows, row, problem)
    return grid


def _gather(
    rows: SeriesRows, frame: pl.LazyFrame, wanted: Sequence[_Column]
) -> NDArray[np.float64]:
    """Collect the numbers; only the numbers are ever held, a single column without a copy."""
    names = [f"{i}" for i in range(len(wanted))]
    numbers = [w.number.alias(n) for n, w in zip(names, wanted, strict=True)]
    read = rows.collect(frame.select(numbers))
    if len(names) == 1:
        single: NDArray[np.float64] = read[names[0]].fill_null(np.nan).to_numpy()[:, None]
        return single
    values = np.empty((read.height, len(names)), np.float64)
    for i, name in enumerate(names):
        values[:, i] = read.drop_in_place(name).fill_null(np.nan).to_numpy()
    return values


def _number(rows: SeriesRows, column: str, kind: pl.DataType, decimal: str) -> pl.Expr:
    """Return a column as numbers: null where missing, infinite where it is no number."""
    import polars as pl

    if kind == pl.String:
        return _text_number(column, decimal)
    if kind.is_numeric() or kind in (pl.Boolean, pl.Null):
        return pl.col(column).cast(pl.Float64)
    raise UsageError(
        f"the column {rows.title(column)!r} of {rows.name} is of type {kind}, expected numbers"
    )


def _text_number(column: str, decimal: str) -> pl.Expr:
    import polars as pl

    text = pl.col(column).str.strip_chars()
    word = text.str.to_lowercase()
    plain = text.str.replace(",", ".", literal=True) if decimal == "," else text
    if decimal == ",":
        plain = pl.when(text.str.contains(".", literal=True)).then(None).otherwise(plain)
    return (
        pl.when(text.is_null() | word.is_in(MISSING_TEXTS))
        .then(None)
        .when(word == "true")
        .then(1.0)
        .when(word == "false")
        .then(0.0)
        .otherwise(plain.cast(pl.Float64, strict=False).fill_null(np.inf))
    )


def _categories(
    rows: SeriesRows, frame: pl.LazyFrame, column: str, decimal: str
) -> tuple[str, ...]:
    """Return the values of a column of texts, sorted; none when they are numbers."""
    import polars as pl

    number = _text_number(column, decimal)
    counts = rows.collect(
        frame.select(
            texts=number.is_infinite().sum(),
            numbers=number.is_finite().sum(),
            first=number.is_infinite().arg_max(),
        )
    ).row(0, named=True)
    if not counts["texts"]:
        return ()
    name = rows.title(column)
    if counts["numbers"]:
        came = rows.collect(frame.select(column).slice(counts["first"], 1)).item()
        problem = (
            f"the column {name!r} has {describe(came)} where others are numbers ({counts['texts']} "
            f"texts, {counts['numbers']} numbers); it must be all numbers or all categories"
        )
        raise row_error(rows, counts["first"], problem)
    text = pl.col(column).str.strip_chars()
    distinct = frame.select(text).filter(~text.str.to_lowercase().is_in(MISSING_TEXTS)).unique()
    values: list[str] = rows.collect(distinct.head(MOST_CATEGORIES + 1))[column].to_list()
    if len(values) > MOST_CATEGORIES:
        raise UsageError(
            f"the column {name!r} of {rows.name} has more than {MOST_CATEGORIES} categories "
            f"({describe(values[0])}, {describe(values[1])}, ...); leave it out or group them"
        )
    return tuple(sorted(values))


def _one_hot(column: str, name: str, values: Sequence[str]) -> list[_Column]:
    import polars as pl

    text = pl.col(column).str.strip_chars()
    known = pl.when(text.is_in(list(values))).then(text)
    return [
        _Column(column, f"{name}={value}", (known == value).cast(pl.Float64)) for value in values
    ]


def _check_infinite(
    rows: SeriesRows,
    frame: pl.LazyFrame,
    wanted: Sequence[_Column],
    numbers: NDArray[np.float64],
    decimal: str,
) -> None:
    for i, column in enumerate(wanted):
        infinite = np.isinf(numbers[:, i])
        if not infinite.any():
            continue
        row = int(np.argmax(infinite))
        came = rows.collect(frame.select(column.source).slice(row, 1)).item()
        value = f"the value {describe(came)} in the column {column.name!r}"
        problem = f"{value} {_fault(came, decimal)}{_more(int(infinite.sum()))}"
        raise row_error(rows, row, problem)


def _fault(came: object, decimal: str) -> str:
    if not isinstance(came, str) or came.strip().lower().lstrip("+-") in ("inf", "infinity"):
        return "is infinite; expected a finite number, or nothing where it is missing"
    text = came.strip()
    if decimal == "." and text.count(",") == 1 and text.replace(",", "").lstrip("+-").isdigit():
        return 'is no number; if the comma stands before decimals, say so with decimal=","'
    return "is no number"


def _more(count: int) -> str:
    return f" ({count} such values in all)" if count > 1 else ""
