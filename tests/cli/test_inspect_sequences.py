"""`recurra inspect` with models of sequences, of sound and of tags."""

from __future__ import annotations

import numpy as np
import pytest
from command_line import command, tree

from recurra.study.insight import Trace

HELD = ("--out", "look", "--json")


@pytest.fixture(scope="module")
def sequences(tmp_path_factory):
    """A trained classifier of two channels, and what it was trained on."""
    from recurra import SequenceClassifier

    folder = tmp_path_factory.mktemp("sequences")
    generator = np.random.default_rng(0)
    lines, values, labels = ["id,x,y,label,other"], [], []
    for k in range(16):
        steps = generator.normal(size=(6, 2)).astype(np.float32) + k % 2
        lines += [f"s{k},{x},{y},{'ab'[k % 2]},{x * y}" for x, y in steps]
        values.append(steps)
        labels.append("ab"[k % 2])
    (folder / "steps.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    np.save(folder / "one.npy", values[3])
    made = SequenceClassifier(units=4, bidirectional=False, epochs=1, seed=1, validation=0.0).fit(
        values, labels
    )
    made.channels_ = ["x", "y"]
    made.save(folder / "m.recurra")
    return folder


@pytest.fixture
def fast(monkeypatch):
    """Look at the states alone."""
    from recurra.cli import inspecting

    real = inspecting.inspect

    def states(*given, **options):
        return real(*given, what=("states",), **options)

    monkeypatch.setattr(inspecting, "inspect", states)


def test_one_sequence_of_a_table_is_looked_at(sequences, work, fast):
    asked = ("--series", sequences / "steps.csv", "--series-id", "id", "--row", "4")
    ended = command("inspect", sequences / "m.recurra", *asked, *HELD, "--trace", "t.trace")
    assert (ended.code, ended.err) == (0, "")
    assert (ended.json["task"], ended.json["steps"]) == ("sequence-classification", 6)
    assert ended.json["input"].endswith("steps.csv, id s3")
    assert "inspect.html" in tree(work / "look")
    kept = Trace.load("t.trace")
    assert kept.labels == ("1", "2", "3", "4", "5", "6")
    alone = command(
        "inspect", sequences / "m.recurra", "--series", sequences / "one.npy", "--out", "look"
    )
    assert alone.out.startswith(f"input: {sequences / 'one.npy'}\nGRU sequence classifier, 4 units")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ((), 2, "say what {m} shall read: --series FILE"),
        (("--row", "2"), 2, "say what {m} shall read: --series FILE"),
        (("--input", "x"), 2, "{m} labels sequences of numbers; leave out --input"),
        (("--file", "x.wav"), 2, "{m} labels sequences of numbers; leave out --file"),
        (("--series", "one.npy", "--row", "2"), 2, "there is no sequence 2; one.npy has 1"),
        (("--series", "no.npy"), 1, "'no.npy' does not exist"),
        (("--series", "wide.npy"), 1, "the model was trained on 2; choose them: --values"),
    ],
)
def test_what_cannot_be_a_sequence_is_refused(sequences, work, options, code, message):
    np.save("one.npy", np.ones((4, 2)))
    np.save("wide.npy", np.ones((4, 3)))
    model = sequences / "m.recurra"
    ended = command("inspect", model, *options)
    assert ended.code == code
    assert message.format(m=model) in ended.err
    assert tree(work) == {"one.npy", "wide.npy"}


def test_a_sound_file_is_looked_at(work, fast):
    soundfile = pytest.importorskip("soundfile")
    from recurra import AudioClassifier

    generator = np.random.default_rng(0)
    sounds = [generator.normal(0, 0.1, 1200).astype(np.float32) for _ in range(8)]
    made = AudioClassifier(units=4, layers=1, epochs=1, rate=4000, mels=6, validation=0.0)
    made.fit(sounds, list("abababab")).save("m.recurra")
    soundfile.write("clip.wav", sounds[0], 4000)
    ended = command("inspect", "m.recurra", "--file", "clip.wav", *HELD)
    assert (ended.code, ended.err) == (0, "")
    assert (ended.json["task"], ended.json["input"]) == ("audio-classification", "clip.wav")
    assert "classifier of sound" in ended.json["model"]
    missing = command("inspect", "m.recurra", "--file", "no.wav")
    assert (missing.code, missing.err) == (1, "recurra: no sound file at no.wav\n")
    asked = command("inspect", "m.recurra", "--input", "hello")
    assert asked.err == "recurra: m.recurra labels sound; leave out --input\n"
    assert command("inspect", "m.recurra").err.endswith("shall read: --file SOUND\n")
