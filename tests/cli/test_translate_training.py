"""`recurra train translate`: options, figures, parallel files, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import NUMBERS, command, tree, write_pairs
from tensorboard_events import read_scalars

from recurra.cli.translate_options import PairColumns
from recurra.runtime import read_artifact
from recurra.tasks import Translator

TRAIN = ("train", "translate")
SMALL = ("--units", 4, "--embedding", 4, "--epochs", 1, "--level", "word", "--batch-size", 64)
OUT = ("-o", "m.recurra")


@pytest.fixture
def pairs(work) -> Path:
    return write_pairs(work / "pairs.tsv", 100)


@pytest.fixture
def parameters(monkeypatch) -> dict[str, object]:
    """What a translator is made with, filled in by the next training, which does nothing."""
    found: dict[str, object] = {}

    def note(
        pairs: str, columns: PairColumns, output: Path, settings: dict[str, object], **_: object
    ) -> object:
        found.update(Translator(**settings).get_params(deep=False))
        names = (columns.source_column, columns.target_column, str(columns.target_file))
        return {"path": str(output), "pairs": pairs, "columns": names}

    monkeypatch.setattr("recurra.cli.translating.train_translator", note)
    return found


def test_every_option_reaches_the_translator(parameters):
    given = {
        "level": "word", "vocabulary": 99, "minimum_count": 2, "cell": "rnn", "units": 5,
        "layers": 2, "embedding": 6, "dropout": 0.1, "recurrent_dropout": 0.2,
        "label_smoothing": 0.1, "scheduled_sampling": 0.3, "epochs": 9, "batch_size": 3,
        "learning_rate": 0.01, "decay": "linear", "patience": 2, "averaging": 0.5,
        "max_length": 30, "validation": 20, "test": 0.1, "beam": 4, "length_penalty": 0.5,
        "kernels": "keras", "preset": "accurate", "seed": 4,
    }  # fmt: skip
    line = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    line += ["--tie-weights", "--lowercase", "--one-direction", "--attention", "additive"]
    line += ["--source", "en", "--target", "de", "--target-file", "b.txt"]
    printed = command(*TRAIN, "a.txt", *OUT, *line, "--json").json
    assert (printed["pairs"], printed["columns"]) == ("a.txt", ["en", "de", "b.txt"])
    given |= {"tie_weights": True, "lowercase": True, "bidirectional": False}
    given |= {"attention_kind": "additive"}
    assert {name: parameters[name] for name in given} == given
    others = {"checkpoint", "resume", "verbose", "watch_gradients"}
    assert parameters.keys() == given.keys() | others


def test_what_is_left_out_is_left_to_the_translator(parameters):
    command(*TRAIN, "a.tsv", *OUT, "--json")
    assert parameters == Translator().get_params(deep=False)


def test_training_prints_the_figures_that_are_in_the_file(pairs):
    with pairs.open("a") as stream:
        stream.write("one\t\n\teins\n")
    ended = command(*TRAIN, pairs, *OUT, *SMALL, "--tensorboard", "logs", "--seed", 3, "--json")
    left_out = f"recurra: {pairs}: 2 pairs with an empty side were left out, lines 101, 102\n"
    assert (ended.code, ended.err) == (0, left_out)
    printed = ended.json
    assert printed["metrics"] == read_artifact("m.recurra").manifest["metrics"]
    assert (printed["model"], printed["path"], printed["seed"]) == ("gru", "m.recurra", 3)
    assert sum(printed["data"]["rows"].values()) == 100
    assert read_scalars(Path("logs"))["loss/train"] == pytest.approx(
        dict(enumerate(printed["history"]["loss"], 1))
    )
    assert not list(Path().glob("*.partial"))


def test_parallel_files_are_read_and_figures_are_said_in_words(work):
    lines = [line.split("\t") for line in write_pairs(work / "p.tsv", 100).read_text().splitlines()]
    for name, side in (("a.en", 0), ("a.de", 1)):
        Path(name).write_text("\n".join(line[side] for line in lines))
    line = (*TRAIN, "a.en", "--target-file", "a.de", *OUT, *SMALL)
    ended = command(*line, "--max-length", 3, "--test", 10)
    assert ended.code == 0
    assert ended.err.startswith("recurra: ")
    assert "sources have more than 3 tokens" in ended.err
    metrics = read_artifact("m.recurra").manifest["metrics"]
    first, signature, *_, last = ended.out.splitlines()
    assert first == (
        f"BLEU {metrics['bleu']:.2f}  chrF {metrics['chrf']:.2f}  "
        f"exact match {metrics['exact_match']:.2%}  perplexity {metrics['perplexity']:,.2f}  "
        f"on {metrics['rows']} pairs, beam 1"
    )
    assert signature == f"BLEU|{metrics['bleu_signature']}"
    assert last == "saved m.recurra"


def test_without_test_pairs_nothing_is_measured_and_that_is_said(work, monkeypatch):
    result = {"metrics": {}, "path": "m.recurra"}
    monkeypatch.setattr("recurra.cli.translating.train_translator", lambda *_, **__: result)
    first, last = command(*TRAIN, "dates", *OUT, "--test", 0).out.splitlines()
    assert first.startswith("no test pairs, so nothing is measured")
    assert last == "saved m.recurra"


def refused(*arguments: object, code: int) -> str:
    """Run a command that must fail and leave everything as it was; return its one line."""
    before = tree(Path.cwd().parent)
    ended = command(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert tree(Path.cwd().parent) == before
    assert ended.err.startswith("recurra: ")
    assert ended.err.count("\n") == 1
    return ended.err.removeprefix("recurra: ").rstrip("\n")


SOURCES = {
    "empty.tsv": (b"", "empty.tsv has no pairs of texts: it is empty"),
    "one.tsv": (b"a\nb\n", "one.tsv, line 1: 1 field, expected 2 or more with a tab between"),
    "few.tsv": (b"a\tb\n", "1 pairs (1 different sources) are too few"),
    "latin.tsv": (b"a\tb\ncaf\xe9\tb\n", "latin.tsv, line 2: byte 0xe9 at position 4 is not UTF-8"),
    "sides.tsv": (b"a\t\n\tb\n", "sides.tsv has no pairs of texts: 2 lines with an empty side"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_pairs_that_cannot_be_used_are_refused(work, name):
    content, expected = SOURCES[name]
    Path(name).write_bytes(content)
    assert refused(*TRAIN, name, *OUT, *SMALL, code=1).startswith(expected)


def test_files_and_columns_that_are_missing_or_do_not_fit(pairs):
    Path("a.txt").write_text("\n".join(NUMBERS))
    Path("b.txt").write_text("\n".join([*NUMBERS.values(), "sechs"]))
    Path("c.csv").write_text("x,y,z\na,b,c\n")
    for code, line, expected in (
        (1, ("pair.tsv",), "'pair.tsv' does not exist; did you mean 'pairs.tsv'?"),
        (1, ("a.txt", "--target-file", "c.txt"), "'c.txt' does not exist"),
        (1, ("a.txt", "--target-file", "b.txt"), "a.txt has 5 lines and b.txt has 6; line i of"),
        (2, ("a.txt", "--target-file", "b.txt", "--source", "x"), "two parallel files have no"),
        (2, ("dates", "--target-file", "b.txt"), "the dataset 'dates' has its own translations"),
        (2, ("c.csv",), "cannot tell which column holds the texts to translate (--source COLUMN)"),
        (2, ("c.csv", "--source", "x", "--target", "q"), "unknown column 'q' (known: x, y, z)"),
        (2, (pairs, "--source", 1, "--target", 1), "column 1 cannot be both the source and the"),
        (1, (pairs, "--test", 5000), "100 pairs ("),
    ):
        assert refused(*TRAIN, *line, *OUT, *SMALL, code=code).startswith(expected)


CHOICES = [
    (("--level", "chr"), "unknown level 'chr'; did you mean 'char'?"),
    (("--cell", "dense"), "unknown cell 'dense'"),
    (("--attention", "luong"), "unknown attention 'luong' (known: additive, dot, none)"),
    (("--dropout", 1), "dropout must be at least 0 and below 1, not 1.0"),
    (("--label-smoothing", 1), "label_smoothing must be at least 0 and below 1, not 1.0"),
    (("--beam", 2000), "beam must be an integer from 1 to 1024, not 2000"),
    (("--length-penalty", "nan"), "length_penalty must be a number from 0 to 10, not nan"),
    (("--validation", "x"), "--validation takes a number of pairs or a share such as 0.1"),
    (("--validation", 0), "validation must be a number of rows or a share between 0 and 1"),
    (("--preset", "slow"), "unknown preset 'slow' (known: fast, accurate)"),
]


@pytest.mark.parametrize(("options", "expected"), CHOICES)
def test_settings_are_refused_before_the_pairs_are_read(pairs, no_training, options, expected):
    assert refused(*TRAIN, pairs, *OUT, *options, code=2).startswith(expected)
