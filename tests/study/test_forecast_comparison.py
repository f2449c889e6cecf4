"""Comparisons of forecasters are fair, and the same when they are run again."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

import recurra
from recurra.errors import CheckpointError, DataError, UnknownNameError, UsageError
from recurra.sequences import SeriesTable
from recurra.study import ComparisonObserver, forecast_comparison, parse_forecasters
from recurra.tasks import TrainingObserver

TIMES = (
    "training_seconds", "seconds_per_epoch", "prediction_milliseconds", "peak_memory_mb", "created",
)  # fmt: skip
OPTIONS: dict[str, Any] = {
    "horizon": 4, "cells": "rnn", "epochs": 2, "units": 4, "lookback": 8, "season": 6, "seed": 3,
    "batch_size": 16, "repeats": 2,
}  # fmt: skip
RUNS = [("naive", 0), ("snaive", 0), ("linear", 0), ("rnn", 0), ("rnn", 1)]


def waves(series: int = 2, rows: int = 90, known: tuple[str, ...] = ()) -> SeriesTable:
    """Return noisy waves with a period of 6 steps, one target and maybe a covariate."""
    generator = np.random.default_rng(0)
    steps = np.arange(series * rows)
    values = 10 + np.sin(2 * np.pi * steps / 6) + 0.2 * generator.normal(size=len(steps))
    columns = np.stack([values, *(generator.normal(size=len(steps)) for _ in known)], axis=1)
    return SeriesTable.from_arrays(
        columns,
        targets=("load",),
        known=known,
        ids=[f"s{n}" for n in range(series)],
        offsets=np.arange(series + 1) * rows,
    )


def timeless(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = copy.deepcopy(records)
    for record in kept:
        for name in TIMES:
            del record[name]
    return kept


class Watcher(ComparisonObserver):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, int]] = []
        self.started: list[tuple[str, int]] = []

    def prepared(self, data: dict[str, Any], runs: int) -> None:
        self.data, self.runs = data, runs

    def run_started(self, name: str, repeat: int) -> list[TrainingObserver]:
        self.started.append((name, repeat))
        return []

    def run_ended(self, record: dict[str, Any], records: list[dict[str, Any]]) -> None:
        assert records[-1] is record
        self.ended.append((record["model"], record["repeat"]))


@pytest.fixture(scope="module")
def watched() -> tuple[list[dict[str, Any]], Watcher]:
    watcher = Watcher()
    return recurra.compare_forecasts(waves(), observer=watcher, **OPTIONS), watcher


def test_the_baselines_come_first_and_every_run_once(watched):
    records, watcher = watched
    assert [(record["model"], record["repeat"]) for record in records] == RUNS
    assert watcher.started == watcher.ended == RUNS
    assert watcher.runs == 5
    assert watcher.data == records[0]["data"]


def test_records_are_plain_json(watched):
    records, _ = watched
    assert json.loads(json.dumps(records, allow_nan=False)) == records


def test_every_model_is_measured_on_the_same_windows(watched):
    records, _ = watched
    for record in records:
        metrics = record["metrics"]
        assert metrics["windows"] == record["data"]["windows"]["test"] == 2 * (9 - 4 + 1)
        assert record["data"] == records[0]["data"]
        assert {len(values) for values in metrics["by_step"].values()} == {4}
        assert metrics["nominal"] == 0.8
        assert 0 <= metrics["coverage"] <= 1
        settings = record["training"]["preset_settings"]
        assert (settings["lookback"], settings["season"]) == (8, 6)
    assert [record["seed"] for record in records] == [3, 3, 3, 3, 4]
    assert [record["kernel"] == "numpy" for record in records] == [True] * 3 + [False] * 2


def test_the_naive_forecasts_are_those_of_the_forecaster(watched):
    from recurra import Forecaster

    records, _ = watched
    options = {k: v for k, v in OPTIONS.items() if k not in ("cells", "repeats")}
    own = Forecaster(model="rnn", **options).fit(waves()).metrics_
    for name, place in (("naive", 0), ("seasonal_naive", 1)):
        for figure in ("mse", "mae", "smape", "mase", "mae_scaled"):
            assert records[place]["metrics"][figure] == pytest.approx(
                own["baselines"][name][figure]
            )
    assert records[3]["metrics"]["mae"] == pytest.approx(own["mae"])


def test_repeats_start_from_other_weights(watched):
    records, _ = watched
    assert records[3]["history"]["loss"] != records[4]["history"]["loss"]


def test_skill_is_the_ratio_of_errors_on_the_training_scale(watched):
    records, _ = watched
    errors = {record["model"]: record["metrics"]["mae_scaled"] for record in records[:3]}
    for record in records:
        for name, error in errors.items():
            own = record["metrics"]["mae_scaled"]
            assert record["skill"][name] == pytest.approx(1 - own / error)


def test_the_linear_map_finds_a_linear_recurrence():
    steps = np.arange(120)
    table = SeriesTable.from_arrays(
        5 + np.sin(2 * np.pi * steps / 9) + 0.5 * np.cos(2 * np.pi * steps / 5), targets=("x",)
    )
    records = recurra.compare_forecasts(table, horizon=3, cells="linear", lookback=12, test=20)
    assert records[2]["specification"]["normalization"] == "last"
    assert records[2]["parameters"] == 12 * 3 + 3
    assert records[2]["metrics"]["mae"] < 0.02 < records[0]["metrics"]["mae"]


def test_examples_hold_what_came(watched):
    records, _ = watched
    table = waves()
    for record in records:
        assert [one["series"] for one in record["examples"]] == ["s0", "s1"]
        for one in record["examples"]:
            rows = table.rows(int(one["series"][1:]))[:, 0]
            first = int(one["times"][0])
            np.testing.assert_allclose(one["actual"], rows[first : first + 4], rtol=1e-5)
            assert one["times"] == [str(first + n) for n in range(4)]
            past = [int(time) for time in one["history_times"]]
            assert past == list(range(first - len(past), first))
            np.testing.assert_allclose(one["history"], rows[past], rtol=1e-5)
            assert all(np.array(one["low"]) <= np.array(one["forecast"]))
            assert all(np.array(one["high"]) >= np.array(one["forecast"]))
    assert records[0]["examples"][0]["forecast"] == [records[0]["examples"][0]["history"][-1]] * 4


def test_point_forecasts_have_no_intervals():
    options = {**OPTIONS, "cells": "naive", "quantiles": ()}
    for record in recurra.compare_forecasts(waves(), **options):
        assert record["metrics"]["coverage"] is None
        assert record["examples"][0]["low"] is None


def test_what_is_finished_is_not_done_again(watched, monkeypatch):
    records, _ = watched

    def fail(*_: object) -> None:
        pytest.fail("measured again")

    for name in ("_measure_network", "_measure_baseline"):
        monkeypatch.setattr(forecast_comparison, name, fail)
    assert recurra.compare_forecasts(waves(), finished=records, **OPTIONS) == records
    for changed in ({"seed": 4}, {"epochs": 3}, {"units": 5}, {"lookback": 9}, {"season": 5}):
        (name,) = changed
        with pytest.raises(CheckpointError, match=f"of another comparison: .*{name}.* differ"):
            recurra.compare_forecasts(waves(), finished=records, **{**OPTIONS, **changed})
    with pytest.raises(CheckpointError, match="data differ"):
        recurra.compare_forecasts(waves(rows=91), finished=records, **OPTIONS)


def test_an_interrupted_comparison_ends_as_it_would_have(watched):
    records, _ = watched
    ended = recurra.compare_forecasts(waves(), finished=records[:4], **OPTIONS)
    assert ended[:4] == records[:4]
    assert timeless(ended) == timeless(records)


def test_cells_are_checked():
    assert parse_forecasters("gru,linear") == ("naive", "snaive", "linear", "gru")
    with pytest.raises(UnknownNameError, match="unknown cell 'segrn'; did you mean 'segrnn'"):
        parse_forecasters("segrn")
    with pytest.raises(UsageError, match="name each cell to compare once"):
        parse_forecasters(["gru", "gru"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeats": 0}, "repeats must be 1 or more"),
        ({"seed": -1}, "seed must be a whole number from 0 up"),
        ({"attention": "dot"}, "leave out attention"),
        ({"test": 0}, "test must be above 0"),
        ({"dropout": 2.0}, "dropout"),
    ],
)
def test_calls_that_cannot_be_run_are_refused_before_reading(options, message):
    with pytest.raises(UsageError, match=message):
        recurra.compare_forecasts("no-such-file.csv", horizon=3, **options)


def test_segrnn_is_left_out_where_there_are_covariates():
    table = waves(known=("temperature",))
    with pytest.raises(UsageError, match="segrnn reads no covariates"):
        recurra.compare_forecasts(table, horizon=4, cells="segrnn")
    chosen = forecast_comparison._without_misfits(("naive", "segrnn", "gru"), table, asked=False)
    assert chosen == ("naive", "gru")


def test_a_test_part_without_a_window_is_refused():
    with pytest.raises(DataError, match="no series has 4 observed steps in its test part"):
        recurra.compare_forecasts(waves(), horizon=4, test=3, cells="naive")
