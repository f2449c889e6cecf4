"""A probe as a whole: records, resuming, what it refuses, what its lines and sentences say."""

from __future__ import annotations

import json

import pytest

import recurra
from recurra.errors import CheckpointError, UnknownNameError, UsageError
from recurra.study import ProbeObserver
from recurra.study.probes import PROBLEMS, PUBLISHED, SOLVED, probe_lines, probe_verdict

QUICK = {"units": 8, "updates": 30, "lengths": (12, 20)}


def quick(**options):
    return recurra.probe(**{"cells": "gru", "tasks": "order,parity", **QUICK, **options})


class Watching(ProbeObserver):
    def __init__(self, ends: str = "") -> None:
        self.started: list[str] = []
        self.told: list[tuple[str, int]] = []
        self.records: list[dict] = []
        self._ends = ends

    def run_started(self, name, repeat):
        self.started.append(name)
        if name == self._ends:
            raise KeyboardInterrupt
        return []

    def learning(self, run, length, updates, most, skill):
        assert 0 <= updates <= most == QUICK["updates"]
        assert skill <= 1
        self.told.append((run, length))

    def run_ended(self, record, records):
        self.records = list(records)


def without_times(records):
    kept = json.loads(json.dumps(records, allow_nan=False))
    for record in kept:
        for key in ("training_seconds", "created"):
            del record[key]
        for point in record["points"]:
            del point["seconds"]
    return kept


def test_a_record_for_each_task_cell_and_repeat():
    watching = Watching()
    records = quick(cells="rnn,gru", repeats=2, observer=watching)
    assert [(r["probe"], r["cell"], r["repeat"]) for r in records] == [
        (task, cell, repeat)
        for task in ("order", "parity")
        for cell in ("rnn", "gru")
        for repeat in (0, 1)
    ]
    assert watching.told[0] == ("order/rnn", 12)
    for record in records:
        assert [point["length"] for point in record["points"]] == [12, 20]
        assert all(point["chance"] in {0.25, 0.5} for point in record["points"])
        assert all(point["updates"] <= 30 for point in record["points"])
    assert len({record["points"][0]["value"] for record in records}) > 2


def test_the_same_seed_gives_the_same_figures_whatever_else_is_run():
    alone = without_times(quick(tasks="parity"))
    beside = without_times(quick(cells="rnn,gru", tasks="parity"))
    assert alone[0]["points"] == beside[1]["points"]
    assert quick(tasks="parity", seed=1)[0]["points"] != alone[0]["points"]


def test_a_cell_that_breaks_is_measured_further_without_learning():
    (record,) = quick(tasks="copy", lengths=(10, 20, 30))
    assert record["points"][0]["skill"] < SOLVED
    assert [point["learnt"] for point in record["points"]] == [True, False, False]
    assert [point["updates"] for point in record["points"]] == [30, 0, 0]


def test_parity_is_learnt_short_and_measured_long():
    (record,) = quick(tasks="parity", lengths=(50, 60), units=16, updates=400)
    assert [point["length"] for point in record["points"]] == [50, 60]
    assert not any(point["learnt"] for point in record["points"])
    assert record["points"][0]["skill"] > SOLVED


def test_an_easy_length_is_learnt_and_digits_keep_their_lengths():
    records = quick(cells="lstm", tasks="order,digits", units=16, updates=300, lengths=(10,))
    assert records[0]["points"][0]["skill"] > SOLVED
    assert [point["length"] for point in records[1]["points"]] == [8, 16, 32, 64]
    assert all(point["learnt"] for point in records[1]["points"])


def test_what_is_finished_is_not_done_again():
    watching = Watching(ends="parity/gru")
    with pytest.raises(KeyboardInterrupt):
        quick(observer=watching)
    assert len(watching.records) == 1
    again = Watching()
    records = quick(observer=again, finished=watching.records)
    assert again.started == ["parity/gru"]
    assert without_times(records) == without_times(quick())


