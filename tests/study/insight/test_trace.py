"""A trace checks its arrays, and comes back from its file as it was."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from recurra import Trace
from recurra.errors import (
    ArtifactVersionError,
    CorruptArtifactError,
    OutputError,
    ShapeError,
    SourceError,
    UsageError,
)
from recurra.study.insight import Attribution, Block, GradientFlow, LayerTrace, MemoryCurve


def layer(time=4, units=3, *, cell="lstm", seed=0, **changes):
    r = np.random.default_rng(seed)

    def draw(*shape):
        return r.normal(size=shape).astype(np.float32)

    fields_ = {
        "name": "lstm",
        "cell": cell,
        "units": units,
        "backwards": False,
        "valid": np.arange(time) != time - 1,
        "inputs": draw(time, 2),
        "hidden": draw(time, units),
        "cell_state": draw(time, units),
        "gates": {n: draw(time, units) for n in ("input", "forget", "output", "candidate")},
        "hidden_gradient": draw(time, units),
        "cell_gradient": None,
        "unit_order": r.permutation(units).astype(np.int64),
    }
    return LayerTrace(**(fields_ | changes))


def whole(**changes):
    line = np.linspace(0, 1, 4, dtype=np.float32)
    values = {
        "task": "text-classification",
        "model": "LSTM \udcff é",
        "labels": ("a", "très", "\n", ""),
        "answer": (("pos", 0.75), ("neg", 0.25)),
        "explained": "log-odds of 'pos'",
        "loss": 0.1,
        "layers": (layer(), layer(time=2, labels=("x", "y"), note="why")),
        "blocks": (Block("lstm", "LSTM", "(time, 2)", "(3)", 72, True, 1),),
        "attributions": (
            Attribution("occlusion", line),
            Attribution("integrated_gradients", line, 0.004, (line, line[::-1].copy()), 0.3, "n"),
        ),
        "memory": MemoryCurve(line, line, 2.5, 4, 1),
        "flows": (GradientFlow("GRU, untrained", "gru", False, line, None, 1.02),),
        "facts": {"steps": 4, "nested": {"list": [1, 2.5, None, "x", True]}},
    }
    return Trace(**(values | changes))


def same(a, b):
    """Tell whether two values are equal, array for array, with types."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)
        )
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[name], b[name]) for name in a)
    return type(a) is type(b) and a == b


def test_a_trace_comes_back_as_it_was(tmp_path):
    trace = whole()
    path = trace.save(tmp_path / "one.trace")
    assert same(trace, Trace.load(path))
    assert [file.name for file in tmp_path.iterdir()] == ["one.trace"]


@settings(max_examples=15, deadline=None)
@given(time=st.integers(0, 5), units=st.integers(1, 4), seed=st.integers(0, 99), bare=st.booleans())
def test_traces_of_every_size_come_back(tmp_path_factory, time, units, seed, bare):
    one = layer(time, units, seed=seed)
    if bare:
        nothing = {"gates": {}, "cell_state": None, "hidden_gradient": None}
        one = replace(one, cell="other", **nothing)
    trace = whole(layers=(one,), memory=None, attributions=(), flows=(), facts={})
    path = tmp_path_factory.mktemp("traces") / "t.trace"
    assert same(trace, Trace.load(trace.save(path)))


def test_a_layer_of_padding_alone_is_not_saturated():
    shares = layer(time=1).saturation()
    assert shares["forget"] == {"low": 0.0, "high": 0.0}, "its only step is padding"


def test_saturation_counts_valid_steps_only():
    gate = np.array([[0.05, 0.95], [0.5, 0.91], [0.0, 0.0], [1.0, 1.0]], np.float32)
    candidate = np.array([[-0.95, 0.05], [0.95, -0.5], [0.0, 0.0], [1, 1]], np.float32)
    one = layer(
        units=2,
        valid=np.array([True, True, False, False]),
        hidden=np.zeros((4, 2), np.float32),
        cell_state=None,
        hidden_gradient=None,
        gates={"forget": gate, "candidate": candidate},
    )
    assert one.saturation() == {
        "forget": {"low": 0.25, "high": 0.5},
        "candidate": {"low": 0.25, "high": 0.25},
    }
    assert one.gradient_norms is None


def test_gradient_norms_are_those_of_each_step():
    one = layer()
    expected = np.sqrt((one.hidden_gradient.astype(np.float64) ** 2).sum(axis=1))
    np.testing.assert_allclose(one.gradient_norms, expected, rtol=1e-6)
    assert one.gradient_norms.dtype == np.float32


