"""From whatever a user gives to a table of series, and the split that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recurra.errors import DataError, RecurraError
from recurra.runtime import ForecastPredictor
from recurra.sequences import (
    Clock,
    SeriesTable,
    frame_kind,
    load_series_dataset,
    match_columns,
    read_series,
    series_dataset_names,
)

__all__ = ["OpenedSeries", "join_series", "open_new_series", "open_series"]


@dataclass(frozen=True, eq=False)
class OpenedSeries:
    """Series and how they came.

    Attributes:
        table: The series.
        kind: Kind of the caller's frame; `None` for files, datasets and tables.
        split: Published numbers of rows by name (`validation`, `test`); empty without any.
    """

    table: SeriesTable
    kind: Any
    split: dict[str, int]


def open_series(
    data: Any, reading: Mapping[str, Any], missing: str = "error", clock: Clock | None = None
) -> OpenedSeries:
    """Open a frame, a file, a dataset or a table.

    A dataset's published split is applied; its own test part, where it has one, follows the
    training rows.

    Args:
        data: A pandas or polars frame, a path, the name of a dataset, or a `SeriesTable`.
        reading: Columns and the like, as `read_series` takes them.
        missing: As for `read_series`.
        clock: The grid of an earlier table, which the times must fit.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If the data cannot be used; names the row and its time.
    """
    if isinstance(data, SeriesTable):
        return OpenedSeries(data, None, {})
    table = read_series(data, **reading, missing=missing, clock=clock)
    if not isinstance(data, (str, Path)):
        return OpenedSeries(table, frame_kind(data), {})
    if _is_no_dataset(data):
        return OpenedSeries(table, None, {})
    dataset = load_series_dataset(str(data))
    if dataset.split is not None:
        train, validation, test = dataset.split
        whole = table.head(train + validation + test)
        return OpenedSeries(whole, None, {"validation": validation, "test": test})
    if dataset.test is None:
        return OpenedSeries(table, None, {})
    rows = int(dataset.test.lengths.max())
    return OpenedSeries(join_series(table, dataset.test), None, {"test": rows})


def open_new_series(
    data: Any, reading: Mapping[str, Any], predictor: ForecastPredictor
) -> OpenedSeries:
    """Open data to forecast or to measure on: with the columns and the time grid of the training.

    Args:
        data: As for `open_series`.
        reading: How the training data were read.
        predictor: The forecaster.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If the data cannot be used or have other columns.
    """
    tail = predictor.tail
    if reading["target"] is None and tail.id_column is None and _is_no_dataset(data):
        # The training data named their columns themselves; a file of the same columns does not.
        time = reading["time"] or tail.clock.column
        reading = {**reading, "time": time, "target": tail.target_names}
    try:
        opened = open_series(data, reading, predictor.encoder.missing, tail.clock)
    except DataError as error:
        _refuse_other_frequency(data, reading, tail.clock, error)
        raise
    return replace(opened, table=match_columns(opened.table, tail))


def join_series(table: SeriesTable, later: SeriesTable) -> SeriesTable:
    """Put the rows of a second table after those of the same series in the first.

    Raises:
        DataError: If ids or columns differ.
    """
    if table.ids != later.ids or table.columns != later.columns:
        raise DataError(f"{table.name} and {later.name} do not hold the same series and columns")
    parts = [rows for k in range(len(table.ids)) for rows in (table.rows(k), later.rows(k))]
    lengths = table.lengths + later.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return replace(table, values=np.concatenate(parts), offsets=offsets)


def _refuse_other_frequency(
    data: Any, reading: Mapping[str, Any], clock: Clock, error: DataError
) -> None:
    """Say that times have another step where that is why they do not fit the grid."""
    try:
        found = read_series(data, **{**reading, "frequency": None}, missing="mask").clock
    except RecurraError:
        return
    if (found.kind, found.frequency) != (clock.kind, clock.frequency):
        raise DataError(
            f"the data have a step of {found.frequency}, the forecaster was trained on steps of "
            f"{clock.frequency}: resample them, or train on data like these"
        ) from error


def _is_no_dataset(data: Any) -> bool:
    return not isinstance(data, (str, Path)) or str(data) not in series_dataset_names()
