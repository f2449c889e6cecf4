"""`recurra train classify`: every kind of file, every option, and JSON alone on standard output."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command_line import SMALL, command, rows, write_csv
from tensorboard_events import read_scalars

from recurra import TextClassifier
from recurra.runtime import read_artifact

DENSE = ("--cell", "dense", *SMALL)
ONE_LENGTH = ("--max-length", 3)  # every length of a batch is compiled by itself
METRICS = {"accuracy", "macro_f1", "log_loss", "calibration_error"}


def train(source: object, *options: object) -> dict[str, object]:
    """Train, and return the JSON; nothing else may have been printed or left behind."""
    ended = command("train", "classify", source, "-o", "m.recurra", *options, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert not list(Path().glob("*.partial"))
    assert not list(Path().glob(".*"))
    return ended.json


def specification() -> dict[str, object]:
    return read_artifact("m.recurra").manifest["specification"]


def test_training_prints_the_figures_that_are_in_the_file(tiny):
    printed = train(tiny, *DENSE)
    manifest = read_artifact("m.recurra").manifest
    assert METRICS | {"model", "path", "rows", "per_class", "history", "seed"} <= printed.keys()
    assert {name: printed[name] for name in METRICS} == {
        name: manifest["metrics"][name] for name in METRICS
    }
    assert (printed["model"], printed["path"], printed["rows"]) == ("dense", "m.recurra", 6)
    assert printed["data"]["rows"] == {"train": 49, "validation": 5, "test": 6}
    assert list(printed["per_class"]) == ["neg", "pos"]


def test_training_in_words_says_accuracy_and_path(tiny):
    ended = command("train", "classify", tiny, "-o", "m.recurra", *DENSE)
    assert (ended.code, ended.err) == (0, "")
    first, second = ended.out.splitlines()
    assert first.startswith("accuracy 0.")
    assert first.endswith("on 6 held-out rows")
    assert second == "saved m.recurra"


def test_no_rows_are_held_out_when_nobody_wants_them(tiny):
    ended = command("train", "classify", tiny, "-o", "m.recurra", *DENSE, "--test-share", 0)
    assert (ended.code, ended.out) == (0, "saved m.recurra\n")
    assert read_artifact("m.recurra").manifest["data"]["rows"] == {"train": 54, "validation": 6}


def tab_separated(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t").writerows([("body", "stars"), *rows()])


def json_lines(path: Path) -> None:
    lines = [json.dumps({"text": text, "label": label}) for text, label in rows()]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def parquet(path: Path) -> None:
    texts, labels = zip(*rows(), strict=True)
    pl.DataFrame({"id": range(60), "comment": texts, "class": labels}).write_parquet(path)


@pytest.mark.parametrize(
    ("name", "make"),
    [("t.tsv", tab_separated), ("t.jsonl.gz", json_lines), ("t.parquet", parquet)],
)
def test_every_kind_of_file_gives_the_same_model(work, name, make):
    make(Path(name))
    train(write_csv(Path("t.csv")), *DENSE)
    expected = read_artifact("m.recurra").weights
    train(name, *DENSE)
    weights = read_artifact("m.recurra").weights
    assert all(np.array_equal(weights[name], expected[name]) for name in expected)


def test_bidirectional_layers_with_attention_and_logs(tiny):
    options = ("--bidirectional", "--attention", "--cell", "gru", "--dropout", 0.1)
    printed = train(
        tiny, *options, "--tensorboard", "logs", "--epochs", 2, "--units", "8,6", *ONE_LENGTH
    )
    made = specification()
    assert (made["bidirectional"], made["pooling"]) == (True, "attention")
    assert (made["cell"], made["units"], made["dropout"]) == ("gru", [8, 6], 0.1)
    weights = TextClassifier.load("m.recurra").attention("a good film")
    assert [token for token, _ in weights] == ["a", "good", "film"]
    scalars = read_scalars(Path("logs"))
    history = printed["history"]
    assert scalars["loss/train"] == pytest.approx(dict(enumerate(history["loss"], 1)))
    assert scalars["loss/validation"] == pytest.approx(dict(enumerate(history["val_loss"], 1)))
    assert {"accuracy/train", "accuracy/validation", "learning_rate/train"} <= scalars.keys()


def test_characters_with_a_short_length_and_recurrent_dropout(tiny):
    options = ("--level", "char", "--max-length", 8, "--recurrent-dropout", 0.2, "--cell", "rnn")
    printed = train(tiny, *options, *SMALL)
    assert printed["settings"]["level"] == "char"
    assert (printed["settings"]["max_length"], specification()["recurrent_dropout"]) == (8, 0.2)


def test_subwords_with_a_small_vocabulary(tiny):
    printed = train(tiny, "--level", "subword", "--vocabulary", 40, *DENSE)
    assert printed["settings"]["level"] == "subword"
    assert specification()["vocabulary"] <= 40


def test_the_accurate_preset_adds_ngrams(tiny):
    options = ("--preset", "accurate", *SMALL, "--embedding", 4, "--learning-rate", 0.01)
    printed = train(
        tiny, *options, "--batch-size", 16, "--patience", 1, "--one-direction", *ONE_LENGTH
    )
    made = specification()
    assert made["ngrams"] > 1
    assert (made["ngram_orders"], made["embedding"], made["bidirectional"]) == ([1, 2, 3], 4, False)
    assert printed["accuracy"] is not None
    ended = command("predict", "m.recurra", "a good film")
    assert (ended.code, ended.err) == (0, "")


def test_the_same_seed_gives_the_same_file_but_for_times(tiny):
    train(tiny, *DENSE, "--seed", 5)
    first = read_artifact("m.recurra")
    train(tiny, *DENSE, "--seed", 5)
    second = read_artifact("m.recurra")
    files = [one.manifest["files"]["weights.safetensors"]["sha256"] for one in (first, second)]
    assert files[0] == files[1]
    train(tiny, *DENSE, "--seed", 6)
    third = read_artifact("m.recurra").manifest["files"]["weights.safetensors"]["sha256"]
    assert third != files[0]


def test_names_that_look_like_markup_are_printed_as_they_are(work):
    lines = [f"{text},{'[red]' if label == 'pos' else '[/b] :smile:'}" for text, label in rows()]
    Path("t.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    ended = command("train", "classify", "t.csv", "-o", "m[i].recurra", *DENSE)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("saved m[i].recurra\n")
    shown = command("evaluate", "m[i].recurra", "t.csv")
    assert shown.code == 0
    assert "[red]" in shown.out
    assert "[/b] :smile:" in shown.out
