"""`recurra train generate`: options, figures, samples, interruptions, bad input."""

from __future__ import annotations

import gzip
import json
import os
import pty
import select
import signal
import time
from pathlib import Path

import pytest
from command_line import CATS, command, process, tree, write_text
from tensorboard_events import read_scalars

from recurra.runtime import read_artifact
from recurra.tasks import TextGenerator

TRAIN = ("train", "generate")
SMALL = ("--units", 4, "--embedding", 4, "--batch-size", 4, "--sequence-length", 16, "--epochs", 2)
OUT = ("-o", "m.recurra")


@pytest.fixture
def cats(work) -> Path:
    return write_text(work / "cats.txt")


@pytest.fixture
def parameters(monkeypatch) -> dict[str, object]:
    """What a generator is made with, filled in by the next training, which does nothing."""
    found: dict[str, object] = {}

    def note(
        corpus: str, text: str | None, output: Path, settings: dict[str, object], **_: object
    ) -> object:
        found.update(TextGenerator(**settings).get_params(deep=False))
        return {"path": str(output), "text": text, "corpus": corpus}

    monkeypatch.setattr("recurra.cli.generating.train_text_generator", note)
    return found


def test_every_option_reaches_the_generator(parameters):
    given = {
        "level": "word", "vocabulary": 99, "minimum_count": 2, "cell": "gru", "layers": 2,
        "embedding": 5, "dropout": 0.1, "recurrent_dropout": 0.2, "weight_drop": 0.3,
        "embedding_dropout": 0.4, "sequence_length": 7, "batch_size": 3, "epochs": 9,
        "epoch_tokens": 1000, "learning_rate": 0.01, "decay": "linear", "patience": 2,
        "averaging": 0.5, "validation": 0.2, "test": 0.0, "sample_every": 0, "sample_length": 11,
        "kernels": "keras", "preset": "accurate", "seed": 4,
    }  # fmt: skip
    line = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    line += ["--units", "5,4", "--tie-weights", "--lowercase", "--text", "body", "--json"]
    printed = command(*TRAIN, "a.jsonl", *OUT, *line).json
    assert (printed["corpus"], printed["text"]) == ("a.jsonl", "body")
    given |= {"units": (5, 4), "tie_weights": True, "lowercase": True}
    assert {name: parameters[name] for name in given} == given
    others = {"checkpoint", "resume", "verbose", "watch_gradients"}
    assert parameters.keys() == given.keys() | others


def test_what_is_left_out_is_left_to_the_generator(parameters):
    command(*TRAIN, "a.txt", *OUT, "--json")
    assert parameters == TextGenerator().get_params(deep=False)


def test_training_prints_the_figures_that_are_in_the_file(cats):
    ended = command(*TRAIN, cats, *OUT, *SMALL, "--tensorboard", "logs", "--seed", 3, "--json")
    assert (ended.code, ended.err) == (0, "")
    printed = ended.json
    manifest = read_artifact("m.recurra").manifest
    assert printed["metrics"] == manifest["metrics"]
    assert printed["metrics"]["part"] == "test"
    assert (printed["model"], printed["path"], printed["seed"]) == ("lstm", "m.recurra", 3)
    assert [one["epoch"] for one in printed["samples"]] == [1, 2]
    assert read_scalars(Path("logs"))["loss/train"] == pytest.approx(
        dict(enumerate(printed["history"]["loss"], 1))
    )
    assert not list(Path().glob("*.partial"))
    figures = printed["metrics"]
    ended = command(*TRAIN, cats, *OUT, *SMALL, "--seed", 3)
    first, last = ended.out.splitlines()
    assert first == (
        f"{figures['nats_per_token']:.4f} nats a token  perplexity {figures['perplexity']:.2f}  "
        f"{figures['bits_per_character']:.4f} bits a character  on 144 characters of the test part"
    )
    assert (last, ended.err) == ("saved m.recurra", "")


def on_a_terminal(*arguments: object) -> str:
    mine, its = pty.openpty()
    with process(*arguments, stderr=its) as running:
        os.close(its)
        seen = b""
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            try:
                if select.select([mine], [], [], 1)[0]:
                    seen += os.read(mine, 65536)
            except OSError:  # the terminal's other side is closed
                break
        assert running.wait(60) == 0
    os.close(mine)
    return seen.decode()


def test_samples_and_progress_are_shown_on_a_terminal(cats):
    line = (*TRAIN, cats, *OUT, *SMALL, "--sample-length", 20)
    seen = on_a_terminal(*line, "--sample-every", 2, "--tensorboard", "logs")
    assert "epoch 1/2  loss " in seen
    assert "a sample after epoch 1:" not in seen
    after = seen[seen.index("a sample after epoch 2:") :].splitlines()
    assert after[1].startswith("    ")
    assert after[1].strip()