def test_another_probe_is_not_gone_on_with():
    finished = quick(tasks="parity")
    for other in ({"lengths": (12, 24)}, {"seed": 3}, {"updates": 31}, {"units": 9}):
        with pytest.raises(CheckpointError, match="are of another comparison"):
            quick(tasks="parity", finished=finished, **other)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cells": "lsmt"}, UnknownNameError, "unknown cell 'lsmt'; did you mean 'lstm'?"),
        ({"cells": ""}, UsageError, "name each cell to compare once, not none"),
        ({"tasks": "adding,ordre"}, UnknownNameError, "unknown task 'ordre'; did you mean 'order'"),
        ({"tasks": "copy,copy"}, UsageError, "name each task once, not copy,copy"),
        ({"tasks": ()}, UsageError, "name each task once, not none"),
        ({"lengths": (9, 20)}, UsageError, "the task 'order' are from 10 to 4096 steps, not 9, 20"),
        ({"lengths": (10, 5000)}, UsageError, "from 10 to 4096 steps, not 10, 5000"),
        ({"lengths": (10, 10)}, UsageError, "name each length once, not 10,10"),
        ({"lengths": ()}, UsageError, "name each length once, not none"),
        ({"lengths": (10.5,)}, UsageError, "length must be a whole number from 1 up, not 10.5"),
        ({"updates": 0}, UsageError, "updates must be a whole number from 1 up, not 0"),
        ({"units": True}, UsageError, "units must be a whole number from 1 up, not True"),
        ({"repeats": -1}, UsageError, "repeats must be a whole number from 1 up, not -1"),
        ({"seed": -1}, UsageError, "seed must be a whole number from 0 up, not -1"),
    ],
)
def test_what_cannot_be_probed_is_said(options, error, message):
    with pytest.raises(error) as caught:
        quick(**options)
    assert message in str(caught.value)


def made_up(cell: str, skills: list[float], repeat: int = 0, probe: str = "adding"):
    lengths = PROBLEMS[probe].lengths[: len(skills)]
    names = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
    points = [
        {"length": length, "value": 0.1, "chance": 0.2, "skill": skill}
        | {"learnt": True, "updates": 5, "seconds": 0.1}
        for length, skill in zip(lengths, skills, strict=True)
    ]
    return {
        "model": f"{probe}/{cell}", "probe": probe, "cell": cell, "name": names[cell],
        "repeat": repeat, "parameters": 7, "training_seconds": 2.0, "points": points,
    }  # fmt: skip


def test_a_reach_ends_at_the_first_length_that_is_not_solved():
    records = [
        made_up("rnn", [0.2, 0.95]),
        made_up("lstm", [0.95, 0.2]),
        made_up("gru", [1.0, 0.9]),
    ]
    lines = probe_lines(records)
    assert [line.reach for line in lines] == [None, 10, 20]
    assert [line.breaks for line in lines] == [10, 20, None]
    verdict = probe_verdict(lines)
    assert verdict.headline == (
        "GRU solves the task up to the longest length; SimpleRNN breaks; LSTM breaks."
    )
    assert verdict.findings == (
        "Adding (steps): SimpleRNN not at all (20\u00a0% at 10); LSTM to 10 (20\u00a0% at 20); "
        "GRU to the longest length, 20.",
    )


def test_repeats_are_averaged_and_their_range_is_kept():
    (line,) = probe_lines([made_up("gru", [1.0, 0.9]), made_up("gru", [0.8, 0.7], repeat=1)])
    assert line.repeats == 2
    assert (line.points[0].skill, line.points[0].low, line.points[0].high) == (0.9, 0.8, 1.0)
    assert line.reach == 10


def test_no_records_have_no_lines():
    with pytest.raises(UsageError, match="no records to summarise"):
        probe_lines([])
    with pytest.raises(UsageError, match="no lines to judge"):
        probe_verdict([])


def test_published_figures_are_on_the_scale_of_skill():
    assert {one.probe for one in PUBLISHED} <= set(PROBLEMS)
    assert all(0 <= one.skill <= 1 for one in PUBLISHED)
    skills = {(one.probe, one.name): one.skill for one in PUBLISHED}
    assert skills["adding", "GRU"] > 0.99
    assert skills["adding", "SimpleRNN"] == 0
    assert skills["copy", "LSTM"] == pytest.approx(0, abs=0.01)
    assert skills["parity", "Transformer"] == 0
