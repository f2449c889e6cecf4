"""`recurra compare --task forecast` and `recurra demo forecast`."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import pytest
from command_line import command

CELLS = ("--cells", "rnn")
OPTIONS = ("--task", "forecast", "--horizon", 3, "--time", "day", "--target", "sales", *CELLS)
SMALL = ("--epochs", 1, "--units", 4, "--lookback", 7)


def write_series(path: Path, rows: int = 80) -> Path:
    days = (dt.date(2021, 1, 1) + dt.timedelta(days=n) for n in range(rows))
    lines = [
        f"{day},{10 + 3 * math.sin(n / 7 * 2 * math.pi) + n % 3}" for n, day in enumerate(days)
    ]
    path.write_text("\n".join(["day,sales", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    source = write_series(folder / "sales.csv")
    ended = command("compare", source, *OPTIONS, *SMALL, "--out", folder / "a/b", "--json")
    assert (ended.code, ended.err) == (0, "")
    return folder, ended.json


def test_results_report_and_pictures_are_written(compared):
    folder, records = compared
    assert json.loads((folder / "a/b/results.json").read_text()) == records
    assert [record["model"] for record in records] == ["naive", "snaive", "linear", "rnn"]
    assert records[3]["training"]["preset_settings"]["season"] == 7
    files = {path.name for path in (folder / "a/b").iterdir()}
    assert {"results.json", "report.html", "errors.png", "forecasts.png", "steps.png"} <= files
    assert "Forecasts of sales" in (folder / "a/b/report.html").read_text()


def test_what_is_finished_is_not_trained_again(compared):
    folder, records = compared
    arguments = ("compare", folder / "sales.csv", *OPTIONS, *SMALL, "--out", folder / "a/b")
    again = command(*arguments, "--resume")
    assert (again.code, again.err) == (0, "")
    assert json.loads((folder / "a/b/results.json").read_text()) == records
    for words in ("MASE", "SimpleRNN", "Seasonal naive *", f"report: {folder}/a/b/report.html"):
        assert words in again.out
    assert max(map(len, again.out.splitlines()[:-1])) <= 80
    other = command(*arguments, "--season", 5, "--resume")
    assert (other.code, other.out) == (1, "")
    assert "season differ" in other.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("--horizon", 3),
            "--horizon is of --task forecast; leave it out, or give --task forecast",
        ),
        (
            ("--freq", "1d", "--season", 7),
            "--freq, --season are of --task forecast; leave them out, or give --task forecast",
        ),
        (("--task", "forecast", "--text", "a", "--horizon", 3), "--text is of --task classify"),
        (("--task", "forecast"), "say how many steps to forecast: --horizon H"),
        (("--task", "forcast"), "unknown task 'forcast'; did you mean 'forecast'?"),
        ((*OPTIONS, "--cells", "lsmt"), "unknown cell 'lsmt'; did you mean 'lstm'?"),
        ((*OPTIONS, "--target", "sale"), "unknown column 'sale'; did you mean 'sales'?"),
        ((*OPTIONS, "--quantiles", "0.1,x"), "--quantiles takes levels with commas"),
        ((*OPTIONS, "--test", "x"), "--test takes a number of rows or a share"),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(work, arguments, expected):
    source = write_series(work / "sales.csv")
    ended = command("compare", source, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("recurra: ")
    assert ended.err.count("\n") == 1
    assert expected in ended.err
    assert [path.name for path in work.iterdir()] == ["sales.csv"]


def test_a_broken_series_is_refused_with_its_time(work):
    source = write_series(work / "sales.csv")
    lines = source.read_text().splitlines()
    source.write_text("\n".join([*lines[:20], *lines[30:]]))
    ended = command("compare", source, *OPTIONS, "--out", "new")
    assert (ended.code, ended.out) == (1, "")
    assert "line 21 (2021-01-30)" in ended.err
    assert not Path("new").exists()


def test_an_interruption_says_how_to_go_on(work, monkeypatch):
    from recurra.study import forecast_comparison

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(forecast_comparison, "_measure_network", interrupt)
    source = write_series(work / "sales.csv")
    ended = command("compare", source, *OPTIONS, *SMALL, "--out", "out")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err == (
        "recurra: interrupted; the finished trainings are in out/results.json, "
        "go on with --resume\n"
    )
    assert len(json.loads(Path("out/results.json").read_text())) == 3


def test_the_demo_runs_offline_and_writes_a_report(work, monkeypatch):
    pytest.importorskip("statsmodels")
    from recurra.cli import compare

    monkeypatch.setitem(
        compare._DEMOS, "forecast", ("elnino", {"horizon": 12, "cells": "naive", "test": 30})
    )
    ended = command("demo", "forecast", "--out", "out")
    assert (ended.code, ended.err) == (0, "")
    assert "report: out/report.html" in ended.out
    assert Path("out/report.html").is_file()
    wrong = command("demo", "sing")
    assert (wrong.code, wrong.out) == (2, "")
    assert "unknown task 'sing'" in wrong.err
