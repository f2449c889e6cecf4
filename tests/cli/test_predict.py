"""`recurra predict`: from arguments, files and lines; every text gets its answer in its place."""

from __future__ import annotations

import json
import os
import select
import time
from pathlib import Path

import pytest
from command_line import command, process

from recurra import load_predictor
from recurra.cli.text_lines import read_lines

TEXTS = ["a good film", "an awful plot", "", "the fine saw"]


def labels(out: str) -> list[str]:
    return [line.split("\t")[0] for line in out.splitlines()]


def expected(model: Path, texts: list[str]) -> list[str]:
    return [str(answer.label) for answer in load_predictor(model).answer(texts)]


def test_arguments_are_labelled_in_order(model):
    ended = command("predict", model, *TEXTS)
    assert (ended.code, ended.err) == (0, "")
    assert labels(ended.out) == expected(model, TEXTS)
    assert labels(ended.out)[:2] == ["pos", "neg"]
    label, probability, text = ended.out.splitlines()[0].split("\t")
    assert (label, text) == ("pos", "a good film")
    assert 0.5 < float(probability) <= 1


def test_json_holds_every_probability(model):
    ended = command("predict", model, *TEXTS, "--json")
    assert (ended.code, ended.err) == (0, "")
    printed = ended.json
    assert printed["model"] == str(model)
    assert [one["text"] for one in printed["predictions"]] == TEXTS
    for one in printed["predictions"]:
        assert sum(one["probabilities"].values()) == pytest.approx(1)
        assert one["probability"] == one["probabilities"][one["label"]]
        assert one["probability"] == max(one["probabilities"].values())


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_file_of_lines_keeps_empty_ones(work, model, end):
    content = "\ufeff" + "\r\n".join(TEXTS) + end
    Path("lines.txt").write_bytes(content.encode())
    ended = command("predict", model, "--file", "lines.txt", "--json")
    assert [one["text"] for one in ended.json["predictions"]] == TEXTS


def test_a_table_is_read_by_its_column(tiny, model):
    ended = command("predict", model, "--file", tiny, "--text", "review")
    lines = tiny.read_text().splitlines()[1:]
    assert labels(ended.out) == expected(model, [line.split(",")[0] for line in lines])
    right = [line.endswith(label) for line, label in zip(lines, labels(ended.out), strict=True)]
    assert sum(right) > 50
    assert command("predict", model, "--file", tiny).out == ended.out


def test_a_long_text_is_shown_short_on_one_line(model):
    ended = command("predict", model, "good\tfilm\n" * 50)
    assert ended.out.count("\n") == 1
    assert len(ended.out) < 100
    assert ended.out.endswith("...\n")


def test_nothing_to_label_gives_no_line(work, model):
    Path("empty.txt").touch()
    assert command("predict", model, "--file", "empty.txt").out == ""
    assert command("predict", model, "--file", "empty.txt", "--json").json["predictions"] == []


def read_in_pieces(content: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    read, write = os.pipe()
    os.write(write, content)
    os.close(write)
    monkeypatch.setattr("recurra.cli.text_lines._READ", size)
    try:
        return list(read_lines(read))
    finally:
        os.close(read)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_lines_do_not_depend_on_how_they_are_read(size, monkeypatch):
    text = "\ufeffcafé\n\n\r\nx\ny ü\n\nend"
    groups = read_in_pieces(text.encode(), size, monkeypatch)
    lines = [line for group in groups for line in group]
    whole = text.removeprefix("\ufeff").replace("\r", "")
    assert lines == whole.split("\n")


def test_a_slow_writer_is_answered_at_once(model):
    with process("predict", model) as running:
        for text in ("a good film", "", "an awful plot"):
            running.stdin.write(f"{text}\n".encode())
            running.stdin.flush()
            assert select.select([running.stdout], [], [], 60)[0], "answers wait for the end"
            answer = running.stdout.readline().decode()
            assert answer.rstrip("\n").split("\t")[2] == text
        running.stdin.close()
        assert running.stdout.read() == b""
        assert running.stderr.read() == b""
        assert running.wait(30) == 0


def test_lines_that_are_not_utf8_are_one_error(model):
    with process("predict", model) as running:
        out, err = running.communicate(b"caf\xe9\n", timeout=60)
    assert (running.returncode, out) == (1, b"")
    assert err.startswith(b"recurra: a line is not UTF-8")
    assert err.count(b"\n") == 1


def test_a_very_long_line_is_read_in_linear_time(monkeypatch, work):
    path = Path("long.txt")
    path.write_bytes(b"x" * (1 << 25))
    monkeypatch.setattr("recurra.cli.text_lines._READ", 1 << 12)
    descriptor = os.open(path, os.O_RDONLY)
    started = time.process_time()
    ((line,),) = read_lines(descriptor)
    os.close(descriptor)
    assert len(line) == 1 << 25
    assert time.process_time() - started < 2  # 8,192 pieces; joining anew each time takes 60 s


def test_probabilities_are_those_of_the_python_interface(model):
    printed = json.loads(command("predict", model, *TEXTS, "--json").out)
    answers = load_predictor(model).answer(TEXTS)
    for one, answer in zip(printed["predictions"], answers, strict=True):
        assert one["probabilities"] == pytest.approx(answer.probabilities)