def test_a_run_that_was_interrupted_goes_on_with_the_same_bits(cats):
    line = (*TRAIN, cats, *SMALL[:-2], "--epochs", 30, "--patience", 30, "--sample-every", 0)
    assert command(*line, "-o", "whole.recurra").code == 0
    state = Path("cut.recurra.partial/state.safetensors")
    with process(*line, "-o", "cut.recurra") as running:
        ends = time.monotonic() + 120
        while not state.is_file() and time.monotonic() < ends and running.poll() is None:
            time.sleep(0.002)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    said = "interrupted; the finished epochs are in cut.recurra.partial, go on with --resume"
    assert err.decode() == f"recurra: {said}\n"
    resumed = command(*line, "-o", "cut.recurra", "--resume", "--json")
    assert (resumed.code, resumed.err) == (0, "")
    whole, cut = (
        read_artifact(f"{name}.recurra").manifest["files"]["weights.safetensors"]["sha256"]
        for name in ("whole", "cut")
    )
    assert whole == cut
    assert not state.parent.exists()


@pytest.mark.parametrize("kind", ["folder", "jsonl", "gz"])
def test_folders_tables_and_packed_files_are_read(work, kind):
    if kind == "folder":
        Path("texts").mkdir()
        for number in range(30):
            Path(f"texts/{number}.txt").write_text(CATS)
        source, more = "texts", ()
    elif kind == "jsonl":
        lines = [json.dumps({"body": CATS, "n": n}) for n in range(30)]
        Path("a.jsonl").write_text("\n".join(lines))
        source, more = "a.jsonl", ("--text", "body")
    else:
        Path("a.txt.gz").write_bytes(gzip.compress(CATS.encode() * 30))
        source, more = "a.txt.gz", ()
    ended = command(*TRAIN, source, *OUT, *SMALL[:-1], 1, *more, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["data"]["source"] == source


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
    "empty.txt": (b"", "empty.txt holds no text"),
    "blank.txt": (b"\n \n", "blank.txt holds no text"),
    "bytes.txt": (bytes(range(256)), "bytes.txt, line 2: byte 0x80 at position 118 is not UTF-8"),
    "latin.txt": (b"x\ncaf\xe9\n", "latin.txt, line 2: byte 0xe9 at position 4 is not UTF-8"),
    "short.txt": (b"ab", "short.txt has 2 characters, none are left for validation"),
    "no.jsonl": (b'{"text":"a"}\n{"t":1}\n', "no.jsonl, line 2: the key 'text' is missing"),
    "packed.txt.gz": (b"no gzip", "packed.txt.gz is not a sound gzip file"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_text_that_cannot_be_used_is_refused(work, name):
    content, expected = SOURCES[name]
    Path(name).write_bytes(content)
    assert refused(*TRAIN, name, *OUT, *SMALL, code=1).startswith(expected)


def test_missing_files_folders_without_text_and_columns_without_table(cats):
    Path("dir").mkdir()
    assert refused(*TRAIN, "cat.txt", *OUT, code=1) == (
        "'cat.txt' does not exist; did you mean 'cats.txt'?"
    )
    assert refused(*TRAIN, "dir", *OUT, code=1) == "the folder dir has no files *.txt or *.txt.gz"
    assert "leave out the text column 'x'" in refused(*TRAIN, cats, *OUT, "--text", "x", code=2)


CHOICES = [
    (("--level", "chr"), "unknown level 'chr'; did you mean 'char'? (known: char, word, subword)"),
    (("--cell", "dense"), "unknown cell 'dense' (known: rnn, lstm, gru)"),
    (("--units", "4,x"), "--units takes a number or numbers with commas, not '4,x'"),
    (("--units", "4,0"), "units must be an integer from 1 to 65536, not 0"),
    (("--dropout", 1), "dropout must be at least 0 and below 1, not 1.0"),
    (("--weight-drop", -1), "weight_drop must be at least 0 and below 1, not -1.0"),
    (("--validation", 0), "validation must be above 0"),
    (("--validation", 0.6, "--test", 0.5), "validation (0.6) and test (0.5) leave nothing to"),
    (("--learning-rate", "nan"), "learning_rate must be above 0, not nan"),
    (("--decay", "exp"), "unknown decay 'exp' (known: plateau, linear, cosine)"),
    (("--preset", "slow"), "unknown preset 'slow' (known: fast, accurate)"),
    (("--kernels", "gpu"), "unknown kernels 'gpu' (known: auto, native, keras)"),
]


@pytest.mark.parametrize(("options", "expected"), CHOICES)
def test_settings_are_refused_before_the_text_is_read(cats, no_training, options, expected):
    assert refused(*TRAIN, cats, *OUT, *options, code=2).startswith(expected)


def test_an_unwritable_model_is_found_before_training(cats, no_training):
    said = refused(*TRAIN, cats, "-o", "none/m.recurra", code=1)
    assert said == "cannot write none/m.recurra: the folder none does not exist"
