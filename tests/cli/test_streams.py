"""Standard streams as shells give them: pipes, terminals, full disks, closed ones, encodings."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import SMALL, command, process


def finished(*arguments: object, **options: object) -> tuple[int, bytes, bytes]:
    with process(*arguments, **options) as running:
        out, err = running.communicate(timeout=120)
    return running.returncode, out or b"", err


def test_a_reader_that_goes_ends_it_without_a_word(work, model):
    Path("many.txt").write_text("a good film\n" * 50_000)
    with process("predict", model, "--file", "many.txt") as running:
        assert running.stdout.readline().startswith(b"pos\t")
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="/dev/full is not here")
@pytest.mark.parametrize("arguments", [("predict", "MODEL", "a"), ("data", "list"), ("--help",)])
def test_a_full_disk_behind_standard_output_is_one_line(work, model, arguments):
    given = [model if one == "MODEL" else one for one in arguments]
    with Path("/dev/full").open("wb") as full:
        code, _, err = finished(*given, stdout=full)
    assert (code, err) == (1, b"recurra: No space left on device\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_are_no_trouble(work, model, closed):
    line = f'exec "$0" -m recurra predict "$1" {"" if closed == "<&-" else "good"} {closed}'
    ended = subprocess.run(
        ["bash", "-c", line, sys.executable, str(model)],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_characters_that_standard_output_lacks_are_escaped(work, model):
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    code, out, err = finished("predict", model, "café", env=ascii_only)
    assert (code, err) == (0, b"")
    assert out.endswith(b"\tcaf\\xe9\n")
    for env in (ascii_only, {"PYTHONIOENCODING": "utf-8"}):
        _, out, _ = finished("predict", model, "café", "--json", env=env)
        assert json.loads(out)["predictions"][0]["text"] == "café"


def test_bytes_that_are_no_text_give_sound_json(work, model):
    code, out, err = finished("predict", model, os.fsdecode(b"caf\xe9"), "--json")
    assert (code, err) == (0, b"")
    assert json.loads(out.decode("utf-8"))["predictions"][0]["text"] == "caf\udce9"


def on_a_terminal(*arguments: object) -> tuple[int, str]:
    """Run a command with a terminal for standard error; return what stood there."""
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
        code = running.wait(60)
    os.close(mine)
    return code, seen.decode()


def test_progress_is_shown_on_a_terminal_alone(tiny):
    options = ("--cell", "dense", *SMALL)
    code, seen = on_a_terminal("train", "classify", tiny, "-o", "m.recurra", *options)
    assert code == 0
    assert "epoch 1/1  loss 0." in seen
    assert "val_accuracy" in seen
    assert "best so far" in seen
    ended = command("train", "classify", tiny, "-o", "m.recurra", *options)
    assert (ended.code, ended.err) == (0, "")


def test_predicting_from_a_terminal_asks_for_texts(work, model):
    mine, its = pty.openpty()
    code, out, err = finished("predict", model, stdin=its)
    os.close(mine)
    os.close(its)
    assert (code, out) == (2, b"")
    assert err == b"recurra: give texts, --file F, or pipe lines into standard input\n"
