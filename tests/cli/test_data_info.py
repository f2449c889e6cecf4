"""`recurra data` and `recurra info`."""

from __future__ import annotations

import gzip
import json
import os

import keras
from command_line import command, write_csv

import recurra
from recurra import kernels


def test_the_list_says_what_is_here(work):
    ended = command("data", "list")
    assert (ended.code, ended.err) == (0, "")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "names built in" in lines
    assert "multi30k-de-en not here yet: recurra data get multi30k-de-en" in lines
    assert "imdb not here yet: recurra data get imdb" in lines
    rows = {row["name"]: row for row in command("data", "list", "--json").json}
    assert (rows["imdb"]["path"], rows["names"]["path"]) == (None, "built in")
    kinds = {"names": "texts", "nile": "series", "python-docs": "corpus", "dates": "pairs"}
    assert {name: rows[name]["kind"] for name in kinds} == kinds
    assert rows["nile"]["path"].endswith("nile.csv")
    assert any(line.startswith("series: flow of the Nile") for line in lines)


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
    rows = {row["name"]: row for row in command("data", "list", "--json").json}
    assert rows["imdb"]["path"] == str(folder)


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


def test_info_of_a_model_says_which_kernel_computes_each_layer(work, model):
    layers = command("info", model, "--json").json["layers"]
    assert [layer["kind"] for layer in layers] == ["GRU"]
    assert all(layer["fused"] == bool(kernels.instruction_sets()) for layer in layers)
    shown = command("info", model)
    assert (shown.code, shown.err) == (0, "")
    assert "GRU" in shown.out


def test_info_of_a_keras_file_says_why_a_layer_is_not_fused(work):
    path = work / "own.keras"
    recurrent = [
        keras.layers.LSTM(3, return_sequences=True, name="first"),
        keras.layers.LSTM(3, activation="elu", name="second"),
    ]
    keras.Sequential([keras.Input((4, 2)), *recurrent]).save(path)
    lines = command("info", str(path)).out.splitlines()
    assert [line.split()[:2] for line in lines] == [["first", "LSTM"], ["second", "LSTM"]]
    assert "Keras's own loop: the activation is 'elu'" in lines[1]


def test_info_of_what_is_no_model(work):
    (work / "broken.keras").write_bytes(b"no zip")
    ended = command("info", "broken.keras")
    assert ended.code == 1
    assert "broken.keras cannot be opened as a Keras model" in ended.err
    (work / "model.h5").write_bytes(b"")
    assert "model.h5 is neither a .recurra nor a .keras file" in command("info", "model.h5").err
    assert "missing.keras" in command("info", "missing.keras").err
