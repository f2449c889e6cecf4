"""`recurra probe`: what it writes and prints, what it refuses, how it goes on."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from pathlib import Path

import pytest
from command_line import command, process, tree
from rich.console import Console

from recurra.cli.probing import ProbeProgress, run_probe

QUICK = ("--cells", "gru,rnn", "--tasks", "order", "--lengths", "10,14", "--updates", 25)


def test_a_probe_writes_results_report_and_pictures(work):
    ended = command("probe", *QUICK, "--units", 8, "--out", "out")
    assert (ended.code, ended.err) == (0, "")
    assert tree(work / "out") == {"results.json", "report.html", "probe.png", "reach.png"}
    lines = ended.out.splitlines()
    assert lines[1].split() == ["Cell", "Order"]
    assert [line.split()[0] for line in lines[3:5]] == ["GRU", "SimpleRNN"]
    assert lines[-1] == "report: out/report.html"
    assert "\x1b" not in ended.out


def test_json_is_the_records(work):
    ended = command("probe", *QUICK, "--units", 8, "--repeats", 2, "--seed", 5, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json == json.loads((work / "recurra-probe/results.json").read_text())
    assert [record["seed"] for record in ended.json] == [5, 6, 5, 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--cells", "lsmt"), "unknown cell 'lsmt'; did you mean 'lstm'?"),
        (("--tasks", "add"), "unknown task 'add'; did you mean 'adding'?"),
        (("--lengths", "ten"), "--lengths takes numbers with commas, not 'ten'"),
        (("--lengths", "1,2"), "lengths of the task 'adding' are from 2 to 4096 steps, not 1, 2"),
    ],
)
def test_bad_options_are_one_line_and_leave_nothing(work, options, message):
    ended = command("probe", *options, "--out", "out")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"recurra: {message}")
    assert ended.err.count("\n") == 1
    assert tree(work) == set()


def test_an_interrupted_probe_goes_on(work):
    options = ("--cells", "gru", "--tasks", "order,copy", "--units", 64, "--lengths", "10,200")
    with process("probe", *options, "--out", "out", "--updates", 9000) as running:
        results, ends = Path("out/results.json"), time.monotonic() + 60
        while not results.is_file() and time.monotonic() < ends and running.poll() is None:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    expected = "interrupted; the finished trainings are in out/results.json, go on with --resume"
    assert err.decode() == f"recurra: {expected}\n"
    (kept,) = json.loads(results.read_text())
    other = command("probe", *options, "--out", "out", "--updates", 30, "--resume")
    assert (other.code, other.out) == (1, "")
    assert "are of another comparison: updates differ" in other.err
    assert json.loads(results.read_text()) == [kept]


def test_progress_tells_every_length_and_saves_every_record(work):
    screen = Console(file=io.StringIO(), force_terminal=True, width=100, highlight=False)
    options = {"cells": "gru", "tasks": "order,parity", "lengths": (10,), "updates": 25, "units": 8}
    records = run_probe(Path("out"), options, resume=False, notes=screen)
    shown = screen.file.getvalue()
    assert "1/2  order, GRU  10: " in shown
    assert "2/2  parity, GRU  10: " in shown
    again = run_probe(Path("out"), options, resume=True, notes=screen)
    assert again == records


def test_nothing_is_shown_before_the_bar_starts():
    progress = ProbeProgress(Console(quiet=True), Path("results.json"))
    progress.learning("order/gru", 10, 0, 25, 0.5)
    progress.close()
    assert not progress.saved
