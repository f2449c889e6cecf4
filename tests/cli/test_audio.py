"""Sound on the command line: training, files, streams, errors."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import command

soundfile = pytest.importorskip("soundfile", reason="the extra audio is not installed")


def tone(high, seconds=0.2, rate=8000):
    time = np.arange(int(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * (2000 if high else 300) * time)).astype(np.float32)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound") / "clips"
    for k in range(20):
        path = folder / ("high" if k % 2 else "low") / f"{k}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, tone(k % 2, 0.15 + k / 200), 8000)
    return folder


@pytest.fixture(scope="module")
def model(clips):
    options = ("--cell", "dense", "--units", 8, "--epochs", 25, "--learning-rate", 0.03)
    more = ("--mels", 12, "--no-cache", "--no-augment", "--test-share", 0.2, "--batch-size", 8)
    path = clips.with_name("m.recurra")
    ended = command("train", "classify", clips, "--audio", "-o", path, *options, *more, "--json")
    assert (ended.code, ended.err) == (0, "")
    record = json.loads(ended.out)
    assert record["rows"] == 4
    assert record["accuracy"] == 1.0
    return path


def listen(monkeypatch, sound, *arguments):
    raw = (sound * 32767).astype("<i2").tobytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw), isatty=bool))
    return command("predict", *arguments)


def test_files_are_labelled(model, clips):
    ended = command("predict", model, clips / "low" / "0.wav", clips / "high" / "1.wav")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    assert [line[0] for line in lines] == ["low", "high"]
    assert lines[0][2].endswith("0.wav")
    answers = json.loads(command("predict", model, clips, "--json").out)["predictions"]
    assert len(answers) == 20
    assert set(answers[0]["probabilities"]) == {"high", "low"}


def test_a_stream_is_answered_while_it_comes(model, monkeypatch):
    sound = np.concatenate([tone(False, 0.4), tone(True, 5.6)])
    ended = listen(monkeypatch, sound, model, "--stream", "-")
    lines = [line.split("\t") for line in ended.out.splitlines()]
    assert lines[0][1] == "low"
    assert lines[-1][1] == "high"
    assert len(lines) >= 8
    assert "6.00 s of sound, real-time factor 0." in ended.err
    doubled = listen(monkeypatch, np.repeat(sound, 2), model, "--stream", "-", "--rate", 16000)
    assert doubled.out.splitlines()[-1].split("\t")[1] == "high"
    record = json.loads(listen(monkeypatch, sound, model, "--stream", "-", "--json").out)
    assert record["answers"][-1]["label"] == "high"
    assert record["real_time_factor"] < 1


def test_evaluating_and_facts(model, clips):
    ended = command("evaluate", model, clips)
    assert ended.code == 0
    assert "accuracy 1.0000" in ended.out
    assert command("info", model).code == 0


def test_wrong_calls_are_explained(model, clips, work, monkeypatch):
    for arguments, words in (
        (("predict", model), "give sound files"),
        (("predict", model, "--stream", "x"), "--stream -"),
        (("predict", model, clips, "--stream", "-"), "not both"),
        (("predict", model, clips, "--rate", 8000), "--rate is for --stream"),
        (("predict", model, clips, "--beam", 3), "labels sound; leave out --beam"),
        (("train", "classify", clips, "--audio", "--text", "t", "-o", "x.recurra"), "--text"),
        (("train", "classify", clips, "--audio", "--test", "a", "-o", "x.recurra"), "--split-by"),
        (("train", "classify", "gone", "--audio", "-o", "x.recurra"), "gone"),
    ):
        ended = command(*arguments)
        assert ended.code in (1, 2), arguments
        assert words in ended.err, arguments
    empty = listen(monkeypatch, np.zeros(0, np.float32), model, "--stream", "-")
    assert "no sound came" in empty.err
    (work / "bad.wav").write_text("text")
    assert "bad.wav cannot be read as sound" in command("predict", model, "bad.wav").err


def test_a_model_is_adapted_to_a_voice(clips, tmp_path):
    for path in clips.rglob("*.wav"):
        sound, rate = soundfile.read(path)
        name = f"{path.parent.name}_{'ab'[int(path.stem) % 4 // 2]}_{path.stem}.wav"
        soundfile.write(tmp_path / name, sound, rate)
    pattern = ("--pattern", "{label}_{speaker}_{take}.wav")
    small = ("--units", 4, "--layers", 1, "--mels", 12, "--epochs", 2, "--no-cache")
    asked = ("--audio", "--adaptive", "--split-by", "speaker", "--test", "b")
    model, own = tmp_path / "m.recurra", tmp_path / "own.recurra"
    ended = command("train", "classify", tmp_path, *pattern, *asked, *small, "-o", model, "--json")
    assert ended.code == 0, ended.err
    assert 0 <= json.loads(ended.out)["unadapted_accuracy"] <= 1
    heard = [path for path in sorted(tmp_path.glob("*.wav")) if "_b_" in path.name]
    ended = command("adapt", model, *heard, "-o", own, "--json")
    assert json.loads(ended.out) == {"path": str(own), "sounds": 10}
    assert command("predict", own, *heard).code == 0
    told = command("train", "classify", tmp_path, *pattern, *asked, *small, "-o", model).out
    assert "adapted to each held-out speaker by sound alone; accuracy " in told
    assert command("adapt", model, tmp_path / "none", "-o", own).code == 1


def test_only_adaptive_models_of_sound_are_adapted(model, clips):
    ended = command("adapt", model, clips / "low" / "0.wav", "-o", clips.with_name("x.recurra"))
    assert ended.code != 0
    assert "--adaptive" in ended.err
    assert not clips.with_name("x.recurra").exists()
