"""`recurra compare --task translate` and `recurra demo translate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import command

from recurra.cli import compare as module

TASK = ("--task", "translate")
CELLS = (*TASK, "--cells", "gru")
SMALL = ("--epochs", 1, "--units", 8, "--embedding", 8, "--level", "char", "--test", 20)


def write_pairs(path: Path, count: int = 120) -> Path:
    lines = [f"number {n},{n},{n * 7 % 9973}" for n in range(count)]
    path.write_text("\n".join(["words,digits,other", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("compare")
    source = write_pairs(folder / "numbers.csv")
    columns = ("--source", "words", "--target", "digits")
    ended = command("compare", source, *CELLS, *SMALL, *columns, "--out", folder / "out", "--json")
    assert (ended.code, ended.err) == (0, "")
    return folder, ended.json


def test_results_report_and_pictures_are_written(compared):
    folder, records = compared
    assert json.loads((folder / "out/results.json").read_text()) == records
    assert [record["model"] for record in records] == ["nearest", "copy", "gru"]
    files = {path.name for path in (folder / "out").iterdir()}
    assert {"results.json", "report.html", "quality.png", "losses.png"} <= files
    page = (folder / "out/report.html").read_text()
    assert "Translators of numbers" in page
    assert "Attention of GRU" in page


def test_parallel_files_are_compared(work):
    Path("a.txt").write_text("".join(f"one {n}\n" for n in range(60)))
    Path("b.txt").write_text("".join(f"{n} eins\n" for n in range(60)))
    cells = (*TASK, "--cells", "nearest", "--test", 10, "--validation", 5)
    ended = command("compare", "a.txt", *cells, "--target-file", "b.txt", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json[0]["data"]["rows"] == {"train": 45, "validation": 5, "test": 10}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--horizon", 3), "--horizon is of --task forecast; leave it out, or give --task"),
        (("--text", "x"), "--text is of --task classify or generate; leave it out"),
        (("--weight-drop", 0.1), "--weight-drop is of --task generate; leave it out"),
        (("--cells", "atention"), "unknown cell 'atention'; did you mean 'noattention'?"),
        (("--beam", 0), "Invalid value for '--beam'"),
        (("--level", "letter"), "unknown level 'letter'"),
    ],
)
def test_a_wrong_command_is_refused(work, arguments, expected):
    ended = command("compare", "missing.tsv", *TASK, *arguments, "--out", "new")
    assert (ended.code, ended.out) == (2, "")
    assert expected in ended.err
    assert not Path("new").exists()


def test_demo_makes_dates(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "_run", lambda *given, **more: asked.append((given, more)))
    assert command("demo", "translate").code == 0
    ((task, source, _, options), _) = asked[0]
    assert (task, source) == ("translate", "dates")
    assert "noattention" in options["cells"]
