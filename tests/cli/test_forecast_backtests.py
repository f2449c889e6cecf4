"""`recurra backtest` and `recurra detect`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from command_line import command, write_days

from recurra.runtime import read_artifact
from recurra.tasks import TrainingState

COLUMNS = ("--time", "day", "--target", "sales")
SMALL = ("--epochs", 1, "--units", 4, "--lookback", 14)


def written(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(path).read_text())))


def test_a_backtest_trains_on_the_rows_before_the_windows(days):
    line = ("backtest", days, *COLUMNS, "--horizon", 3, *SMALL, "--windows", 4)
    record = command(*line, "--json").json
    assert (record["model"], record["horizon"], record["trainings"]) == ("gru", 3, 1)
    assert record["origins"] == ["2021-04-19", "2021-04-22", "2021-04-25", "2021-04-28"]
    assert record["metrics"]["windows"] == 4
    shown = command(*line)
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    assert lines[0].endswith("on 4 windows from 4 origins")
    starts = [" ".join(line.split("  ")[0].split()) for line in lines[2:6]]
    assert starts == ["forecast", "gru", "naive", "seasonal naive"]
    metrics = record["metrics"]
    assert lines[3].split()[1:] == [f"{metrics[key]:.4g}" for key in ("mase", "mae", "smape")]
    assert [line.split()[0] for line in lines[7:]] == ["1", "2", "3"]


def test_refitting_trains_before_every_window(days):
    line = ("backtest", days, *COLUMNS, "--horizon", 2, *SMALL, "--windows", 2, "--stride", 4)
    record = command(*line, "--refit", "--sliding", "--json").json
    assert (record["trainings"], record["refit"], record["sliding"]) == (2, True, True)
    assert record["origins"] == ["2021-04-25", "2021-04-29"]


def test_a_model_is_backtested_on_rows_it_has_not_seen(work, forecaster):
    source = forecaster.with_name("days.csv")
    record = command("backtest", forecaster, source, "--windows", 3, "--json").json
    assert (record["trainings"], record["metrics"]["windows"]) == (0, 6)
    said = command("backtest", forecaster, source, "--windows", 9)
    assert said.code == 2
    assert "the forecaster was trained on rows up to 2021-04-18" in said.err
    assert "(refit)" in said.err


def test_a_backtest_is_written_into_a_folder(work, forecaster):
    source = forecaster.with_name("days.csv")
    line = ("backtest", forecaster, source, "--windows", 2, "--out", "new/deep")
    record = command(*line, "--json").json
    assert json.loads(Path("new/deep/backtest.json").read_text()) == record
    rows = written("new/deep/backtest.csv")
    assert len(rows) == 2 * 2 * 3
    assert list(rows[0])[:5] == ["shop", "origin", "day", "step", "sales_actual"]
    assert Path("new/deep/backtest.png").read_bytes().startswith(b"\x89PNG")
    assert len(list(Path("new/deep").iterdir())) == 3


def spiked(path: Path) -> Path:
    """Write a regular series with one value that is far from the others."""
    lines = write_days(path).read_text().splitlines()
    lines[101] = f"{lines[101].partition(',')[0]},90"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_detect_trains_and_finds_the_odd_value(work):
    source = spiked(work / "odd.csv")
    line = ("detect", source, *COLUMNS, *SMALL, "--epochs", 8, "--learning-rate", 0.02)
    ended = command(*line, "--out", "all.csv")
    assert (ended.code, ended.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert list(rows[0]) == [
        "day", "target", "value", "expected", "lower", "upper", "score", "p_value"
    ]  # fmt: skip
    oddest = max(rows, key=lambda row: float(row["score"]))
    assert (oddest["day"], oddest["value"]) == ("2021-04-11", "90")
    judged = written("all.csv")
    assert len(judged) == 120 - 14
    assert [row["day"] for row in judged if row["anomaly"] == "true"] == [r["day"] for r in rows]


def test_detect_takes_a_model(work, forecaster):
    source = forecaster.with_name("days.csv")
    found = command("detect", source, "--model", forecaster, "--level", 0.9, "--json").json
    assert (found["trained"], found["level"], found["judged"]) == (None, 0.9, 2 * (120 - 14))
    assert found["found"] == len(found["anomalies"]) > 0
    fewer = command("detect", source, "--model", forecaster, "--level", 0.99, "--json").json
    assert fewer["found"] < found["found"]


def test_training_that_was_interrupted_goes_on_with_the_same_bits(days, monkeypatch):
    line = ("train", "forecast", days, *COLUMNS, "--horizon", 3, "--cell", "rnn", "--units", 4)
    train = (*line, "--lookback", 14, "--epochs", 6)
    assert command(*train, "-o", "whole.recurra").code == 0
    with monkeypatch.context() as patch:
        patch.setattr("recurra.cli.progress.TrainingProgress.epoch_ended", interrupt)
        ended = command(*train, "-o", "cut.recurra")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err == (
        "recurra: interrupted; the finished epochs are in cut.recurra.partial, "
        "go on with --resume\n"
    )
    assert not Path("cut.recurra").exists()
    other = command(*train, "-o", "cut.recurra", "--resume", "--dropout", 0.5)
    assert (other.code, other.out) == (1, "")
    assert "belongs to another run: " in other.err
    assert "dropout" in other.err
    assert other.err.count("\n") == 1
    resumed = command(*train, "-o", "cut.recurra", "--resume", "--json")
    assert (resumed.code, resumed.json["epochs"]) == (0, 6)
    digests = [
        read_artifact(name).manifest["files"]["weights.safetensors"]["sha256"]
        for name in ("whole.recurra", "cut.recurra")
    ]
    assert digests[0] == digests[1]
    assert not Path("cut.recurra.partial").exists()


def interrupt(progress: object, state: TrainingState, logs: object) -> None:
    """Press Ctrl-C at the end of the second epoch."""
    del progress, logs
    if state.epoch == 2:
        raise KeyboardInterrupt
