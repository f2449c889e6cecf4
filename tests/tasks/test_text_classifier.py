"""`TextClassifier` trains, predicts, measures, and survives its file exactly."""

from __future__ import annotations

import copy
import json
import pickle
import random
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
from artifacts import members_of, with_json, write_members
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from texts import labelled_texts, plain_classifier, same_weights, tiny_classifier

from recurra.errors import (
    CorruptArtifactError,
    DataError,
    DivergedError,
    NotFittedError,
    OutputError,
    ShapeError,
    UnknownNameError,
    UsageError,
)
from recurra.runtime import load_predictor, read_artifact
from recurra.tasks import TextClassifier
from recurra.tasks.comparable import kernel_name

TEXTS, LABELS = labelled_texts()
MANY = TEXTS * 3  # more than are answered by NumPy


@pytest.fixture(scope="module")
def fitted() -> TextClassifier:
    classifier = tiny_classifier(epochs=2).fit(TEXTS, LABELS)
    classifier.evaluate(TEXTS, LABELS)
    return classifier


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory) -> Path:
    return fitted.save(tmp_path_factory.mktemp("saved") / "model.recurra")


def test_order_can_be_learnt():
    """The label hangs on the order of two words: a network that forgets order stays at chance."""
    learner = TextClassifier(
        "gru", units=8, embedding=8, epochs=25, learning_rate=0.02, batch_size=20, level="word",
        patience=25, embedding_dropout=0, word_dropout=0, head_dropout=0,
    )  # fmt: skip
    texts, labels = labelled_texts(rows=80, seed=1, lengths=4)
    assert learner.fit(texts, labels).score(TEXTS, LABELS) > 0.9


def test_what_fit_leaves(fitted):
    assert fitted.classes_.tolist() == ["falling", "rising"]
    assert isinstance(fitted.model_, keras.Model)
    assert fitted.model_.output_shape == (None, 2)
    assert set(fitted.history_) == {
        "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate",
    }  # fmt: skip
    assert {len(values) for values in fitted.history_.values()} == {2}
    assert fitted.specification_.recurrent_dropout == 0.2
    assert fitted.data_["rows"] == {"train": 32, "validation": 8}


def test_fit_returns_itself_and_training_again_forgets():
    classifier = plain_classifier()
    assert classifier.fit(TEXTS, LABELS) is classifier
    classifier.evaluate(TEXTS, LABELS)
    assert classifier.fit(TEXTS, [text.count("grey") % 2 for text in TEXTS]).classes_.tolist() == [
        0,
        1,
    ]
    assert "rows" not in classifier.metrics_


def test_predictions_agree_with_probabilities(fitted):
    probabilities = fitted.predict_proba(TEXTS)
    assert probabilities.shape == (40, 2)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    labels = fitted.predict(TEXTS)
    assert labels.tolist() == fitted.classes_[probabilities.argmax(axis=1)].tolist()
    assert fitted.score(TEXTS, LABELS) == np.mean(labels == np.array(LABELS))
    assert fitted.predict_proba([]).shape == (0, 2)


def test_few_and_many_texts_are_answered_alike(fitted):
    """Few go through NumPy, many through Keras."""
    many = fitted.predict_proba(MANY)
    few = np.concatenate([fitted.predict_proba(MANY[k : k + 40]) for k in range(0, 120, 40)])
    np.testing.assert_allclose(many, few, rtol=0, atol=1e-5)


@pytest.mark.parametrize("wrap", [np.array, pd.Series, pl.Series, tuple])
def test_texts_and_labels_of_other_libraries_train_the_same(wrap):
    expected = plain_classifier().fit(TEXTS, LABELS)
    found = plain_classifier().fit(wrap(TEXTS), wrap(LABELS))
    assert same_weights(found, expected)
    assert found.predict(wrap(TEXTS)).tolist() == expected.predict(TEXTS).tolist()
    assert found.score(wrap(TEXTS), wrap(LABELS)) == expected.score(TEXTS, LABELS)


def test_the_same_seed_gives_the_same_bits_and_another_other(fitted):
    again = tiny_classifier(epochs=2).fit(TEXTS, LABELS)
    assert same_weights(again, fitted)
    assert again.history_ == fitted.history_
    assert not same_weights(tiny_classifier(epochs=2, seed=4).fit(TEXTS, LABELS), fitted)


def test_training_leaves_the_global_generators_alone():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the global one
    before = random.getstate(), str(np.random.get_state())  # noqa: NPY002
    plain_classifier().fit(TEXTS, LABELS)
    assert (random.getstate(), str(np.random.get_state())) == before  # noqa: NPY002


