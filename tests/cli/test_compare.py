"""`recurra compare`: results, report, and going on after an interruption."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from command_line import SMALL, command, write_csv

import recurra
from recurra.cli import compare as module
from recurra.cli import running

CELLS = ("--cells", "dense,rnn")
OPTIONS = (*CELLS, *SMALL, "--max-length", "3")
TIMES = (
    "training_seconds", "seconds_per_epoch", "prediction_milliseconds", "peak_memory_mb", "created",
)  # fmt: skip


def timeless(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records without what differs from run to run."""
    kept = copy.deepcopy(records)
    for record in kept:
        for name in TIMES:
            del record[name]
    return kept


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("compare")
    source = write_csv(folder / "tiny.csv")
    ended = command("compare", source, *OPTIONS, "--repeats", 2, "--out", folder / "a/b", "--json")
    assert (ended.code, ended.err) == (0, "")
    return folder, ended.json


def test_json_is_what_results_json_holds(compared):
    folder, records = compared
    assert json.loads((folder / "a/b/results.json").read_text()) == records
    names = [(record["model"], record["repeat"]) for record in records]
    assert names == [("linear", 0), ("dense", 0), ("dense", 1), ("rnn", 0), ("rnn", 1)]


def test_python_returns_the_same_records(compared):
    folder, records = compared
    options = {"cells": "dense,rnn", "epochs": 1, "units": 8, "max_length": 3, "repeats": 2}
    returned = recurra.compare(str(folder / "tiny.csv"), **options)
    assert timeless(json.loads(json.dumps(returned))) == timeless(records)


def test_report_and_pictures_are_written(compared):
    folder, _ = compared
    files = {path.name for path in (folder / "a/b").iterdir()}
    assert {"results.json", "report.html"} <= files
    assert sum(name.endswith(".png") for name in files) >= 5
    assert all(name.endswith((".png", ".html", ".json")) for name in files)
    assert (folder / "a/b/report.html").stat().st_size < 3_000_000


def test_what_is_finished_is_not_trained_again(compared, tmp_path):
    folder, records = compared
    out = tmp_path / "out"
    out.mkdir()
    (out / "results.json").write_text(json.dumps(records[:3]))
    arguments = ("compare", folder / "tiny.csv", *OPTIONS, "--repeats", 2, "--out", out, "--resume")
    ended = command(*arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json[:3] == records[:3]  # their times too: these are the old trainings
    assert ended.json[3]["created"] >= records[3]["created"]
    assert timeless(ended.json) == timeless(records)
    again = command(*arguments)
    assert (again.code, again.err) == (0, "")
    assert f"report: {out}/report.html" in again.out
    assert "SimpleRNN" in again.out


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (("--units", "4"), "units differ"),
        (("--epochs", "2"), "epochs differ"),
        (("--seed", "1"), "data, seed differ"),
    ],
)
def test_another_comparison_is_not_gone_on_with(compared, tmp_path, changed, expected):
    folder, records = compared
    results = tmp_path / "results.json"
    results.write_text(json.dumps(records[:3]))
    before = results.read_bytes()
    source = folder / "tiny.csv"
    ended = command("compare", source, *OPTIONS, *changed, "--out", tmp_path, "--resume")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert f"the finished trainings are of another comparison: {expected}" in ended.err
    assert results.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_other_columns_of_the_same_file_are_another_comparison(work):
    rows = [f"{text} x,b {text},{n % 2},{n // 3 % 2}" for n, text in enumerate(["u v", "w z"] * 20)]
    Path("t.csv").write_text("\n".join(["a,b,c,d", *rows]))
    first = ("compare", "t.csv", "--cells", "dense", *SMALL, "--out", "out", "--label")
    assert command(*first, "c", "--text", "a").code == 0
    for label, text in (("d", "a"), ("c", "b")):
        ended = command(*first, label, "--text", text, "--resume")
        assert (ended.code, ended.out) == (1, "")
        assert "data differ" in ended.err


@pytest.mark.parametrize("content", ["{}", "[]", '[{"model": 3}]', "nonsense", "\xff"])
def test_results_that_are_none_are_not_gone_on_with(tiny, content):
    Path("out").mkdir()
    Path("out/results.json").write_bytes(content.encode("latin-1"))
    ended = command("compare", tiny, *OPTIONS, "--out", "out", "--resume")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("recurra: out/results.json")
    assert ended.err.count("\n") == 1
    assert Path("out/results.json").read_bytes() == content.encode("latin-1")


def test_finished_trainings_survive_a_failure(tiny, monkeypatch):
    from recurra.errors import TrainingError
    from recurra.study import _measuring

    def fail(*_: object, **__: object) -> None:
        raise TrainingError("the second network failed")

    monkeypatch.setattr(_measuring, "_measure_network", fail)
    ended = command("compare", tiny, *OPTIONS, "--out", "out/new")
    assert (ended.code, ended.err) == (1, "recurra: the second network failed\n")
    (only,) = json.loads(Path("out/new/results.json").read_text())
    assert only["model"] == "linear"


def test_an_interruption_says_how_to_go_on(tiny, monkeypatch):
    from recurra.study import _measuring

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_measuring, "_measure_network", interrupt)
    ended = command("compare", tiny, *OPTIONS, "--out", "out")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err == (
        "recurra: interrupted; the finished trainings are in out/results.json, "
        "go on with --resume\n"
    )
    monkeypatch.setattr(_measuring, "_measure_baseline", interrupt)
    ended = command("compare", tiny, *OPTIONS, "--out", "other/new")
    assert (ended.code, ended.err) == (130, "recurra: interrupted\n")
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((), None), (("--insight",), True), (("--no-insight",), False)],
)
@pytest.mark.parametrize("line", [("demo",), ("compare", "names")])
def test_looking_into_the_networks_can_be_left_out(monkeypatch, line, arguments, expected):
    asked = []
    monkeypatch.setattr(module, "_run", lambda *given, **_: asked.append(given[3]))
    assert command(*line, *arguments).code == 0
    assert asked[0].get("insight") is expected


def test_sections_of_the_report_can_be_left_out(work, monkeypatch):
    asked = []
    monkeypatch.setattr(running, "run_comparison", lambda *_, **given: asked.append(given) or [])
    command("compare", "names", "--leave-out", "memory, words,reproduce")
    (given,) = asked
    assert {"training", "data"} <= set(given["sections"])
    assert not {"memory", "words", "reproduce"} & set(given["sections"])


def test_an_unknown_section_is_named_before_anything_is_trained(work, monkeypatch):
    monkeypatch.setattr(running, "run_comparison", lambda *_, **given: pytest.fail("trained"))
    ended = command("compare", "names", "--leave-out", "memroy")
    assert ended.code == 2
    assert "unknown section 'memroy'" in ended.err
    assert "known: meaning, training" in ended.err


@pytest.mark.parametrize("line", [("demo", "forecast"), ("compare", "x.csv", "--task", "generate")])
def test_there_is_nothing_to_look_into_in_other_tasks(work, line):
    ended = command(*line, "--no-insight", "--out", "new")
    assert (ended.code, ended.out) == (2, "")
    assert "--insight is of --task classify, series, regress, audio or tag; leave" in ended.err
    assert not Path("new").exists()
