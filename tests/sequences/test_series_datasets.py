"""Named datasets of series."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from recurra.errors import DatasetUnavailable, UnknownNameError, UsageError
from recurra.sequences import (
    dataset_kind,
    dataset_names,
    dataset_path,
    get_dataset,
    load_dataset,
    load_series_dataset,
    read_series,
    resolve_source,
    series_catalogue,
    series_dataset_names,
)

DATA = Path(os.environ.get("RECURRA_DATA", "/nowhere"))


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("RECURRA_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))
    return tmp_path


def test_series_are_listed_beside_texts():
    assert set(series_dataset_names()) < set(dataset_names())
    assert (dataset_kind("nile"), dataset_kind("names")) == ("series", "texts")
    for refuse in (load_dataset, resolve_source):
        with pytest.raises(UsageError, match="'nile' holds time series, expected texts"):
            refuse("nile")
    for call in (load_series_dataset, dataset_kind):
        with pytest.raises(UnknownNameError, match="did you mean 'nile'"):
            call("nil")


@pytest.mark.parametrize(
    ("name", "rows", "first", "frequency"),
    [
        ("sunspots", 309, 5.0, "1"),
        ("co2", 2284, 316.1, "1w"),
        ("elnino", 732, 23.11, "1mo"),
        ("nile", 100, 1120.0, "1"),
    ],
)
def test_series_of_an_installed_package_need_no_import(
    run_python, nowhere, name, rows, first, frequency
):
    code = (
        "import sys; from recurra.sequences import load_series_dataset as load\n"
        f"t = load({name!r}).train\n"
        "print(t.row_count, t.values[0, 0], t.clock.frequency, 'statsmodels' in sys.modules)"
    )
    assert run_python(code).stdout.split() == [str(rows), str(first), frequency, "False"]


def test_elnino_goes_on_by_months(nowhere):
    table = read_series("elnino")
    assert [table.clock.text(t) for t in (0, 12, 731)] == ["1950-01-01", "1951-01-01", "2010-12-01"]
    assert table.values[12, 0] == 24.19
    with pytest.raises(UnknownNameError, match="column of the dataset 'elnino' 'JAN'"):
        read_series("elnino", target="JAN")


def test_missing_datasets_say_how_to_have_them(nowhere, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for name, advice in (
        ("airline", r"recurra\[sktime\]"),
        ("nile", "pip install statsmodels"),
        ("m4-hourly", "put Hourly-train.csv"),
    ):
        for call in (get_dataset, dataset_path, read_series):
            with pytest.raises(DatasetUnavailable, match=advice):
                call(name)
    with pytest.raises(DatasetUnavailable, match="recurra data get ett-h1"):
        dataset_path("ett-h1")

    def fetch(*_, **__):
        raise OSError("no route to host\nsecond line")

    monkeypatch.setattr("pooch.retrieve", fetch)
    with pytest.raises(DatasetUnavailable, match=r"no route to host\); put ETTh1.csv into"):
        get_dataset("ett-h1")


def test_a_package_that_ships_the_file_comes_first(nowhere, monkeypatch):
    folder = nowhere / "sktime" / "datasets" / "data" / "Lynx"
    folder.mkdir(parents=True)
    (folder.parents[2] / "__init__.py").write_text("raise ImportError('must not be imported')")
    (folder / "Lynx.csv").write_text(",0\n1821,269\n1822,321\n")
    monkeypatch.syspath_prepend(str(nowhere))
    assert read_series("lynx").values[:, 0].tolist() == [269, 321]


@pytest.mark.skipif(not (DATA / "small_series").is_dir(), reason="RECURRA_DATA has no small_series")
def test_small_series_of_the_data_folder():
    airline = read_series("airline")
    assert (airline.row_count, airline.clock.frequency, airline.target_names) == (
        144, "1mo", ("Passengers",),
    )  # fmt: skip
    assert airline.source == airline.name == "airline"
    assert read_series("lynx").clock.text(113) == "1934"
    shampoo = read_series("shampoo")
    assert (shampoo.row_count, shampoo.clock.season) == (36, 12)


@pytest.mark.skipif(not (DATA / "ett").is_dir(), reason="RECURRA_DATA has no ett")
def test_ett_has_its_published_split():
    dataset = load_series_dataset("ett-h1")
    assert dataset.split == (8640, 2880, 2880)
    assert (dataset.train.values.shape, dataset.train.targets) == ((17420, 7), 7)
    assert dataset.train.clock.text(8640) == "2017-06-26 00:00:00"
    digest = hashlib.sha256((DATA / "ett" / "ETTh1.csv").read_bytes()).hexdigest()
    assert series_catalogue.SERIES_DATASETS["ett-h1"].digest == f"sha256:{digest}"
    one = read_series("ett-h1", target="OT", past="HUFL")
    assert one.columns == ("OT", "HUFL")


@pytest.mark.skipif(not (DATA / "m4").is_dir(), reason="RECURRA_DATA has no m4")
def test_m4_hourly_reproduces_the_published_seasonal_naive():
    dataset = load_series_dataset("m4-hourly")
    train, test = dataset.train, dataset.test
    assert (len(train.ids), train.clock.season, dataset.horizon) == (414, 24, 48)
    np.testing.assert_array_equal(test.starts, train.lengths)
    errors = []
    for series in range(len(train.ids)):
        forecast = np.tile(train.rows(series)[-24:, 0], 2)
        truth = test.rows(series)[:, 0]
        errors.append((200 * np.abs(truth - forecast) / (np.abs(truth) + np.abs(forecast))).mean())
    assert round(float(np.mean(errors)), 3) == 13.912