@pytest.mark.parametrize("labels", [[False, True], [3, 11], ["no", "yes"]])
def test_labels_keep_their_kind_through_a_file(tmp_path, labels):
    codes = [text.count("grey") % 2 for text in TEXTS]
    classifier = plain_classifier().fit(TEXTS, [labels[code] for code in codes])
    loaded = TextClassifier.load(classifier.save(tmp_path / "m.recurra"))
    assert loaded.classes_.tolist() == labels
    assert loaded.classes_.dtype == classifier.classes_.dtype
    assert loaded.predict(TEXTS[:3]).tolist() == classifier.predict(TEXTS[:3]).tolist()


def test_a_loaded_classifier_is_exactly_the_saved_one(fitted, saved):
    loaded = TextClassifier.load(saved)
    assert same_weights(loaded, fitted)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), fitted.predict_proba(TEXTS))
    np.testing.assert_array_equal(loaded.predict_proba(MANY), fitted.predict_proba(MANY))
    for name in ("history_", "data_", "metrics_", "specification_", "settings_"):
        assert getattr(loaded, name) == getattr(fitted, name), name
    assert loaded.classes_.tolist() == fitted.classes_.tolist()


def test_saving_a_loaded_classifier_changes_nothing(saved, tmp_path):
    again = TextClassifier.load(saved).save(tmp_path / "again.recurra")
    ours, theirs = members_of(again), members_of(saved)
    assert ours.keys() == theirs.keys()
    for name in ("encoder.json", "weights.safetensors", "card.md"):
        assert ours[name] == theirs[name]
    first, second = (json.loads(members["manifest.json"]) for members in (ours, theirs))
    del first["files"], second["files"]
    assert first == second


def test_a_loaded_classifier_trains_again_as_the_first_time(fitted, saved):
    again = TextClassifier.load(saved).fit(TEXTS, LABELS)
    assert same_weights(again, fitted)
    assert again.manifest_ == {}


def test_a_model_without_length_limit_keeps_that_through_a_file(tmp_path):
    classifier = plain_classifier(max_length=0).fit(TEXTS, LABELS)
    loaded = TextClassifier.load(classifier.save(tmp_path / "m.recurra"))
    assert loaded.settings_ == classifier.settings_
    assert loaded.encoder_.max_length is None
    assert loaded.fit(TEXTS, LABELS).encoder_.max_length is None


def test_the_file_answers_without_keras_too(fitted, saved):
    found = load_predictor(saved).predict_proba(TEXTS)
    np.testing.assert_array_equal(found, fitted.predict_proba(TEXTS))


def test_the_manifest_tells_the_story(fitted, saved):
    manifest = read_artifact(saved).manifest
    assert manifest["task"] == "text-classification"
    assert manifest["parameters"] == fitted.model_.count_params()
    assert manifest["seed"] == 3
    assert manifest["training"]["history"] == fitted.history_
    assert manifest["metrics"]["rows"] == 40
    assert manifest["kernel"] == kernel_name()
    assert {"recurra", "python", "keras", "numpy"} <= set(manifest["versions"])


def test_the_card_says_what_was_measured(saved, tmp_path):
    card = read_artifact(saved).card
    assert "- Network: LSTM with 3 units, pooling last" in card
    assert "Measured on 40 held-out texts:" in card
    unmeasured = plain_classifier().fit(TEXTS, LABELS).save(tmp_path / "m.recurra")
    assert "Not evaluated on held-out texts yet." in read_artifact(unmeasured).card


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": "x"}, "the manifest's seed is 'x', no whole number"),
        ({"seed": -1}, "the manifest's seed is -1, no whole number"),
        ({"seed": None}, "the manifest's seed is None"),
        ({"training": []}, "the manifest's training is no JSON object"),
        ({"training": {"history": 3}}, "the manifest's history is no JSON object"),
        ({"data": "x"}, "the manifest's data is no JSON object"),
        ({"metrics": 1}, "the manifest's metrics is no JSON object"),
        ({"settings": {"cell": "moon"}}, "settings cannot be used: unknown cell"),
        ({"task": "other"}, "holds a model for 'other'"),
    ],
)
def test_a_hostile_manifest_is_refused(saved, tmp_path, changes, message):
    members = members_of(saved)
    members["manifest.json"] = with_json(members["manifest.json"], **changes)
    path = write_members(tmp_path / "hostile.recurra", members)
    with pytest.raises(CorruptArtifactError, match=message):
        TextClassifier.load(path)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_the_exported_model_is_the_plain_keras_model(fitted, tmp_path, ending, only_holds):
    path = fitted.export(tmp_path / f"model.{ending}")
    only_holds(path.name)
    ids = np.array([[2, 3, 4, 0], [5, 2, 0, 0]], np.int32)
    found = keras.models.load_model(path, compile=False).predict_on_batch(ids)
    wanted = fitted.model_.predict_on_batch(ids)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def test_other_endings_and_folders_are_refused(fitted, tmp_path):
    with pytest.raises(UsageError, match=r"model.onnx must end in .keras or .h5"):
        fitted.export(tmp_path / "model.onnx")
    with pytest.raises(OutputError, match=r"the folder .*no does not exist"):
        fitted.export(tmp_path / "no" / "model.keras")
    with pytest.raises(OutputError, match=r"the folder .*no does not exist"):
        fitted.save(tmp_path / "no" / "model.recurra")


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.predict(TEXTS),
        lambda c: c.predict_proba(TEXTS),
        lambda c: c.evaluate(TEXTS, LABELS),
        lambda c: c.evaluate_source("names"),
        lambda c: c.save("m.recurra"),
        lambda c: c.export("m.keras"),
        lambda c: c.attention("x"),
    ],
)
def test_before_fit_every_use_says_so(call, tmp_path, monkeypatch, only_holds):
    monkeypatch.chdir(tmp_path)
    message = r"this TextClassifier is not fitted yet; call fit\(texts, labels\) first"
    with pytest.raises(NotFittedError, match=message) as caught:
        call(TextClassifier())
    assert isinstance(caught.value, SklearnNotFittedError)
    only_holds()


