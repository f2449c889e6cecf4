"""Named datasets of time series, and where their files are found."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recurra.errors import SourceError, UnknownNameError
from recurra.sequences._series_roles import Roles
from recurra.sequences.clocks import Clock
from recurra.sequences.dataset_files import get_files
from recurra.sequences.series import SeriesTable
from recurra.sequences.series_catalogue import SERIES_DATASETS, SeriesEntry
from recurra.sequences.series_files import read_series_file
from recurra.sequences.wide import WIDE_TARGET

__all__ = [
    "SeriesDataset",
    "load_series_dataset",
    "read_series_dataset",
    "series_dataset_entry",
    "series_dataset_names",
]


@dataclass(frozen=True)
class SeriesDataset:
    """Series that belong together.

    Attributes:
        name: Name of the dataset.
        description: One line for people.
        train: The series; with `split`, its rows are training, validation and test rows.
        test: What comes after `train` in the dataset's own test part; `None` without one.
        split: Published numbers of training, validation and test rows; rows after them are unused.
        horizon: Steps that are usually forecast; 0 when there is no custom.
        licence: Licence or terms, as far as known.
        citation: Where it comes from.
    """

    name: str
    description: str
    train: SeriesTable
    test: SeriesTable | None = None
    split: tuple[int, int, int] | None = None
    horizon: int = 0
    licence: str = ""
    citation: str = ""


def series_dataset_names() -> list[str]:
    """Return the names of all datasets of series."""
    return sorted(SERIES_DATASETS)


def series_dataset_entry(name: str) -> SeriesEntry:
    """Return what is known of a dataset.

    Raises:
        UnknownNameError: If there is no such dataset.
    """
    if name not in SERIES_DATASETS:
        raise UnknownNameError("dataset of series", name, series_dataset_names())
    return SERIES_DATASETS[name]


def load_series_dataset(name: str) -> SeriesDataset:
    """Open a dataset of series with the columns it is known for, fetching it when needed.

    Missing values stay NaN.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it cannot be had; says how.
    """
    entry = series_dataset_entry(name)
    roles = Roles((), (), missing="mask")
    train = read_series_dataset(name, roles)
    test = _test_part(entry, _file(name, entry), train) if entry.test else None
    return SeriesDataset(
        name, entry.description, train, test, entry.split, entry.horizon, entry.licence,
        entry.citation,
    )  # fmt: skip


def read_series_dataset(name: str, roles: Roles) -> SeriesTable:
    """Read a dataset of series.

    Args:
        name: Its name.
        roles: Columns to use instead of its own; without a target, all its own.

    Raises:
        UnknownNameError: If there is no such dataset or column.
        DatasetUnavailable: If it cannot be had; says how.
        DataError: If values are missing and `roles.missing` is `"error"`.
    """
    entry = series_dataset_entry(name)
    path = _file(name, entry)
    given = {
        field.name: getattr(roles, field.name)
        for field in dataclasses.fields(roles)
        if getattr(roles, field.name) not in ((), None)
    }
    if name == "elnino":
        return _rename(_unroll(path, roles), name)
    table = read_series_file(path, name, dataclasses.replace(entry.roles, **given))
    return _rename(table, name)


def _file(name: str, entry: SeriesEntry) -> Path:
    path = get_files(name, entry)
    assert path is not None  # noqa: S101 - every dataset of series has a place
    return path


def _rename(table: SeriesTable, name: str) -> SeriesTable:
    return dataclasses.replace(table, name=name, source=name)


def _unroll(path: Path, roles: Roles) -> SeriesTable:
    """Read a table of years by months as one monthly series."""
    table = read_series_file(path, path.name, Roles((), (), missing="mask"))
    if (table.lengths[:-1] != 12).any():
        raise SourceError(f"{path} is damaged: expected twelve months a year")
    if roles.target not in ((), (WIDE_TARGET,)):
        raise UnknownNameError("column of the dataset 'elnino'", roles.target[0], (WIDE_TARGET,))
    clock = Clock("datetime", "1mo", f"{table.ids[0]}-01-01", date_only=True, column="month")
    return dataclasses.replace(
        table,
        ids=("",),
        id_column=None,
        offsets=table.offsets[[0, -1]],
        starts=table.starts[:1],
        static=table.static[:1],
        clock=clock,
    )


def _test_part(entry: SeriesEntry, path: Path, train: SeriesTable) -> SeriesTable:
    test = read_series_file(path.with_name(entry.test), entry.test, entry.roles)
    if test.ids != train.ids:
        raise SourceError(f"{path.with_name(entry.test)} has other series than {path.name}")
    return dataclasses.replace(test, starts=np.asarray(train.starts + train.lengths))
