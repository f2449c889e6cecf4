"""`train forecast`, `predict`, `evaluate`, `export` and `info` of forecasters."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import pty
from pathlib import Path
from zoneinfo import ZoneInfo

import keras
import numpy as np
import polars as pl
import pytest
from command_line import command, process, write_days
from tensorboard_events import read_scalars

from recurra import Forecaster, load_predictor
from recurra.cli.columns import column_records, write_columns
from recurra.runtime import ForecastPredictor, read_artifact

COLUMNS = ("--time", "day", "--target", "sales", "--horizon", 3)
SMALL = ("--epochs", 1, "--units", 4, "--lookback", 14)
FIGURES = {"mse", "mae", "rmse", "smape", "mase", "pinball", "coverage", "width"}
FIGURES |= {"mse_scaled", "mae_scaled", "skill", "windows", "by_step", "by_target", "baselines"}


def train(source: object, *options: object) -> dict[str, object]:
    """Train, and return the JSON; nothing else may have been printed or left behind."""
    line = ("train", "forecast", source, "-o", "m.recurra", *SMALL, *options)
    ended = command(*line, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert not list(Path().glob("*.partial"))
    assert not list(Path().glob(".*"))
    return ended.json


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_training_prints_the_figures_that_are_in_the_file(days):
    printed = train(days, *COLUMNS, "--tensorboard", "logs", "--seed", 3)
    manifest = read_artifact("m.recurra").manifest
    assert printed["metrics"] == manifest["metrics"]
    assert printed["metrics"].keys() >= FIGURES
    assert (printed["model"], printed["path"], printed["seed"]) == ("gru", "m.recurra", 3)
    assert printed["data"]["rows"] == {"train": 90, "validation": 18, "test": 12}
    assert read_scalars(Path("logs"))["loss/train"] == pytest.approx(
        dict(enumerate(printed["history"]["loss"], 1))
    )


def test_training_in_words_says_figures_skill_and_path(days):
    ended = command("train", "forecast", days, "-o", "m.recurra", *COLUMNS, *SMALL)
    assert (ended.code, ended.err) == (0, "")
    first, second, last = ended.out.splitlines()
    assert first.startswith("MASE ")
    assert all(word in first for word in (" MAE ", " sMAPE ", " of nominal 80%"))
    assert first.endswith("on 10 windows of the test rows")
    assert second.startswith("skill ")
    metrics = read_artifact("m.recurra").manifest["metrics"]
    worse = metrics["mase"] >= metrics["baselines"]["seasonal_naive"]["mase"]
    assert ("NOT better than the seasonal naive forecast (MASE " in second) == worse
    assert last == "saved m.recurra"


def test_without_test_rows_nothing_is_measured_and_that_is_said(days):
    ended = command("train", "forecast", days, "-o", "m.recurra", *COLUMNS, *SMALL, "--test", 0)
    assert (ended.code, ended.err) == (0, "")
    first, last = ended.out.splitlines()
    assert first.startswith("no test rows, so nothing is measured")
    assert last == "saved m.recurra"


@pytest.fixture
def parameters(monkeypatch) -> dict[str, object]:
    """What a forecaster is made with, filled in by the next training, which does nothing."""
    found: dict[str, object] = {}

    def note(source: str, output: Path, settings: dict[str, object], **_: object) -> object:
        found.update(Forecaster(**settings).get_params(deep=False))
        return {"metrics": {}, "path": str(output)}

    monkeypatch.setattr("recurra.cli.forecasting.train_forecaster", note)
    return found


def test_every_option_reaches_the_forecaster(days, parameters):
    given = {
        "time": "t", "target": "a,b", "horizon": 4, "known": "promo", "past": "wind",
        "static": "size", "series_id": "id", "time_zone": "UTC", "model": "seq2seq",
        "cell": "rnn", "layers": 2, "strategy": "direct", "season": 7, "normalization": "last",
        "scaling": "minmax", "transform": "none", "missing": "mask", "dropout": 0.1,
        "recurrent_dropout": 0.1, "head_dropout": 0.2, "validation": 20, "test": 0.1,
        "batch_size": 16, "learning_rate": 0.01, "patience": 2, "kernels": "keras",
        "preset": "accurate", "epochs": 1, "lookback": 8, "seed": 4, "segment": 4,
        "loss": "pinball", "epoch_windows": 99, "time_format": "%d", "decimal": ",",
    }  # fmt: skip
    line = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    line += ["--units", "5,4", "--attention", "none", "--quantiles", "0.25,0.5,0.75"]
    line += ["--no-calendar", "--residual", "--no-skip", "--bidirectional", "--freq", "1h"]
    assert command("train", "forecast", days, "-o", "m.recurra", *line).code == 0
    given |= {"units": (5, 4), "attention": "", "quantiles": (0.25, 0.5, 0.75)}
    given |= {"calendar": False, "residual": True, "skip": False, "bidirectional": True}
    assert {name: parameters[name] for name in given} == given
    assert parameters["frequency"] == "1h"
    others = {"averaging", "checkpoint", "resume", "verbose", "frequency", "watch_gradients"}
    assert parameters.keys() == given.keys() | others


def test_what_is_left_out_is_left_to_the_forecaster(days, parameters):
    plain = Forecaster(3).get_params(deep=False)
    for more in ((), ("--lookback", "auto")):
        assert (
            command("train", "forecast", days, "-o", "m.recurra", "--horizon", 3, *more).code == 0
        )
        assert parameters == plain
    line = ("--horizon", 3, "--quantiles", "none", "--loss", "mse")
    command("train", "forecast", days, "-o", "m.recurra", *line)
    assert (parameters["quantiles"], parameters["loss"]) == ((), "mse")


def test_a_named_dataset_needs_no_columns_and_a_file_of_it_is_understood(work):
    train("nile", "--horizon", 2)
    lines = [f"{year},{1000 + year % 7}" for year in range(1900, 1950)]
    Path("new.csv").write_text("\n".join(["year,volume", *lines]) + "\n")
    rows = table(command("predict", "m.recurra", "new.csv").out)
    assert [row["year"] for row in rows] == ["1950", "1951"]


def test_predicting_continues_every_series_after_the_training(work, forecaster):
    ended = command("predict", forecaster)
    assert (ended.code, ended.err) == (0, "")
    rows = table(ended.out)
    assert list(rows[0]) == ["shop", "day", "sales", "sales_0.1", "sales_0.9"]
    assert [(row["shop"], row["day"]) for row in rows] == [
        (shop, day)
        for shop in ("north", "south")
        for day in ("2021-05-01", "2021-05-02", "2021-05-03")
    ]
    expected = load_predictor(forecaster).forecast().point.ravel()
    np.testing.assert_allclose([float(row["sales"]) for row in rows], expected, rtol=1e-9)
    for row in rows:
        assert float(row["sales_0.1"]) <= float(row["sales"]) <= float(row["sales_0.9"])


def test_predicting_from_a_file_is_what_the_forecaster_says(work, forecaster):
    source = write_days(work / "new.csv", 60, shops=("south", "east"))
    rows = table(command("predict", forecaster, source, "--horizon", 5).out)
    assert [row["shop"] for row in rows] == ["south"] * 5 + ["east"] * 5
    assert (rows[0]["day"], rows[4]["day"]) == ("2021-03-02", "2021-03-06")
    frame = Forecaster.load(forecaster).predict(source, horizon=5)
    np.testing.assert_allclose([float(r["sales"]) for r in rows], frame["sales"], rtol=1e-5)
    assert (
        command("predict", forecaster, "--file", source, "--horizon", 5).out
        == command("predict", forecaster, source, "--horizon", 5).out
    )


def test_a_forecast_is_written_as_its_ending_says(work, forecaster):
    printed = command("predict", forecaster, "--json").json
    assert (printed["model"], printed["horizon"]) == (str(forecaster), 3)
    assert printed["quantiles"] == [0.1, 0.5, 0.9]
    for name in ("f.csv", "f.json", "f.parquet"):
        ended = command("predict", forecaster, "--out", name)
        assert (ended.code, ended.out, ended.err) == (0, f"saved {name}\n", "")
    assert Path("f.csv").read_text() == command("predict", forecaster).out
    frame = pl.read_parquet("f.parquet")
    assert frame.columns == list(printed["forecast"][0])
    assert frame["sales"].to_list() == [row["sales"] for row in printed["forecast"]]
    assert frame["day"].dtype == pl.Date
    assert pl.read_json("f.json")["sales"].to_list() == frame["sales"].to_list()
    assert sorted(path.name for path in work.iterdir()) == ["f.csv", "f.json", "f.parquet"]


def test_a_terminal_shows_a_table(work, forecaster):
    mine, its = pty.openpty()
    with process(
        "predict", forecaster, "--horizon", 40, stdout=its, env={"TERM": "dumb"}
    ) as running:
        os.close(its)
        seen = b""
        while b"more rows" not in seen:
            seen += os.read(mine, 65536)
        assert running.wait(60) == 0
    os.close(mine)
    lines = seen.decode().splitlines()
    assert lines[0].split() == ["shop", "day", "sales", "sales_0.1", "sales_0.9"]
    assert lines[-1] == "and 20 more rows; --out FILE writes all of them"


def test_a_loaded_forecaster_is_of_its_own_kind(forecaster, model):
    assert isinstance(load_predictor(forecaster), ForecastPredictor)
    assert not isinstance(load_predictor(model), ForecastPredictor)


def test_evaluating_measures_what_was_not_trained_on(work, forecaster):
    source = forecaster.with_name("days.csv")
    figures = command("evaluate", forecaster, source, "--json").json
    assert figures.keys() >= FIGURES
    assert (figures["source"], figures["windows"]) == (str(source), 20)
    own = read_artifact(forecaster).manifest["metrics"]
    assert figures["mase"] == pytest.approx(own["mase"], rel=1e-5)
    later = command("evaluate", forecaster, source, "--from", "2021-04-25", "--json").json
    assert later["windows"] == 8
    shown = command("evaluate", forecaster, source)
    assert (shown.code, shown.err) == (0, "")
    assert f"MASE {figures['mase']:.4g}" in shown.out
    assert [line.split()[0] for line in shown.out.splitlines()[2:]] == [
        "target", "sales", "MASE", "1", "2", "3"
    ]  # fmt: skip


def test_export_and_info_know_forecasters(work, forecaster):
    ended = command("export", forecaster, "-o", "m.keras")
    assert (ended.code, ended.out, ended.err) == (0, "saved m.keras\n", "")
    plain = keras.saving.load_model("m.keras", compile=False)
    assert plain.count_params() == read_artifact(forecaster).manifest["parameters"]
    loaded = Forecaster.load(forecaster)
    inputs = {
        name: np.random.default_rng(0).random((2, *shape), dtype=np.float32)
        for name, shape in loaded.specification_.inputs.items()
    }
    np.testing.assert_allclose(plain(inputs), loaded.model_(inputs), atol=1e-5)
    layers = command("info", forecaster, "--json").json["layers"]
    assert [layer["kind"] for layer in layers] == ["GRU"]


def test_pictures_of_forecasts_and_anomalies(work, forecaster):
    ended = command("predict", forecaster, "--plot", "f.png", "--out", "f.csv")
    assert (ended.code, ended.out) == (0, "saved f.csv\nsaved f.png\n")
    assert Path("f.png").read_bytes().startswith(b"\x89PNG")
    source = forecaster.with_name("days.csv")
    assert command("detect", source, "--model", forecaster, "--plot", "a.svg").code == 0
    assert Path("a.svg").read_text().startswith("<?xml")
    assert sorted(path.name for path in work.iterdir()) == ["a.svg", "f.csv", "f.png"]


def test_tables_write_missing_values_and_times_plainly(work):
    zone = ZoneInfo("Europe/Berlin")
    columns = {
        "day": [dt.date(2021, 5, 1), dt.date(2021, 5, 2)],
        "time": [dt.datetime(2021, 5, 1, 13, tzinfo=zone), dt.datetime(2021, 5, 2, tzinfo=zone)],
        "value": [0.1, float("nan")],
        "odd": [True, False],
        "name": ["a,b", "\udce9"],
    }
    write_columns(columns, Path("t.csv"))
    assert Path("t.csv").read_text().splitlines() == [
        "day,time,value,odd,name",
        '2021-05-01,2021-05-01 13:00:00+02:00,0.1,true,"a,b"',
        "2021-05-02,2021-05-02 00:00:00+02:00,,false,\\udce9",
    ]
    second = column_records(columns)[1]
    assert (second["day"], second["value"], second["odd"]) == ("2021-05-02", None, False)