def test_attention_names_the_tokens_it_read():
    classifier = plain_classifier(cell="gru", pooling="attention").fit(TEXTS, LABELS)
    tokens, weights = zip(*classifier.attention("red martian blue"), strict=True)
    assert tokens == ("red", "[UNK]", "blue")
    assert sum(weights) == pytest.approx(1, abs=1e-5)


def test_attention_needs_attention(fitted):
    with pytest.raises(DataError, match=r"this model has no attention \(cell 'lstm'"):
        fitted.attention("red")


def test_evaluate_measures_and_remembers(fitted):
    found = fitted.evaluate(TEXTS, LABELS)
    assert found["rows"] == 40
    assert found["accuracy"] == fitted.score(TEXTS, LABELS)
    assert np.sum(found["confusion_matrix"]) == 40
    assert found.items() <= fitted.metrics_.items()
    assert set(found) == {
        "rows", "accuracy", "macro_f1", "log_loss", "calibration_error", "per_class", "classes",
        "confusion_matrix",
    }  # fmt: skip


def test_evaluate_refuses_what_cannot_be_measured(fitted):
    message = r"label 'level' is none that the model was trained on \('falling', 'rising'\)"
    with pytest.raises(DataError, match=message):
        fitted.evaluate(["red blue"], ["level"])
    with pytest.raises(DataError, match=r"2 texts but 1 labels; give one for each"):
        fitted.evaluate(["red", "blue"], ["rising"])
    with pytest.raises(DataError, match="there are no rows to evaluate on"):
        fitted.evaluate([], [])


@pytest.mark.parametrize(
    ("texts", "labels", "error", "message"),
    [
        ("a text", LABELS, DataError, r"write \[text\]"),
        (TEXTS, None, DataError, "labels are needed to train"),
        (TEXTS, LABELS[:-1], ShapeError, "40 texts but 39 labels"),
        (TEXTS, ["rising"] * 40, DataError, "only one class, 'rising'"),
        ([None, *TEXTS[1:]], LABELS, DataError, "text 0 is None"),
        (TEXTS, [None, *LABELS[1:]], DataError, "label 0 is None"),
        (TEXTS, [k + 0.5 for k in range(40)], DataError, "labels are fractions"),
        (TEXTS[:3], ["a", "b", "c"], DataError, "3 rows for 3 classes"),
        ([], [], DataError, "no rows"),
    ],
)
def test_data_that_cannot_train_are_refused(texts, labels, error, message):
    with pytest.raises(error, match=message):
        plain_classifier().fit(texts, labels)


@pytest.mark.parametrize("seed", [-1, 1.5, "x", None, True])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(UsageError, match=r"seed must be a whole number from 0 up, not "):
        plain_classifier(seed=seed).fit(TEXTS, LABELS)


def test_a_diverging_run_leaves_no_model(tmp_path, only_holds):
    classifier = plain_classifier(learning_rate=1e38, epochs=3, checkpoint=tmp_path / "run")
    with pytest.raises(DivergedError, match=r"the (validation )?loss became (nan|inf) in epoch 1"):
        classifier.fit(TEXTS, LABELS)
    assert not hasattr(classifier, "model_")
    with pytest.raises(NotFittedError):
        classifier.save(tmp_path / "model.recurra")
    only_holds()


def csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    pl.DataFrame(rows, schema=["body", "stars"], orient="row").write_csv(path)
    return path


def test_a_file_trains_as_its_rows_do(tmp_path):
    path = csv(tmp_path / "rows.csv", list(zip(TEXTS, LABELS, strict=True)))
    found = plain_classifier().fit_source(path, text="body", label="stars")
    assert same_weights(found, plain_classifier().fit(TEXTS, LABELS))
    assert found.data_["source"] == str(path)
    assert len(found.data_["sha256"]) == 64
    with pytest.warns(UserWarning, match="these are the data of the training"):
        measured = found.evaluate_source(path, text="body", label="stars")
    assert measured["accuracy"] == found.score(TEXTS, LABELS)
    with pytest.raises(UnknownNameError, match="unknown column 'sters'; did you mean 'stars'"):
        found.evaluate_source(path, text="body", label="sters")


def test_integer_labels_are_found_again_in_a_file(tmp_path):
    codes = [int(label == "rising") for label in LABELS]
    classifier = plain_classifier().fit(TEXTS, codes)
    path = csv(tmp_path / "rows.csv", [(t, str(c)) for t, c in zip(TEXTS, codes, strict=True)])
    measured = classifier.evaluate_source(path, text="body", label="stars")
    assert measured["accuracy"] == classifier.score(TEXTS, codes)


def test_held_out_rows_are_not_trained_on(tmp_path):
    rows = [(f"own{k} red", "ab"[k % 2]) for k in range(40)]
    path = csv(tmp_path / "rows.csv", rows)
    found = plain_classifier().fit_source(path, text="body", label="stars", test_share=0.25)
    assert found.data_["rows"] == {"train": 24, "validation": 6, "test": 10}
    assert found.metrics_["rows"] == 10
    assert sum(token.startswith("own") for token in found.encoder_.tokens) == 24


def test_a_named_data_set_trains():
    from recurra.sequences import RowsTable, load_dataset

    rows = [(row.text, row.label) for row in load_dataset("names").train.iter_rows()][::40]
    classifier = plain_classifier(level=None).fit_source(RowsTable("names", rows))
    assert classifier.settings_.level == "char"
    assert len(classifier.classes_) >= 8


def test_parameters_are_stored_as_given_and_cloned(fitted):
    given = {"cell": "gru", "units": [4, 3], "head": (3,), "preset": "accurate", "seed": 5}
    classifier = TextClassifier(**given)
    params = classifier.get_params()
    assert {name: params[name] for name in given} == given
    assert {params[name] for name in params if name not in given} == {None, False}
    assert clone(classifier).get_params() == params
    assert classifier.set_params(units=7).units == 7
    with pytest.raises(ValueError, match="Invalid parameter 'unit' for estimator TextClassifier"):
        classifier.set_params(unit=7)
    assert is_classifier(classifier)
    assert not hasattr(clone(fitted), "model_")


def test_unknown_choices_are_found_at_fit():
    with pytest.raises(UnknownNameError, match=r"unknown cell 'lsmt'; did you mean 'lstm'\?"):
        plain_classifier(cell="lsmt").fit(TEXTS, LABELS)
    with pytest.raises(UnknownNameError, match="unknown preset 'best'"):
        plain_classifier(preset="best").fit(TEXTS, LABELS)


def test_it_works_in_cross_validation():
    scores = cross_val_score(plain_classifier(), np.array(TEXTS), LABELS, cv=2, scoring="accuracy")
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()


def test_it_works_in_a_grid_search_with_numpy_values():
    grid = {"learning_rate": np.array([1e-3, 1e-2]), "units": np.array([2])}
    search = GridSearchCV(plain_classifier(), grid, cv=2).fit(TEXTS, LABELS)
    assert search.best_params_["units"] == 2
    assert search.best_estimator_.predict(TEXTS).shape == (40,)


def test_it_works_in_a_pipeline():
    upper = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    pipeline = Pipeline([("clean", upper), ("net", plain_classifier())])
    pipeline.set_params(net__epochs=1).fit(TEXTS, LABELS)
    expected = plain_classifier().fit(TEXTS, LABELS)  # case is folded
    assert pipeline.predict(TEXTS).tolist() == expected.predict(TEXTS).tolist()
    assert pipeline.predict_proba(TEXTS).shape == (40, 2)


def test_a_fitted_classifier_can_be_copied(fitted):
    for copied in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(copied.predict_proba(TEXTS), fitted.predict_proba(TEXTS))
