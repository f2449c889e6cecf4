"""`recurra bench`: what it prints, what it refuses."""

from __future__ import annotations

import functools
import io
import os
import signal
import subprocess
import time
from pathlib import Path

import keras
import pytest
from command_line import command, process
from rich.console import Console

from recurra import kernels
from recurra.cli.benching import BenchProgress, bench_report
from recurra.errors import KernelMismatchError
from recurra.study import (
    BENCH_CASES,
    BenchResult,
    BenchSizes,
    EntryTimes,
    NetworkTimes,
    bench_kernels,
)
from recurra.study.bench_results import Race, Times

needs_core = pytest.mark.skipif(
    not kernels.instruction_sets() or kernels.why_not_backend(keras.config.backend()) is not None,
    reason="the core is not built here, or not for this backend",
)


@pytest.fixture
def tiny(monkeypatch):
    """Measure networks of a few units only."""
    small = functools.partial(BenchSizes, batch=4, steps=6, features=5, words=20)
    monkeypatch.setattr("recurra.cli.benching.BenchSizes", small)


def made_up(title: str = "LSTM(64)") -> BenchResult:
    """A result in which the core is 3.21 times as fast."""
    race = Race(Times(0.1, 0.1, 0.2), Times(0.1 / 3.21, 0.02, 0.05))
    quick = Race(Times(5e-6, 5e-6, 5e-6), Times(2e-6, 1e-6, 3e-6))
    machine = {
        "processors": 2,
        "processor": "",
        "instruction_set": "avx2",
        "backend": "jax",
        "versions": {"keras": "3.12", "jax": "0.7"},
    }
    return BenchResult(
        machine,
        BenchSizes(),
        10,
        [],
        [NetworkTimes("lstm", title, 64, race, race)],
        [EntryTimes("LSTM", 64, 1, 1, quick), EntryTimes("LSTM", 64, 64, 200, race)],
    )


@needs_core
def test_the_tables_and_the_json_say_the_same(tiny):
    ended = command("bench", "--cells", "gru", "--units", 3, "--rounds", 1)
    assert (ended.code, ended.err) == (0, "")
    assert "GRU(3)" in ended.out
    assert "GRU(3), 1 step, batch 1" in ended.out
    assert "\x1b" not in ended.out
    record = command("bench", "--cells", "gru", "--units", 3, "--rounds", 1, "--json").json
    assert [one["title"] for one in record["networks"]] == ["GRU(3)"]
    assert record["rounds"] == 1
    assert record["sizes"] == {"units": 3, "batch": 4, "steps": 6, "features": 5, "words": 20}


@pytest.mark.parametrize(
    ("options", "cells", "rounds"),
    [
        ((), tuple(BENCH_CASES), 10),
        (("--quick",), ("lstm", "gru", "simple_rnn"), 5),
        (("--quick", "--cells", "lstm_256", "--rounds", 2), "lstm_256", 2),
    ],
)
def test_what_is_measured(monkeypatch, options, cells, rounds):
    asked = []

    def remember(cells, sizes, *, rounds, observer):
        del observer
        asked.append((cells, sizes, rounds))
        return made_up()

    monkeypatch.setattr("recurra.cli.benching.bench_kernels", remember)
    ended = command("bench", *options)
    assert (ended.code, ended.err) == (0, "")
    assert asked == [(cells, BenchSizes(), rounds)]


def test_the_tables_fit_into_80_columns():
    longest = max((case.title(BenchSizes(units=512)) for case in BENCH_CASES.values()), key=len)
    screen = Console(width=80, file=io.StringIO(), force_terminal=False)
    for part in bench_report(made_up(longest)):
        screen.print(part)
    text = screen.file.getvalue()
    assert longest in text
    assert text.count("3.21") == 3
    assert "5.0 µs    2.0 µs   2.50" in text
    assert "100.00 ms  31.15 ms   3.21" in text
    assert "2 processors (unknown), core on avx2, Keras 3.12 on jax 0.7" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--cells", "lsmt"), "unknown cell 'lsmt'; did you mean 'lstm'?"),
        (("--cells", ""), "name each cell to compare once, not none"),
    ],
)
def test_bad_names_are_one_line(options, message):
    ended = command("bench", *options)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"recurra: {message}")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--units", "--rounds"])
def test_numbers_start_at_one(option):
    ended = command("bench", option, 0)
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_kernels_that_disagree_are_an_error_and_print_nothing(monkeypatch, form):
    def disagree(*_, **__):
        raise KernelMismatchError("LSTM(64): the output of the core differs")

    monkeypatch.setattr("recurra.cli.benching.bench_kernels", disagree)
    ended = command("bench", *form)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "recurra: LSTM(64): the output of the core differs\n"


@needs_core
def test_progress_counts_every_check_and_turn(tiny):
    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    with BenchProgress(screen) as progress:
        sizes = BenchSizes(units=3, batch=4, steps=6, features=5, words=20)
        bench_kernels("gru", sizes, rounds=2, observer=progress)
        (task,) = progress._progress.tasks
        assert task.completed == task.total == 2 + 2 + 3
    shown = screen.file.getvalue()
    assert "checking GRU(3)" in shown
    assert "measuring" in shown


@needs_core
def test_ctrl_c_ends_it_with_a_word():
    with process("bench", "--cells", "simple_rnn", "--rounds", 1000) as running:
        maps = Path(f"/proc/{running.pid}/maps")
        ends = time.monotonic() + 60
        while "_native" not in maps.read_text() and time.monotonic() < ends:
            time.sleep(0.02)
        time.sleep(1)
        os.killpg(running.pid, signal.SIGINT)
        try:
            out, err = running.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    assert (running.returncode, out, err) == (130, b"", b"recurra: interrupted\n")
