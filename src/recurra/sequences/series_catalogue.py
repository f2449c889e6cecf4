"""The catalogue of named datasets of series: where their files are and which columns they have."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.sequences._series_roles import Roles
from recurra.sequences.dataset_files import DatasetEntry

__all__ = ["SERIES_DATASETS", "SeriesEntry"]

ETT_URL = "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/ETTh1.csv"
_ETT_HASH = "sha256:f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"


@dataclass(frozen=True, kw_only=True)
class SeriesEntry(DatasetEntry):
    """How to describe, find and read a dataset.

    Attributes:
        roles: Which columns are what.
        split: As in `SeriesDataset`.
        horizon: As in `SeriesDataset`.
        test: Name of the file with the test part, in the same folder.
    """

    roles: Roles
    split: tuple[int, int, int] | None = None
    horizon: int = 0
    test: str = ""


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


SERIES_DATASETS = {
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
