"""Named datasets of time series, and where their files are found."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recurra.errors import DatasetUnavailable, SourceError, UnknownNameError
from recurra.sequences._series_assembly import Roles
from recurra.sequences.clocks import Clock
from recurra.sequences.series import SeriesTable
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

ETT_URL = "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/ETTh1.csv"
_ETT_HASH = "sha256:f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"


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


@dataclass(frozen=True)
class SeriesEntry:
    """How to describe, find and read a dataset.

    Attributes:
        description: One line for people.
        licence: Licence or terms.
        citation: Where it comes from.
        places: Where the file may be, best first; `{package}/...` inside an installed package,
            `data/...` below `$RECURRA_DATA`, `cache/...` in the cache.
        roles: Which columns are what.
        advice: How to have it when it is not there.
        url: Where it can be fetched from.
        digest: What the fetched file must have, as pooch takes it.
        split: As in `SeriesDataset`.
        horizon: As in `SeriesDataset`.
        test: Name of the file with the test part, in the same folder.
    """

    description: str
    licence: str
    citation: str
    places: tuple[str, ...]
    roles: Roles
    advice: str
    url: str = ""
    digest: str = ""
    split: tuple[int, int, int] | None = None
    horizon: int = 0
    test: str = ""


def series_dataset_names() -> list[str]:
    """Return the names of all datasets of series."""
    return sorted(_DATASETS)


def series_dataset_entry(name: str) -> SeriesEntry:
    """Return what is known of a dataset.

    Raises:
        UnknownNameError: If there is no such dataset.
    """
    if name not in _DATASETS:
        raise UnknownNameError("dataset of series", name, series_dataset_names())
    return _DATASETS[name]


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


def _from_sktime(
    description: str, citation: str, inside: str, local: str, roles: Roles, horizon: int = 0
) -> SeriesEntry:
    return SeriesEntry(
        description=description,
        licence="free to use for teaching and research; Time Series Data Library",
        citation=citation,
        places=(f"sktime/datasets/data/{inside}", f"data/small_series/{local}"),
        roles=roles,
        advice="pip install 'recurra[sktime]', whose files it is read from",
        horizon=horizon,
    )


def _from_statsmodels(description: str, citation: str, folder: str, roles: Roles) -> SeriesEntry:
    return SeriesEntry(
        description=description,
        licence="public domain",
        citation=citation,
        places=(f"statsmodels/datasets/{folder}/{folder}.csv",),
        roles=roles,
        advice="pip install statsmodels, whose files it is read from",
    )


_DATASETS = {
    "airline": _from_sktime(
        "airline passengers, thousands a month, 1949 to 1960",
        "Box and Jenkins 1976, Time Series Analysis: Forecasting and Control",
        "Airline/Airline.csv",
        "airline-passengers.csv",
        Roles(("#1",), ("Passengers",)),
        horizon=12,
    ),
    "lynx": _from_sktime(
        "lynx trapped in Canada a year, 1821 to 1934",
        "Campbell and Walker 1977, A survey of statistical work on the Mackenzie River series",
        "Lynx/Lynx.csv",
        "Lynx.csv",
        Roles(("#1",), ("#2",)),
    ),
    "shampoo": _from_sktime(
        "sales of a shampoo a month over three years",
        "Makridakis, Wheelwright and Hyndman 1998, Forecasting: Methods and Applications",
        "ShampooSales/ShampooSales.csv",
        "monthly-shampoo-sales.csv",
        Roles((), ("Sales",), frequency="1mo"),
        horizon=12,
    ),
    "sunspots": _from_statsmodels(
        "sunspots a year, 1700 to 2008",
        "National Geophysical Data Center",
        "sunspots",
        Roles(("YEAR",), ("SUNACTIVITY",)),
    ),
    "co2": _from_statsmodels(
        "carbon dioxide at Mauna Loa a week, 1958 to 2001; 59 weeks are missing",
        "Keeling and Whorf 2004, Trends: A Compendium of Data on Global Change",
        "co2",
        Roles(("date",), ("co2",), time_format="%Y%m%d"),
    ),
    "elnino": _from_statsmodels(
        "sea surface temperature off Peru a month, 1950 to 2010",
        "National Oceanic and Atmospheric Administration, ERSST.V3B",
        "elnino",
        Roles((), ()),
    ),
    "nile": _from_statsmodels(
        "flow of the Nile at Aswan a year, 1871 to 1970",
        "Cobb 1978, The problem of the Nile, Biometrika 65",
        "nile",
        Roles(("year",), ("volume",)),
    ),
    "ett-h1": SeriesEntry(
        description="electricity transformer: oil temperature and six loads an hour, 2016 to 2018",
        licence="CC BY-ND 4.0",
        citation="Zhou et al. 2021, Informer, AAAI",
        places=("data/ett/ETTh1.csv", "cache/ett/ETTh1.csv"),
        roles=Roles(("date",), ("HUFL,HULL,MUFL,MULL,LUFL,LULL,OT",)),
        advice="recurra data get ett-h1",
        url=ETT_URL,
        digest=_ETT_HASH,
        split=(8640, 2880, 2880),
        horizon=96,
    ),
    "m4-hourly": SeriesEntry(
        description="the 414 hourly series of the M4 competition, and the 48 hours after each",
        licence="free for research",
        citation="Makridakis et al. 2020, The M4 Competition, International Journal of Forecasting",
        places=("data/m4/Hourly-train.csv",),
        roles=Roles((), (), frequency="1h"),
        advice=(
            "put Hourly-train.csv and Hourly-test.csv of https://github.com/Mcompetitions/"
            "M4-methods into the folder m4 of the folder that RECURRA_DATA names"
        ),
        horizon=48,
        test="Hourly-test.csv",
    ),
}
