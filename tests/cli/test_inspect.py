"""`recurra inspect`: what it writes and tells, and how it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from command_line import command, tree

from recurra.study.insight import Trace

HELD = ("--out", "look")


@pytest.fixture
def no_look(monkeypatch):
    """Fail when something is computed."""
    monkeypatch.setattr("recurra.cli.inspecting.inspect", lambda *_, **__: pytest.fail("looked at"))


@pytest.fixture(scope="module")
def keras_files(tmp_path_factory):
    import keras

    folder = tmp_path_factory.mktemp("keras")
    values = [keras.Input((None, 1)), keras.layers.SimpleRNN(2), keras.layers.Dense(1)]
    keras.Sequential(values).save(folder / "values.keras")
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]).save(folder / "dense.keras")
    return folder


def test_a_text_is_looked_at(model, work):
    ended = command(
        "inspect", model, "--input", "a good film", *HELD, "--trace", "t.trace", "--json"
    )
    assert (ended.code, ended.err) == (0, "")
    found = ended.json
    assert (found["task"], found["steps"], found["file"]) == ("text-classification", 3, str(model))
    assert found["answer"][0]["name"] == "pos"
    assert found["explained"] == "log-odds of 'pos'"
    assert 0 <= found["memory"]["effective_context"] <= 3
    methods = {one["method"]: one for one in found["attributions"]}
    assert set(methods) >= {"integrated_gradients", "gradient_x_input", "occlusion"}
    assert methods["integrated_gradients"]["completeness_error"] < 0.01
    assert methods["occlusion"]["top"][0]["label"] == "good"
    assert [layer["cell"] for layer in found["layers"]] == ["gru"]
    assert found["saved"] == ["look/inspect.html", "t.trace"]
    assert "inspect.html" in tree(work / "look")
    assert Trace.load("t.trace").labels == ("a", "good", "film")


def test_a_file_and_a_target_are_told_in_lines(model, work):
    (work / "review.txt").write_text("a good film\n", encoding="utf-8")
    ended = command("inspect", model, "--file", "review.txt", "--target", "neg", *HELD)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "input: review.txt"
    assert lines[1].startswith("GRU classifier, 8 units: pos ")
    assert lines[2] == "explained: log-odds of 'neg'"
    assert any(line.startswith("effective context: ") for line in lines)
    assert any("sums to the difference within 0." in line for line in lines)
    assert lines[-1] == "saved look/inspect.html"


def test_a_keras_model_is_looked_at(keras_files, work):
    np.save(work / "wave.npy", np.sin(np.arange(9.0)))
    ended = command("inspect", keras_files / "values.keras", "--file", "wave.npy", *HELD, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert (ended.json["task"], ended.json["steps"]) == ("keras", 9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "say what {} shall read: --input TEXT or --file F"),
        (("--input", "x", "--file", "f.txt"), "give --input or --file, not both"),
        (("--input", "x", "--series", "s.csv"), "{} labels texts; leave out --series"),
        (("--input", "x", "--trace", "t.txt"), "t.txt must end in .trace or .safetensors"),
        (("--input", "x", "--target", "god"), "unknown label 'god' (known: neg, pos)"),
    ],
)
def test_wrong_options_are_refused(model, work, options, message):
    ended = command("inspect", model, *options)
    assert ended.code == 2
    assert ended.err == f"recurra: {message.format(model)}\n"
    assert tree(work) == set()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--input", " "), "the text is empty: there is nothing to look at"),
        (("--file", "no.txt"), "'no.txt' does not exist"),
        (("--file", "bytes.txt"), "bytes.txt is not UTF-8 text (invalid start byte)"),
        (("--file", "."), "cannot read .: Is a directory"),
    ],
)
def test_inputs_that_cannot_be_read_are_refused(model, work, options, message):
    (work / "bytes.txt").write_bytes(b"\xff\xfe")
    ended = command("inspect", model, *options)
    assert (ended.code, ended.err) == (1, f"recurra: {message}\n")
    assert tree(work) == {"bytes.txt"}


def test_a_forecaster_takes_series_not_texts(forecaster, work, no_look):
    ended = command("inspect", forecaster, "--input", "x")
    assert ended.err == f"recurra: {forecaster} continues series; leave out --input\n"
    assert command("inspect", "no.recurra", "--input", "x").err.startswith(
        "recurra: 'no.recurra' does not exist"
    )


def test_a_forecaster_is_looked_at_without_any_input(forecaster, work):
    ended = command("inspect", forecaster, "--name", "south", *HELD, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["steps"] == 14
    assert ended.json["explained"].startswith("mean of the forecast 'sales' of 'south'")
    missing = command("inspect", forecaster, "--series", "no.csv", "--out", "other")
    assert (missing.code, missing.err) == (1, "recurra: 'no.csv' does not exist\n")
    assert "other" not in tree(work)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("values", (), "say what {} shall read: --input '4 17 8' or --file F"),
        ("values", ("--input", "hello"), "--input: a Keras model reads numbers, not 'hello'"),
        ("values", ("--input", ""), "--input: give numbers, as many of them on every line"),
        ("values", ("--input", "1", "--name", "x"), "{} is a Keras model; leave out --name"),
        ("values", ("--input", "1", "--target", "x"), "is the number of an output, not 'x'"),
        ("dense", ("--input", "1 2 3"), "has no recurrent layer"),
    ],
)
def test_keras_models_say_what_they_need(keras_files, work, name, options, message):
    path = keras_files / f"{name}.keras"
    ended = command("inspect", path, *options)
    assert ended.code == 2
    assert message.format(path) in ended.err
    assert tree(work) == set()


def test_arrays_of_objects_are_not_read(keras_files, work):
    np.save("o.npy", np.array([{}], dtype=object), allow_pickle=True)
    ended = command("inspect", keras_files / "values.keras", "--file", "o.npy")
    assert ended.code == 1
    assert "o.npy holds no array of numbers" in ended.err