def test_layers_are_found_by_name_and_direction():
    forward, backward = layer(), layer(backwards=True)
    trace = whole(layers=(forward, backward))
    assert trace.layer("lstm") is forward
    assert trace.layer("lstm", backwards=True) is backward
    with pytest.raises(KeyError):
        trace.layer("gru")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": np.zeros((4, 2), np.float32)}, r"hidden is float32 of shape \(4, 2\)"),
        ({"hidden": np.zeros((4, 3))}, "hidden is float64"),
        ({"valid": np.ones(3, bool)}, "inputs"),
        ({"valid": np.ones(4, np.float32)}, "valid is float32"),
        ({"gates": {"forget": np.zeros(4, np.float32)}}, "gate 'forget'"),
        ({"unit_order": np.array([0, 0, 1])}, "each of the 3 units once"),
        ({"unit_order": np.arange(3, dtype=np.int32)}, "unit_order is int32"),
    ],
)
def test_arrays_of_another_shape_or_dtype_are_refused(changes, message):
    with pytest.raises(ShapeError, match=message):
        layer(**changes)


def test_curves_of_two_lengths_are_refused():
    line = np.zeros(3, np.float32)
    with pytest.raises(ShapeError, match="change"):
        MemoryCurve(line, line[:2], 1.0, 3, 1)
    with pytest.raises(ShapeError, match="deletion values"):
        Attribution("occlusion", line, deletion=(line, line[:1]))


def test_missing_and_foreign_files_are_named(tmp_path):
    with pytest.raises(SourceError, match="there is no file"):
        Trace.load(tmp_path / "none.trace")
    (tmp_path / "text.trace").write_text("hello")
    with pytest.raises(CorruptArtifactError, match="is no trace, or is truncated"):
        Trace.load(tmp_path / "text.trace")
    save_file({"a": np.zeros(2)}, tmp_path / "weights.trace")
    with pytest.raises(CorruptArtifactError, match="is no trace of Recurra"):
        Trace.load(tmp_path / "weights.trace")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated_files_are_refused(tmp_path, share):
    content = whole().save(tmp_path / "one.trace").read_bytes()
    (tmp_path / "one.trace").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CorruptArtifactError):
        Trace.load(tmp_path / "one.trace")


def altered(tmp_path, change, *, version="1", arrays=None):
    """Write a trace whose JSON was changed."""
    from safetensors import safe_open

    path = whole().save(tmp_path / "one.trace")
    with safe_open(path, "numpy") as file:
        values = json.loads(file.metadata()["trace"])
    held = load_file(path) | (arrays or {})
    values = change(values) or values
    header = {"kind": "recurra trace", "version": version, "trace": json.dumps(values)}
    save_file(held, path, header)
    return path


ALTERED = {
    "a field is missing": lambda v: v.pop("loss"),
    "a field is new": lambda v: v.update(more=1),
    "a number is text": lambda v: v.update(loss="low"),
    "a number is true": lambda v: v.update(loss=True),
    "a text is a number": lambda v: v.update(task=3),
    "labels are no list": lambda v: v.update(labels="abcd"),
    "an answer has three parts": lambda v: v.update(answer=[["pos", 1.0, 2]]),
    "a count is a fraction": lambda v: v["memory"].update(length=2.5),
    "an unknown cell": lambda v: v["layers"][0].update(cell="transformer"),
    "an array that is not there": lambda v: v["layers"][0].update(hidden={"array": "999"}),
    "an array used twice": lambda v: v["layers"][0].update(inputs=v["layers"][0]["hidden"]),
    "a list for an array": lambda v: v["layers"][0].update(hidden=[[1.0]]),
    "units that do not fit": lambda v: v["layers"][0].update(units=7),
    "facts are a list": lambda v: v.update(facts=[1]),
    "gates are a list": lambda v: v["layers"][0].update(gates=[]),
    "an array left over": lambda v: v.update(flows=[]),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_files_are_refused(tmp_path, name):
    def change(values):
        ALTERED[name](values)

    with pytest.raises(CorruptArtifactError):
        Trace.load(altered(tmp_path, change))


def test_deep_json_is_refused(tmp_path):
    path = tmp_path / "deep.trace"
    header = {"kind": "recurra trace", "version": "1", "trace": "[" * 100_000}
    save_file({"a": np.zeros(1)}, path, header)
    with pytest.raises(CorruptArtifactError):
        Trace.load(path)


def test_a_newer_version_says_so(tmp_path):
    path = altered(tmp_path, lambda values: None, version="2")
    with pytest.raises(ArtifactVersionError, match="install a newer one"):
        Trace.load(path)


def test_nothing_is_left_where_writing_fails(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        whole().save(tmp_path / "none" / "one.trace")
    with pytest.raises(UsageError, match="facts must be JSON values"):
        whole(facts={"x": object()}).save(tmp_path / "one.trace")
    assert not list(tmp_path.iterdir())
