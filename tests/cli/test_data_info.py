"""`recurra data` and `recurra info`."""

from __future__ import annotations

import gzip
import json
import os

import keras
from command_line import command, write_csv

import recurra


def test_the_list_says_what_is_here(work):
    ended = command("data", "list")
    assert (ended.code, ended.err) == (0, "")
    assert "names      built in" in ended.out
    assert "imdb       not here yet: recurra data get imdb" in ended.out
    names = {row["name"]: row["path"] for row in command("data", "list", "--json").json}
    assert names == {"imdb": None, "names": "built in"}


def test_a_dataset_that_is_here_has_a_path(work, monkeypatch):
    folder = work / "data" / "imdb"
    folder.mkdir(parents=True)
    line = json.dumps({"text": "a film", "label": 1})
    for part in ("train", "test"):
        (folder / f"{part}.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    monkeypatch.setenv("RECURRA_DATA", str(work / "data"))
    for command_name in ("get", "path"):
        ended = command("data", command_name, "imdb")
        assert (ended.code, ended.out, ended.err) == (0, f"{folder}\n", "")
        assert command("data", command_name, "names").out == "built in\n"
    assert command("data", "list", "--json").json[0]["path"] == str(folder)


def test_info_says_what_runs(work):
    ended = command("info", "--json")
    assert (ended.code, ended.err) == (0, "")
    facts = ended.json
    assert facts["versions"]["recurra"] == recurra.__version__
    assert facts["versions"]["keras"] == keras.__version__
    assert facts["backend"] == keras.config.backend()
    assert facts["threads"] == len(os.sched_getaffinity(0))
    assert facts["devices"]
    assert set(facts["kernels"]) == {"training", "prediction"}
    assert set(facts["connected"]) == {"jax", "torch", "tensorflow"}
    shown = command("info")
    assert (shown.code, shown.err) == (0, "")
    assert [line.split()[0] for line in shown.out.splitlines()] == list(facts)


def test_a_file_beside_a_dataset_of_that_name_is_read_by_its_path(work, model):
    write_csv(work / "names.csv", 10)
    assert command("evaluate", model, "./names.csv", "--json").json["rows"] == 10
