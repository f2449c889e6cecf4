"""Comparisons over series, sound and numbers: the same contest as for texts, read another way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recurra.errors import CheckpointError, UnknownNameError, UsageError
from recurra.report.results import check_results
from recurra.study import compare_regressors, compare_series, compare_sounds
from recurra.study.sequences import _reading, comparison
from recurra.study.sequences.summary import summarise_regressors
from recurra.study.sequences.verdict import regression_verdict
from recurra.study.summary import summarise
from recurra.study.verdict import verdict
from recurra.tasks.comparable_sequences import labelled_collection

SMALL: dict[str, Any] = {"epochs": 1, "units": 3, "seed": 2}


def ordered_sequences(rows: int = 60) -> tuple[list[Any], list[str], list[float]]:
    """Return sequences of two channels whose class is the order of a hill and a dip."""
    generator = np.random.default_rng(4)
    sequences, labels, numbers = [], [], []
    for row in range(rows):
        length = int(generator.integers(8, 12))
        values = generator.normal(0, 0.1, (length, 2)).astype(np.float32)
        first, second = sorted(generator.choice(length, 2, replace=False))
        sign = 1 if row % 2 else -1
        values[first, 0] += sign
        values[second, 0] -= sign
        sequences.append(values)
        labels.append("up" if sign > 0 else "down")
        numbers.append(float(values[:, 1].mean()))
    return sequences, labels, numbers


@pytest.fixture(scope="module")
def of_series() -> list[dict[str, Any]]:
    sequences, labels, _ = ordered_sequences()
    return compare_series((sequences, labels), cells="dense,gru", repeats=1, **SMALL)


def test_baselines_come_first_and_every_record_is_json(of_series):
    names = [record["model"] for record in of_series]
    assert names[0] == "linear"
    assert names[-2:] == ["dense", "gru"]
    assert {record["task"] for record in of_series} == {"series"}
    assert json.loads(json.dumps(of_series)) == of_series
    check_results(of_series)


def test_every_model_answers_the_same_held_out_rows(of_series):
    rows = of_series[0]["data"]["rows"]
    assert rows == {"train": 48, "validation": 0, "test": 12}
    for record in of_series:
        assert sum(map(sum, record["confusion_matrix"])) == 12
        assert record["data"] == of_series[0]["data"]


def test_a_network_without_order_loses_nothing_when_steps_are_shuffled(of_series):
    dense = next(record for record in of_series if record["model"] == "dense")
    assert dense["accuracy_shuffled"] == dense["accuracy_in_order"] == dense["accuracy"]


def test_records_hold_what_is_drawn(of_series):
    for example in of_series[0]["data"]["examples"]:
        assert len(example["values"]) == 2
        assert 8 <= len(example["values"][0]) <= 12
    gru = of_series[-1]["insight"]
    assert len(gru["example"]["values"]) == 2
    assert len(gru["example"]["steps"]) == len(gru["attribution"]["scores"])
    assert gru["memory"]["length"] >= 8
    assert "negation" not in gru


def test_finished_trainings_are_kept_and_those_of_other_data_refused(of_series, monkeypatch):
    def fail(*_: object) -> None:
        pytest.fail("trained again")

    monkeypatch.setattr(_reading.SeriesReading, "fit_network", fail)
    monkeypatch.setattr(_reading.SeriesReading, "fit_baseline", fail)
    sequences, labels, _ = ordered_sequences()
    again = compare_series((sequences, labels), cells="dense,gru", finished=of_series, **SMALL)
    assert again == of_series
    sequences[0] = sequences[0] + 1
    with pytest.raises(CheckpointError, match="another comparison: data differ"):
        compare_series((sequences, labels), cells="dense,gru", finished=of_series, **SMALL)


def test_sentences_speak_of_steps_and_name_the_strongest_baseline(of_series):
    from recurra.study.units import SEQUENCES

    said = str(verdict(summarise(of_series), SEQUENCES))
    assert "the order of the steps" in said
    assert "what other test sequences would change" in said
    assert "token" not in said
    assert "text" not in said


def test_wrong_options_are_found_before_data_are_read():
    for options, message in (
        ({"cells": "gru", "bidirectional": True}, "cells says what to compare"),
        ({"repeats": 0}, "repeats must be 1 or more"),
        ({"test_share": 1.0}, "a share between 0 and 1"),
    ):
        with pytest.raises(UsageError, match=message):
            compare_series("no such file", **options)
    with pytest.raises(UnknownNameError, match="unknown cell 'grue'"):
        compare_regressors("no such file", cells="grue")


def test_no_group_is_in_two_parts_of_a_table(tmp_path: Path):
    sequences, labels, _ = ordered_sequences(20)
    lines = ["id,machine,label,a"]
    for row, (values, label) in enumerate(zip(sequences, labels, strict=True)):
        lines += [f"{row},m{row // 5},{label},{value:.4f}" for value in values[:, 0]]
    table = tmp_path / "steps.csv"
    table.write_text("\n".join(lines))
    reading = {"series_id": "id", "label": "label", "group": "machine", "values": ("a",)}
    split = comparison._open(str(table), labelled_collection, None, 0.25, 0, reading)
    parts = [set(part.groups or ()) for part in (split.train, split.test)]
    assert parts[0] | parts[1] == {"m0", "m1", "m2", "m3"}
    assert not parts[0] & parts[1]
    assert split.test.classes.tolist() == ["down", "up"]


def test_regressors_stand_beside_the_mean_and_ridge_regression():
    sequences, _, numbers = ordered_sequences()
    records = compare_regressors((sequences, numbers), cells="gru", insight=False, **SMALL)
    check_results(records)
    assert [record["model"] for record in records] == ["mean", "linear", "gru"]
    mean, linear, gru = records
    assert gru["rmse"] < 2 * mean["rmse"]  # in the numbers' own unit
    true = np.array(mean["pairs"])[:, 0]
    assert mean["rmse"] == pytest.approx(mean["baseline_rmse"])
    assert mean["rmse"] == pytest.approx(
        float(np.sqrt(np.square(true - mean["pairs"][0][1]).mean())), rel=1e-4
    )
    assert linear["rmse"] < 0.01 * mean["rmse"]  # the mean of a channel is one of its statistics
    low, high = linear["rmse_interval"]
    assert low <= linear["rmse"] <= high
    summaries = summarise_regressors(records)
    assert summaries[0].model == "linear"
    said = regression_verdict(summaries)
    assert "Linear statistics leads with a root mean squared error" in said.headline
    assert "above the best baseline, Linear statistics" in str(said)


def test_sounds_are_compared_by_the_features_that_all_share(tmp_path: Path):
    wave = pytest.importorskip("soundfile")
    generator = np.random.default_rng(1)
    time = np.arange(1600) / 8000
    for row in range(20):
        pitch = (300, 900)[row % 2]
        samples = 0.3 * np.sin(2 * np.pi * pitch * time) + generator.normal(0, 0.01, len(time))
        wave.write(tmp_path / f"{('low', 'high')[row % 2]}_{row}.wav", samples, 8000)
    records = compare_sounds(
        tmp_path, pattern="{label}_{take}.wav", cells="gru", insight=False, **SMALL
    )
    check_results(records)
    assert {record["task"] for record in records} == {"audio"}
    assert records[0]["accuracy"] == 1.0
    data = records[0]["data"]
    assert (data["rate"], data["rows"]["test"]) == (8000, 4)
    assert data["frame_seconds"] == pytest.approx(0.01)
