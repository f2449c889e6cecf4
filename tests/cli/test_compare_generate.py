"""`recurra compare --task generate` and `recurra demo generate`."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from command_line import command

from recurra.cli import compare as module

CELLS = ("--task", "generate", "--cells", "rnn")
SMALL = ("--epochs", 1, "--units", 8, "--embedding", 4, "--sequence-length", 16, "--test", 0.2)


def write_text(path: Path, count: int = 300) -> Path:
    generator = random.Random(0)
    words = ["sea", "sand", "wind", "and", "a", "the", "over", "under"]
    path.write_text("\n".join(" ".join(generator.choices(words, k=6)) for _ in range(count)))
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("compare")
    source = write_text(folder / "shore.txt")
    ended = command("compare", source, *CELLS, *SMALL, "--out", folder / "a/b", "--json")
    assert (ended.code, ended.err) == (0, "")
    return folder, ended.json


def test_results_report_and_pictures_are_written(compared):
    folder, records = compared
    assert json.loads((folder / "a/b/results.json").read_text()) == records
    assert [record["model"] for record in records] == ["ngram", "rnn"]
    assert records[1]["training"]["preset_settings"]["sequence_length"] == 16
    files = {path.name for path in (folder / "a/b").iterdir()}
    assert {"results.json", "report.html", "bits.png", "positions.png", "losses.png"} <= files
    page = (folder / "a/b/report.html").read_text()
    assert "Language models of shore" in page
    assert "What surprises SimpleRNN" in page


def test_what_is_finished_is_not_trained_again(compared):
    folder, records = compared
    arguments = ("compare", folder / "shore.txt", *CELLS, *SMALL, "--out", folder / "a/b")
    again = command(*arguments, "--resume")
    assert (again.code, again.err) == (0, "")
    assert json.loads((folder / "a/b/results.json").read_text()) == records
    for words in ("bits/char", "SimpleRNN", "8-gram *", f"report: {folder}/a/b/report.html"):
        assert words in again.out
    assert max(map(len, again.out.splitlines()[:-1])) <= 80
    other = command(*arguments, "--vocabulary", 9, "--resume")
    assert (other.code, other.out) == (1, "")
    assert "vocabulary differ" in other.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--horizon", 3), "--horizon is of --task forecast; leave it out, or give --task"),
        (
            ("--label", "x", "--lookback", 3),
            "--label is of --task classify, series or audio",
        ),
        (("--beam", 3), "--beam is of --task translate; leave it out, or give --task translate"),
        (("--max-length", 9), "--max-length is of --task classify or translate; leave it out"),
        (("--cells", "lsmt"), "unknown cell 'lsmt'; did you mean 'lstm'?"),
        (("--test", "x"), "--test takes a number of rows or a share"),
        (("--test", 0), "test must be above 0"),
        (("--level", "letter"), "unknown level 'letter'"),
    ],
)
def test_a_wrong_command_is_refused_in_one_line(work, arguments, expected):
    ended = command("compare", "missing.txt", "--task", "generate", *arguments, "--out", "new")
    assert (ended.code, ended.out) == (2, "")
    assert expected in ended.err
    assert ended.err.count("\n") == 1
    assert not Path("new").exists()


def test_options_of_text_are_of_no_other_task(work):
    ended = command("compare", "names", "--sequence-length", 9, "--tie-weights")
    assert ended.code == 2
    assert "--tie-weights is of --task generate or translate; leave it out" in ended.err


def test_demo_reads_an_embedded_text(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "_run", lambda *given, **more: asked.append((given, more)))
    assert command("demo", "generate", "--seed", 4).code == 0
    ((task, source, _, options), _) = asked[0]
    assert (task, source, options["seed"]) == ("generate", "python-docs", 4)
