"""Recognizers of speech from the command line: train, write files and streams, measure."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from command_line import command

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "speech"))

from beeps import RATE, beeps

SOUNDS, TRANSCRIPTS = beeps(30, seed=1)
SMALL = (
    *("--units", 8, "--layers", 1, "--mels", 16, "--epochs", 2, "--batch-size", 8),
    *("--no-augment", "--symbols", "word", "--one-direction"),
)


def write_table(folder, sounds=SOUNDS, transcripts=TRANSCRIPTS, name="clips"):
    lines = ["path,said,speaker"]
    for row, (sound, text) in enumerate(zip(sounds, transcripts, strict=True)):
        soundfile.write(folder / f"{row}.wav", sound, RATE)
        lines.append(f"{row}.wav,{text},{'ann' if row % 3 else 'bob'}")
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder / f"{name}.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(scope="module")
def trained(folder):
    table = write_table(folder)
    output = folder / "m.recurra"
    asked = (table, "-o", output, "--transcript", "said", "--split-by", "speaker")
    ended = command("train", "transcribe", *asked, "--test-share", 0, *SMALL)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"saved {output}\n"
    return output


def test_files_are_written_one_a_line(trained, folder):
    ended = command("predict", trained, folder / "0.wav", folder / "1.wav", "--beam", 4)
    assert (ended.code, ended.err) == (0, "")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    assert [line[2] for line in lines] == [str(folder / "0.wav"), str(folder / "1.wav")]
    found = command("predict", trained, folder / "0.wav", "--beam", 4, "--json").json
    (record,) = found["predictions"]
    assert record["text"] == lines[0][0]
    assert record["seconds"] == pytest.approx(len(SOUNDS[0]) / RATE)
    assert [word["word"] for word in record["words"]] == record["text"].split()


def test_a_stream_is_written_while_it_comes(trained, folder, monkeypatch):
    raw = (np.concatenate(SOUNDS[:4]) * 32767).astype("<i2")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw.tobytes())))
    ended = command("predict", trained, "--stream", "-")
    assert ended.code == 0
    assert "real-time factor" in ended.err
    texts = [line.split("\t")[1] for line in ended.out.splitlines()]
    soundfile.write(folder / "joined.wav", raw, RATE)
    whole = command("predict", trained, folder / "joined.wav", "--json").json["predictions"]
    assert (texts[-1] if texts else "") == whole[0]["text"]


def test_evaluate_gives_error_rates_and_speed(trained, folder):
    ended = command("evaluate", trained, folder / "clips.csv", "--transcript", "said")
    assert ended.code == 0
    assert "the data of the training, so these figures flatter the model" in ended.err
    for words in ("word error rate", "character error rate", "deletions", "real-time factor"):
        assert words in ended.out
    part = write_table(folder, SOUNDS[:5], TRANSCRIPTS[:5], "part")
    found = command("evaluate", trained, part, "--transcript", "said", "--beam", 2, "--json").json
    assert found["rows"] == 5
    assert found["beam"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("predict", "{m}"), 2, "give sound files, a folder of them, or --stream -"),
        (("predict", "{m}", "--length-bonus", 1, "{f}/0.wav"), 2, "length bonus needs a beam"),
        (("predict", "{m}", "--horizon", 3), 2, "writes what is said; leave out --horizon"),
        (("predict", "{m}", "{f}/clips.csv", "--stream", "-"), 2, "not both"),
        (("predict", "{m}", "{f}/absent.wav"), 1, "absent.wav"),
        (("evaluate", "{m}", "{f}/clips.csv"), 2, "name it: --transcript"),
        (("evaluate", "{m}", "{f}/clips.csv", "--transcript", "sad"), 2, "did you mean 'said'"),
    ],
)
def test_what_cannot_be_used_is_said(trained, folder, arguments, code, message):
    filled = [str(part).format(m=trained, f=folder) for part in arguments]
    ended = command(*filled)
    assert (ended.code, "Traceback" in ended.err) == (code, False)
    assert message in " ".join(ended.err.split())


def test_broken_tables_are_named_by_line(folder):
    def ended(row):
        (folder / "broken.csv").write_text(f"path,text\n0.wav,low\n{row}\n" + "2.wav,mid\n" * 3)
        result = command("train", "transcribe", folder / "broken.csv", "-o", folder / "n.recurra")
        assert not (folder / "n.recurra").exists()
        return result.code, " ".join(result.err.split())

    write_table(folder)
    (folder / "noise.wav").write_text("no sound")
    assert ended("gone.wav,low")[0] == 1
    assert "broken.csv, line 3: there is no file" in ended("gone.wav,low")[1]
    assert "line 3) has no transcript" in ended("1.wav,")[1]
    assert "noise.wav cannot be read as sound" in ended("noise.wav,low")[1]
