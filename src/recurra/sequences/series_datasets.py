"""Named datasets of time series, and where their files are found."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recurra.errors import DatasetUnavailable, SourceError, UnknownNameError
from recurra.sequences._series_roles import Roles
from recurra.sequences.clocks import Clock
from recurra.sequences.series import SeriesTable
from recurra.sequences.series_catalogue import SERIES_DATASETS, SeriesEntry
from recurra.sequences.series_files import read_series_file
from recurra.sequences.wide import WIDE_TARGET

__all__ = [
    "SeriesDataset",
    "find_series_files",
    "get_series_files",
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


def find_series_files(name: str) -> Path:
    """Return the file of a dataset.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it is not on this machine; says how to have it.
    """
    entry = series_dataset_entry(name)
    for place in entry.places:
        path = _locate(place)
        if path is not None and path.is_file():
            return path
    raise DatasetUnavailable(f"the dataset {name!r} is not on this machine: {entry.advice}")


def get_series_files(name: str) -> Path:
    """Return the file of a dataset, fetching it when it is not here and may be fetched.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it cannot be had; says how.
    """
    try:
        return find_series_files(name)
    except DatasetUnavailable:
        entry = series_dataset_entry(name)
        if not entry.url:
            raise
    return _fetch(name, entry)


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
    test = _test_part(entry, get_series_files(name), train) if entry.test else None
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
    path = get_series_files(name)
    given = {
        field.name: getattr(roles, field.name)
        for field in dataclasses.fields(roles)
        if getattr(roles, field.name) not in ((), None)
    }
    if name == "elnino":
        return _rename(_unroll(path, roles), name)
    table = read_series_file(path, name, dataclasses.replace(entry.roles, **given))
    return _rename(table, name)


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


def _locate(place: str) -> Path | None:
    where, _, inside = place.partition("/")
    if where == "data":
        folder = os.environ.get("RECURRA_DATA")
        return Path(folder) / inside if folder else None
    if where == "cache":
        return _cache() / inside
    found = importlib.util.find_spec(where)  # finds the package and does not import it
    folders = (found.submodule_search_locations if found else None) or []
    return Path(folders[0]) / inside if folders else None


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("recurra"))


def _fetch(name: str, entry: SeriesEntry) -> Path:
    import pooch

    target = _cache() / next(p for p in entry.places if p.startswith("cache/")).partition("/")[2]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(pooch.retrieve(entry.url, entry.digest, fname=target.name, path=target.parent))
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DatasetUnavailable(
            f"the dataset {name!r} is not on this machine and cannot be fetched from {entry.url} "
            f"({reason}); put {target.name} into {target.parent}, or below RECURRA_DATA: "
            f"{entry.places[0].partition('/')[2]}"
        ) from error
