"""Comparisons are fair, honest about their rows, and the same when they are run again."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recurra
from recurra.errors import CheckpointError, DataError, UnknownNameError, UsageError
from recurra.sequences import UNK_ID
from recurra.study import CLASSIFIERS, ComparisonObserver, comparison, parse_cells
from recurra.study._text_reading import TextReading
from recurra.tasks import TrainingObserver

TIMES = (
    "training_seconds", "seconds_per_epoch", "prediction_milliseconds", "peak_memory_mb", "created",
)  # fmt: skip
OPTIONS: dict[str, Any] = {
    "cells": "dense,gru", "epochs": 2, "units": 4, "embedding": 4, "level": "word", "repeats": 2,
    "seed": 3, "max_length": 8, "batch_size": 16, "insight": False,
}  # fmt: skip


def labelled_texts(rows: int = 60) -> tuple[list[str], list[str]]:
    """Return texts of 8 words, one of a kind each, with labels that are mostly to be learnt."""
    generator = np.random.default_rng(0)
    texts, labels = [], []
    for row in range(rows):
        label = ("down", "up")[row % 2]
        noisy = label if generator.random() < 0.8 else "level"
        words = [f"number{row}", *generator.choice(["a", "b", "c"], 6), noisy]
        texts.append(" ".join(words))
        labels.append(label)
    return texts, labels


def timeless(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = copy.deepcopy(records)
    for record in kept:
        for name in TIMES:
            del record[name]
    return kept


class Watcher(ComparisonObserver):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.started: list[tuple[str, int]] = []
        self.ended: list[tuple[str, int]] = []
        self.epochs = 0

    def prepared(self, data: dict[str, Any], runs: int) -> None:
        self.data, self.runs = data, runs

    def run_started(self, name: str, repeat: int) -> list[TrainingObserver]:
        self.started.append((name, repeat))
        watcher = self

        class Counter(TrainingObserver):
            def epoch_ended(self, state: Any, logs: Any) -> None:
                watcher.epochs += 1

        return [Counter()]

    def run_ended(self, record: dict[str, Any], records: list[dict[str, Any]]) -> None:
        assert records[-1] is record
        self.ended.append((record["model"], record["repeat"]))


RUNS = [("linear", 0), ("dense", 0), ("dense", 1), ("gru", 0), ("gru", 1)]


@pytest.fixture(scope="module")
def watched() -> tuple[list[dict[str, Any]], Watcher, list[Any]]:
    """Records of one comparison, what its observer saw, and what each model was trained on."""
    prepared: list[Any] = []
    watcher = Watcher()
    with pytest.MonkeyPatch.context() as patch:
        fit = recurra.TextClassifier.fit_prepared

        def remember(self: Any, given: Any, settings: Any, **options: Any) -> Any:
            prepared.append((given, settings, self.seed))
            return fit(self, given, settings, **options)

        patch.setattr(recurra.TextClassifier, "fit_prepared", remember)
        records = recurra.compare(labelled_texts(), observer=watcher, **OPTIONS)
    return records, watcher, prepared


def test_the_linear_baseline_comes_first_and_every_run_once(watched):
    records, watcher, _ = watched
    assert [(record["model"], record["repeat"]) for record in records] == RUNS
    assert watcher.started == watcher.ended == RUNS
    assert (watcher.runs, watcher.epochs) == (5, 8)
    assert watcher.data == records[0]["data"]
    only_linear = recurra.compare(labelled_texts(), **{**OPTIONS, "cells": "dense", "repeats": 1})
    assert [record["model"] for record in only_linear] == ["linear", "dense"]


def test_every_network_has_the_same_rows_and_budget(watched):
    records, _, prepared = watched
    assert len({id(given) for given, _, _ in prepared}) == 1
    budgets = {
        json.dumps({**settings.to_dict(), "cell": "", "bidirectional": ""})
        for _, settings, _ in prepared
    }
    assert len(budgets) == 1
    assert [seed for _, _, seed in prepared] == [3, 4, 3, 4]
    for name in ("data", "training"):
        assert all(record[name] == records[0][name] for record in records)
    assert [record["seed"] for record in records] == [3, 3, 4, 3, 4]


def test_records_are_plain_json(watched):
    records, _, _ = watched
    assert json.loads(json.dumps(records, allow_nan=False)) == records


def test_the_same_seed_gives_the_same_records(watched):
    records, _, _ = watched
    again = recurra.compare(labelled_texts(), **OPTIONS)
    assert timeless(again) == timeless(records)


def test_repeats_start_from_other_weights(watched):
    records, _, _ = watched
    for first, second in ((1, 2), (3, 4)):
        assert records[first]["history"]["loss"] != records[second]["history"]["loss"]


def test_figures_belong_together(watched):
    records, _, _ = watched
    for record in records:
        matrix = np.array(record["confusion_matrix"])
        rows = record["data"]["rows"]
        assert rows == {"train": 43, "validation": 5, "test": 12}
        assert matrix.sum() == rows["test"]
        assert record["accuracy"] == pytest.approx(np.trace(matrix) / rows["test"])
        assert record["accuracy_in_order"] == pytest.approx(record["accuracy"])
        assert record["parameters"] > 0
        assert record["peak_memory_mb"] > 1
        assert record["prediction_milliseconds"] > 0
    assert records[0]["kernel"] == "scikit-learn"


def test_mistakes_are_mistakes_and_the_surest_come_first(watched):
    records, _, _ = watched
    truth = dict(zip(*labelled_texts(), strict=True))
    for record in records:
        mistakes = record["mistakes"]
        assert len(mistakes) == min(10, round((1 - record["accuracy"]) * 12))
        for mistake in mistakes:
            assert truth[mistake["text"]] == mistake["label"] != mistake["predicted"]
            assert 0.5 <= mistake["probability"] <= 1
        sure = [mistake["probability"] for mistake in mistakes]
        assert sure == sorted(sure, reverse=True)
    assert any(record["mistakes"] for record in records)


def split_of(source: Any, **options: Any) -> tuple[list[str], list[str], list[str]]:
    """Return the training, validation and test texts of a comparison."""
    found: list[Any] = []

    def run(setup: Any, *_: Any, **__: Any) -> list[Any]:
        found.append(texts_of(setup))
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "compare_reading", run)
        recurra.compare(source, **options)
    return found[0]


def texts_of(contest: Any) -> tuple[list[str], list[str], list[str]]:
    train = list(contest.train.iter_texts())
    return (
        [train[row] for row in contest.prepared.train],
        [train[row] for row in contest.prepared.validation],
        list(contest.test.iter_texts()),
    )


def test_no_row_is_in_two_parts_and_none_is_lost():
    texts, labels = labelled_texts(200)
    parts = split_of((texts, labels), seed=1)
    assert sorted(text for part in parts for text in part) == sorted(texts)  # all are different
    assert [len(part) for part in parts] == [144, 16, 40]
    label_of = dict(zip(texts, labels, strict=True))
    for part in parts:
        assert [label_of[text] for text in part].count("up") == len(part) / 2
    assert split_of((texts, labels), seed=2)[2] != parts[2]


def test_the_encoder_knows_training_words_alone(watched):
    _, _, prepared = watched
    given = prepared[0][0]
    texts, _ = labelled_texts()
    known = [UNK_ID not in given.encoder.encode([text.split()[0]])[0] for text in texts]
    assert sum(known) == len(given.train) == 43


def test_a_dataset_with_its_own_test_rows_is_measured_on_them(tmp_path, monkeypatch):
    folder = tmp_path / "imdb"
    folder.mkdir()
    texts, labels = labelled_texts(60)
    for part, rows in (("train", slice(0, 40)), ("test", slice(40, 60))):
        lines = [
            json.dumps({"text": text, "label": int(label == "up")})
            for text, label in zip(texts[rows], labels[rows], strict=True)
        ]
        (folder / f"{part}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    monkeypatch.setenv("RECURRA_DATA", str(tmp_path))
    train, validation, test = split_of("imdb")
    assert test == texts[40:]
    assert sorted(train + validation) == sorted(texts[:40])
    (record,) = recurra.compare("imdb", cells="dense", epochs=1, units=2)[:1]
    assert record["data"]["test_is_official"]
    assert record["data"]["rows"] == {"train": 36, "validation": 4, "test": 20}
    assert record["classes"] == ["negative", "positive"]


def test_what_is_finished_is_kept_and_not_trained(watched, monkeypatch):
    records, _, _ = watched
    watcher = Watcher()
    finished = json.loads(json.dumps([records[3], records[0], records[1]]))
    finished[0]["accuracy"] = 0.123
    rest = recurra.compare(labelled_texts(), observer=watcher, finished=finished, **OPTIONS)
    assert watcher.started == [("dense", 1), ("gru", 1)]
    assert watcher.ended == RUNS
    assert rest[3]["accuracy"] == 0.123
    assert timeless([rest[2], rest[4]]) == timeless([records[2], records[4]])

    def fail(*_: object) -> None:
        pytest.fail("trained again")

    monkeypatch.setattr(TextReading, "fit_network", fail)
    monkeypatch.setattr(TextReading, "fit_baseline", fail)
    assert recurra.compare(labelled_texts(), finished=records, **OPTIONS) == records


@pytest.mark.parametrize(
    ("changed", "odd"),
    [
        ({"units": 5}, "units"),
        ({"epochs": 3}, "epochs"),
        ({"learning_rate": 0.5}, "learning_rate"),
        ({"seed": 4}, "data, seed"),
    ],
)
def test_records_of_another_comparison_are_refused(watched, changed, odd):
    records, _, _ = watched
    with pytest.raises(CheckpointError, match=f"another comparison: {odd} differ; give the same"):
        recurra.compare(labelled_texts(), finished=records, **{**OPTIONS, **changed})


def test_records_of_other_labels_are_refused(watched):
    records, _, _ = watched
    texts, labels = labelled_texts()
    with pytest.raises(CheckpointError, match="another comparison: data differ"):
        recurra.compare((texts, labels[::-1]), finished=records, **OPTIONS)


def settings_of(**options: Any) -> dict[str, dict[str, Any]]:
    """Return the settings that each network of a comparison would be trained with."""
    seen: dict[str, dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch:

        def remember(self: Any, prepared: Any, settings: Any, **_: Any) -> None:
            assert prepared.inputs.ngrams is None
            seen[str(len(seen))] = settings.to_dict()
            raise KeyboardInterrupt

        patch.setattr(recurra.TextClassifier, "fit_prepared", remember)
        for name in CLASSIFIERS:
            with pytest.raises(KeyboardInterrupt):
                recurra.compare(labelled_texts(), cells=name, **options)
            seen[name] = seen.pop(str(len(seen) - 1))
    return seen


def test_a_preset_gives_no_network_what_its_name_does_not_say():
    for name, settings in settings_of(preset="accurate", level="word").items():
        assert settings["ngram_orders"] == []
        assert settings["bidirectional"] == name.startswith("bi")
        assert settings["cell"] == name.removeprefix("bi")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeats": 0}, "repeats must be 1 or more, not 0"),
        ({"ngram_orders": (1, 2)}, "n-grams would give every network word order"),
        ({"cell": "gru"}, "cells says what to compare; leave out cell"),
        ({"bidirectional": True}, "cells says what to compare; leave out bidirectional"),
        ({"units": 0}, "units must be an integer from 1"),
        ({"cells": []}, "name each cell to compare once, not none"),
    ],
)
def test_options_that_cannot_be_are_refused_before_reading(options, message):
    with pytest.raises(UsageError, match=message):
        recurra.compare("no-such-file.csv", **options)


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown cell 'bilsm'; did you mean 'bilstm'"):
        recurra.compare("no-such-file.csv", cells=("gru", "bilsm"))
    with pytest.raises(UnknownNameError, match="unknown preset 'fats'; did you mean 'fast'"):
        recurra.compare("no-such-file.csv", preset="fats")


def test_cells_are_read_from_one_string_or_many():
    assert parse_cells(" GRU, lstm ") == parse_cells(["gru", "LSTM"]) == ("gru", "lstm")


@pytest.mark.parametrize("labels", [["x"] * 6, ["a", "b", "c", "d", "e", "f"]])
def test_rows_that_do_not_suffice_are_refused(labels):
    with pytest.raises(DataError):
        recurra.compare(([f"text {n}" for n in range(6)], labels))


def test_few_rows_without_a_common_word_are_compared():
    texts = [f"one{n} two{n}" for n in range(12)]
    records = recurra.compare(
        (texts, ["x", "y"] * 6), cells="dense", epochs=1, units=2, level="word"
    )
    assert [record["model"] for record in records] == ["linear", "dense"]


def test_lone_surrogates_reach_results_json_and_come_back(tmp_path: Path):
    path = tmp_path / "results.json"
    records = [{"mistakes": [{"text": "a \ud800 film \u00e9"}]}]
    from recurra.study import write_results

    write_results(records, path)
    assert json.loads(path.read_text(encoding="utf-8")) == records
    assert "é" in path.read_text(encoding="utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["results.json"]
