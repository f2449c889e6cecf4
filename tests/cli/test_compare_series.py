"""`recurra compare` with series, sound and tags: which options reach which comparison."""

from __future__ import annotations

import io
from typing import Any

import pytest
from command_line import command
from rich.console import Console

from recurra.cli import running
from recurra.cli.progress import CompareProgress


@pytest.fixture
def asked(work: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a comparison is asked for, instead of running it."""
    found: dict[str, Any] = {}

    def run(source: str, folder: Any, options: dict[str, Any], **others: Any) -> list[Any]:
        found.update(source=source, options=options, task=others["task"])
        return []

    monkeypatch.setattr(running, "run_comparison", run)
    return found


def test_columns_of_series_reach_the_reader(asked):
    line = ("--task", "series", "--series-id", "id", "--time", "t", "--values", "a, b")
    line += ("--label", "kind", "--split-by", "machine", "--test", "0.3", "--no-insight")
    assert command("compare", "x.csv", *line, "--json").code == 0
    assert asked["task"] == "series"
    assert asked["options"]["reading"] == {
        "series_id": "id", "time": "t", "values": ("a", "b"), "label": "kind", "group": "machine",
    }  # fmt: skip
    assert (asked["options"]["test_share"], asked["options"]["insight"]) == (0.3, False)


def test_numbers_are_named_by_their_column(asked):
    line = ("--task", "regress", "--files", "file", "--target", "age", "--pooling", "mean")
    assert command("compare", "x.csv", *line, "--json").code == 0
    assert asked["options"]["reading"] == {"files": "file", "target": "age"}
    assert asked["options"]["pooling"] == "mean"


def test_held_out_speakers_are_named_or_drawn(asked):
    line = ("--task", "audio", "--pattern", "{label}_{speaker}.wav", "--split-by", "speaker")
    assert command("compare", "x", *line, "--test", "ann,bob", "--json").code == 0
    assert asked["options"]["test"] == ("ann", "bob")
    assert asked["options"]["split_by"] == "speaker"
    assert command("compare", "x", *line, "--test", "0.25", "--json").code == 0
    assert asked["options"]["test_share"] == 0.25


def test_a_table_of_transcripts_is_split_or_has_another_beside_it(asked):
    line = ("--task", "transcribe", "--files", "wav", "--transcript", "said")
    assert (
        command("compare", "x.csv", *line, "--split-by", "who", "--test", "0.3", "--json").code == 0
    )
    assert asked["options"] == {
        "path": "wav", "transcript": "said", "split_by": "who", "test_share": 0.3,
        "repeats": 1, "seed": 0,
    }  # fmt: skip
    assert command("compare", "x.csv", *line, "--test", "y.csv", "--json").code == 0
    assert asked["options"]["test"] == "y.csv"


def test_the_demo_reads_the_digits(asked):
    assert command("demo", "series", "--json").code == 0
    assert (asked["source"], asked["task"]) == ("digits", "series")


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"task": "series", "accuracy": 0.5}, "accuracy 0.5000"),
        ({"task": "regress", "rmse": 1234.5, "mae": 9.0}, "RMSE 1234"),
        ({"task": "transcribe", "word_error_rate": 0.25}, "word error rate 0.2500"),
    ],
)
def test_progress_says_how_good_each_model_is(figures, words):
    told = Console(file=io.StringIO(), width=80)
    progress = CompareProgress(told)
    data = {"name": "mine", "rows": {"train": 8, "validation": 0, "test": 4}}
    progress.prepared(data, 1)
    record = {"name": "GRU", **figures}
    progress.run_ended(record, [record])
    assert f"1/1  GRU  {words}" in told.file.getvalue()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("--task", "series", "--test", "7"), "--test takes a share such as 0.2 here, not 7"),
        (("--task", "audio", "--column", "x"), "--column is of --task tag; leave it out"),
        (
            ("--task", "series", "--pattern", "x"),
            "--pattern is of --task audio or transcribe; leave",
        ),
        (("--task", "tag", "--files", "x"), "--files is of --task series, regress or transcribe"),
    ],
)
def test_options_of_other_tasks_are_refused(asked, line, message):
    ended = command("compare", "x", *line)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err
    assert not asked
