"""Ctrl-C and kill -9 during training: the run goes on where it was, and ends with the same bits."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import command, process, write_csv

from recurra.cli import interrupts
from recurra.runtime import read_artifact

EPOCHS = 40
TRAIN = (
    "train", "classify", "tiny.csv", "--cell", "rnn", "--units", 4, "--embedding", 4,
    "--max-length", 8, "--epochs", EPOCHS, "--patience", EPOCHS, "--batch-size", 8,
    "--learning-rate", 0.001,
)  # fmt: skip


def weights(path: str) -> str:
    return read_artifact(path).manifest["files"]["weights.safetensors"]["sha256"]


def stopped_at(epoch: int, number: int) -> subprocess.Popen[bytes]:
    """Start training and send a signal to its process group once some epochs are over."""
    running = process(*TRAIN, "-o", "cut.recurra")
    state = Path("cut.recurra.partial/state.safetensors")
    ends = time.monotonic() + 120
    epochs, seen = 0, 0
    while epochs < epoch and time.monotonic() < ends and running.poll() is None:
        changed = state.stat().st_mtime_ns if state.is_file() else 0
        epochs, seen = epochs + (changed != seen), changed
        time.sleep(0.002)
    os.killpg(running.pid, number)
    return running


@pytest.fixture
def uninterrupted(work) -> str:
    """The digest of the weights that an uninterrupted run ends with."""
    write_csv(work / "tiny.csv", 200)
    ended = command(*TRAIN, "-o", "whole.recurra")
    assert (ended.code, ended.err) == (0, "")
    return weights("whole.recurra")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_was_stopped_goes_on_with_the_same_bits(uninterrupted, number):
    with stopped_at(2, number) as running:
        out, err = running.communicate(timeout=60)
    assert out == b""
    assert not Path("cut.recurra").exists()
    if number == signal.SIGINT:
        assert running.returncode == 130
        assert err.decode() == (
            "recurra: interrupted; the finished epochs are in cut.recurra.partial, "
            "go on with --resume\n"
        )
    else:
        assert (running.returncode, err) == (-signal.SIGKILL, b"")
    other = command(*TRAIN, "-o", "cut.recurra", "--resume", "--dropout", 0.5)
    assert (other.code, other.out) == (1, "")
    assert "belongs to another run: dropout differ" in other.err
    assert other.err.count("\n") == 1
    resumed = command(*TRAIN, "-o", "cut.recurra", "--resume", "--json")
    assert (resumed.code, resumed.err) == (0, "")
    assert resumed.json["epochs"] == EPOCHS
    assert resumed.json["best_epoch"] > EPOCHS // 2  # the weights kept come from the resumed part
    assert weights("cut.recurra") == uninterrupted
    assert not Path("cut.recurra.partial").exists()


def test_resuming_what_never_began_trains_from_the_start(uninterrupted):
    ended = command(*TRAIN, "-o", "new.recurra", "--resume")
    assert (ended.code, ended.err) == (0, "")
    assert weights("new.recurra") == uninterrupted


@pytest.mark.parametrize("content", [b"", b"junk" * 100])
def test_a_broken_checkpoint_is_one_line_and_stays(tiny, content):
    state = Path("cut.recurra.partial/state.safetensors")
    state.parent.mkdir()
    state.write_bytes(content)
    ended = command(*TRAIN, "-o", "cut.recurra", "--resume")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("recurra: the checkpoint cut.recurra.partial/state.safetensors")
    assert ended.err.count("\n") == 1
    assert state.read_bytes() == content


def test_ctrl_c_while_keras_is_imported_waits_for_the_end(tiny):
    running = process(*TRAIN, "-o", "cut.recurra")
    maps = Path(f"/proc/{running.pid}/maps")
    ends = time.monotonic() + 60
    while "jaxlib" not in maps.read_text() and time.monotonic() < ends:
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=120)
    assert (running.returncode, out, err) == (130, b"", b"recurra: interrupted\n")


def test_an_interrupt_that_was_ignored_comes_again():
    class Swallows:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def work() -> None:
        ended = time.monotonic() + 5
        victim: Swallows | None = Swallows()
        victim = None  # Python ignores the interrupt in `__del__`
        while victim is None and time.monotonic() < ended:
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt), interrupts.resend_ignored_interrupts():
        work()


def test_an_interrupt_waits_for_the_end_of_a_held_block():
    done: list[str] = []

    def work(then: Callable[[], None]) -> None:
        with interrupts.hold_interrupts():
            signal.raise_signal(signal.SIGINT)
            then()

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        work(lambda: done.append("block"))
    assert done == ["block"]
    assert signal.getsignal(signal.SIGINT) is before
