"""The predictor answers without Keras, and refuses parts that do not fit each other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from artifacts import members_of, tiny_artifact, with_json, write_members

from recurra.errors import ArtifactError, CorruptArtifactError, DataError
from recurra.runtime import TextPredictor, load_predictor, write_artifact

GOLDEN = Path(__file__).parent / "golden" / "text-classifier-1.0.recurra"
TEXTS = ["a fine warm film", "dull, cold and far too long", "", "warm", "zzz " * 40] * 30

# What a fresh process may load to predict; everything else it loads is Python's own.
ALLOWED = {"recurra", "numpy", "safetensors"}

PREDICT = """
import sys
own = set(sys.stdlib_module_names) | {m.split(".")[0] for m in sys.modules}
from recurra import load_predictor
predictor = load_predictor(sys.argv[1])
print(predictor.predict(["a fine warm film"]))
loaded = {m.split(".")[0] for m in sys.modules} - own
print(*sorted(m for m in loaded if not m.startswith("_")))
"""


@pytest.fixture(scope="module")
def predictor() -> TextPredictor:
    return load_predictor(GOLDEN)


def test_predicting_in_a_fresh_process_loads_neither_keras_nor_jax(run_python):
    answer, loaded = run_python(PREDICT, GOLDEN).stdout.splitlines()
    assert answer == "['good']"
    assert set(loaded.split()) <= ALLOWED


def test_the_company_of_a_text_does_not_change_its_answer(predictor):
    together = predictor.predict_proba(TEXTS)
    for row, text in list(zip(together, TEXTS, strict=True))[:5]:
        np.testing.assert_allclose(predictor.predict_proba([text])[0], row, rtol=0, atol=1e-6)
    backwards = predictor.predict_proba(TEXTS[::-1])[::-1]
    np.testing.assert_allclose(backwards, together, rtol=0, atol=1e-6)


def test_probabilities_are_probabilities(predictor):
    found = predictor.predict_proba(TEXTS)
    assert found.shape == (len(TEXTS), 2)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert predictor.predict_proba([]).shape == (0, 2)
    assert predictor.predict([]) == []


def test_answers_agree_with_the_probabilities(predictor):
    for answer, row in zip(
        predictor.answer(iter(TEXTS)), predictor.predict_proba(TEXTS), strict=True
    ):
        assert answer.probability == pytest.approx(float(row.max()), abs=1e-6)
        assert answer.label == predictor.classes[int(row.argmax())]
        assert list(answer.probabilities) == predictor.classes


def test_texts_must_be_strings(predictor):
    with pytest.raises(DataError, match=r"text 1 is of type NoneType, expected a string"):
        predictor.predict(["fine", None])


def test_attention_is_refused_where_there_is_none():
    tiny = TextPredictor.from_artifact(tiny_artifact())
    with pytest.raises(DataError, match=r"no attention \(cell 'rnn', pooling 'last'\)"):
        tiny.attention("a film")


def test_a_dense_network_has_no_attention_whatever_its_pooling():
    from artifacts import SPEC
    from networks import random_weights

    from recurra.runtime._network import expected_shapes

    spec = dataclasses.replace(SPEC, cell="dense", pooling="attention")
    encoder = TextPredictor.from_artifact(tiny_artifact()).encoder
    weights = random_weights(expected_shapes(spec))
    with pytest.raises(DataError, match=r"no attention \(cell 'dense', pooling 'attention'\)"):
        TextPredictor(encoder, ["bad", "good"], spec, weights).attention("a film")


def changed(tmp_path, *, manifest=None, encoder=None):
    path = write_artifact(tmp_path / "model.recurra", tiny_artifact())
    members = members_of(path)
    if manifest is not None:
        members["manifest.json"] = with_json(members["manifest.json"], **manifest)
    if encoder is not None:
        members["encoder.json"] = with_json(members["encoder.json"], **encoder)
    return write_members(path, members)


def specification(**changes):
    return {"specification": {**tiny_artifact().manifest["specification"], **changes}}


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"task": "parsing"}, r"holds a model for 'parsing', not a text class"),
        ({"task": None}, r"holds a model for None"),
        ({"specification": None}, "the specification is not a JSON object"),
        (
            specification(units=[3]),
            r"weight recurrent_0/kernel is float32\[2, 2\], expected float\[2, 3\]",
        ),
        (specification(cell="lstm"), r"weight recurrent_0/\w+ is float32"),
        (specification(bidirectional=True), r"do not fit the specification"),
        (specification(pooling="attention"), r"do not fit the specification: \['attention_hid"),
        (specification(vocabulary=7), "the encoder has 5 tokens, the network expects 7"),
        (specification(classes=3), "2 classes are named, the network has 3"),
        (specification(ngrams=8), "the n-gram vocabulary does not fit the network"),
        (specification(units=[65536] * 64), r"do not fit the specification"),
    ],
)
def test_manifests_that_disagree_are_refused(tmp_path, manifest, message):
    with pytest.raises(CorruptArtifactError, match=message):
        load_predictor(changed(tmp_path, manifest=manifest))


TEXT = tiny_artifact().encoder["text"]


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ({"text": None}, "not that of a text encoder"),
        ({"text": []}, "not that of a text encoder"),
        ({"text": {}}, "not that of a text encoder"),
        ({"text": {**TEXT, "version": 2}}, "the text encoder has version 2, expected 1"),
        ({"text": {**TEXT, "tokens": TEXT["tokens"][:4]}}, "the encoder has 4 tokens, the network"),
        ({"text": {**TEXT, "tokens": "abc"}}, "token"),
        ({"text": {**TEXT, "max_length": -1}}, "settings cannot be used: max_length"),
        ({"text": {**TEXT, "level": "sentence"}}, "settings cannot be used: level"),
        ({"classes": None}, "classes must be a list of strings or integers"),
        ({"classes": [["a"], "b"]}, "classes must be a list of strings or integers"),
        ({"classes": [0.5, 1.5]}, "classes must be a list of strings or integers"),
        ({"classes": ["a", "a"]}, "a class is named twice"),
        ({"classes": ["a"]}, "1 classes are named, the network has 2"),
    ],
)
def test_encoders_that_disagree_are_refused(tmp_path, encoder, message):
    with pytest.raises(ArtifactError, match=message):
        load_predictor(changed(tmp_path, encoder=encoder))


def test_n_grams_that_are_none_are_refused():
    good = tiny_artifact()
    for arrays in (
        {"header": np.array([5, 2], np.float32)},
        {"header": np.array([5, 2])},
        {"header": np.array([5, 2]), "keys_2": np.array([9, 3])},
        {"header": np.array([5, 2]), "keys_2": np.array([3, 99])},
        {"header": np.zeros(0, np.int64)},
        {"other": np.array([5, 2])},
    ):
        weights = {**good.weights, **{f"ngrams/{name}": a for name, a in arrays.items()}}
        artifact = dataclasses.replace(good, weights=weights)
        with pytest.raises(CorruptArtifactError, match="n-gram"):
            TextPredictor.from_artifact(artifact)
