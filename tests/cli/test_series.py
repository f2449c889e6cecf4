"""Sequences of numbers on the command line: train, predict, evaluate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import SMALL, command

TRAIN = ("--epochs", "2", "--units", "8", "--batch-size", "16")


def write_machines(path: Path, machines: int = 30) -> Path:
    """Write a table of machines that run slowly (a) or fast (b), a row for each minute."""
    generator = np.random.default_rng(0)
    lines = ["machine,minute,heat,hum,site,state,wear"]
    for k in range(machines):
        speed = (0.3, 1.5)[k % 2]
        for minute in range(int(generator.integers(6, 12))):
            heat, hum = np.sin(speed * minute), generator.normal()
            row = (f"m{k}", minute, f"{heat:.3f}", f"{hum:.3f}", f"s{k % 3}", "ab"[k % 2], speed)
            lines.append(",".join(map(str, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TABLE = ("--series-id", "machine", "--time", "minute")


def test_a_table_of_sequences_is_learnt_predicted_and_measured(work: Path) -> None:
    write_machines(work / "m.csv")
    asked = ("--values", "heat,hum", "--split-by", "site", "--test-share", "0.3")
    ended = command(
        "train", "classify", "m.csv", *TABLE, "--label", "state", *asked, *TRAIN, "-o", "m.recurra",
        "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert ended.json["rows"] == 10
    assert ended.json["data"]["rows"]["test"] == 10
    assert ended.json["settings"]["cell"] == "gru"
    found = command("predict", "m.recurra", "m.csv", *TABLE, "--json").json["predictions"]
    assert len(found) == 30
    assert found[0]["sequence"] == "m.csv, machine m0"
    assert sum(found[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    shown = command("predict", "m.recurra", "--file", "m.csv", *TABLE).out.splitlines()
    assert shown[0].split("\t")[0] == found[0]["label"]
    measured = command("evaluate", "m.recurra", "m.csv", *TABLE, "--label", "state")
    assert "on 30 rows" in measured.out
    assert "these are the data of the training" in measured.err


def test_numbers_are_learnt_too(work: Path) -> None:
    write_machines(work / "m.csv")
    asked = ("--target", "wear", "--values", "heat,hum")
    ended = command("train", "regress", "m.csv", *TABLE, *asked, *TRAIN, "-o", "r.recurra")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("MAE ")
    assert "on 3 sequences" in ended.out
    found = command("predict", "r.recurra", "m.csv", *TABLE, "--json").json["predictions"]
    assert all(isinstance(one["number"], float) for one in found)
    assert command("evaluate", "r.recurra", "m.csv", *TABLE, *asked[:2], "--json").json["r2"] < 1


def test_named_sets_are_read_without_options(work: Path) -> None:
    ended = command("train", "classify", "digits", *SMALL, "-o", "d.recurra")
    assert ended.code == 0, ended.err
    assert "on 397 held-out rows" in ended.out
    assert len(command("predict", "d.recurra", "digits").out.splitlines()) == 397
    assert "recurrent_0" in command("info", "d.recurra").out
    assert command("export", "d.recurra", "-o", "d.keras").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("classify", "digits", "--text", "x"), "read as sequences of numbers; leave out --text"),
        (("classify", "t.csv", "--split-by", "x"), "read as texts; leave out --split-by"),
        (("classify", "m.csv", "--series-id", "no"), "unknown column 'no'"),
        (("classify", "m.csv", *TABLE, "--label", "heat"), "more than one value in the column"),
        (("regress", "m.csv", *TABLE, "--target", "state"), "the number to learn is 'a'"),
        (("regress", "m.csv", *TABLE), "no numbers to learn"),
        (("regress", "m.csv", "--target", "wear"), "where each row is a step"),
        (("regress", "nowhere.csv", *TABLE, "--target", "wear"), "nowhere.csv"),
    ],
)
def test_what_cannot_be_learnt_is_one_line(
    arguments: tuple[str, ...], message: str, work: Path
) -> None:
    write_machines(work / "m.csv", 6)
    (work / "t.csv").write_text("text,label\na,x\nb,y\n", encoding="utf-8")
    ended = command("train", *arguments, "-o", "x.recurra", "--epochs", "1")
    assert ended.code in (1, 2)
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert not (work / "x.recurra").exists()


def test_other_channels_than_the_trainings_are_refused(work: Path) -> None:
    write_machines(work / "m.csv", 12)
    made = ("--values", "heat", "--label", "state", *TRAIN, "-o", "m.recurra")
    assert command("train", "classify", "m.csv", *TABLE, *made).code == 0
    ended = command("predict", "m.recurra", "m.csv", *TABLE, "--values", "heat,hum")
    assert ended.code == 1
    assert "has 2 channels (heat, hum), the model was trained on 1" in ended.err
    assert command("predict", "m.recurra", "m.csv", *TABLE).code == 0
    single = command("predict", "m.recurra", "m.csv")
    assert len(single.out.splitlines()) == 1
    assert "is read as one sequence of" in single.err
    assert "of a table of many sequences say --series-id COL" in single.err
    assert "leave out --horizon" in command("predict", "m.recurra", "a", "--horizon", "3").err
    assert "give files of sequences" in command("predict", "m.recurra").err
