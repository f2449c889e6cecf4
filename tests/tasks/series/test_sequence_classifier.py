"""`SequenceClassifier` learns, repeats, resumes, saves and streams."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from waves import classifier, labelled

from recurra.errors import (
    CheckpointError,
    CorruptArtifactError,
    DataError,
    NotFittedError,
    ShapeError,
    UnknownNameError,
    UsageError,
)
from recurra.runtime import SequencePredictor, load_predictor, read_artifact
from recurra.sequences.collections import SequenceCollection
from recurra.tasks import SequenceClassifier, SequenceRegressor, TrainingObserver, load_model
from recurra.tasks.series.examples import labelled_sequences
from recurra.tasks.series.preparation import prepare_sequences

ROWS, LABELS = labelled()


class StopAfterOne(TrainingObserver):
    def epoch_ended(self, state, logs):
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def fitted() -> SequenceClassifier:
    return classifier(epochs=25, learning_rate=0.02).fit(ROWS, LABELS)


def test_it_learns_and_answers_in_the_order_of_the_question(fitted):
    rows, labels = labelled(80, seed=1)  # more than NumPy answers itself
    assert fitted.score(rows, np.array(labels)) > 0.95
    assert fitted.history_["loss"][-1] < fitted.history_["loss"][0]
    whole = fitted.predict_proba(rows)
    assert whole.shape == (80, 2)
    np.testing.assert_allclose(whole[::-1][:5], fitted.predict_proba(rows[::-1][:5]), atol=1e-5)
    assert fitted.predict_proba([]).shape == (0, 2)
    assert set(fitted.predict(rows)) == {"up", "down"}


def test_figures_are_measured_and_kept(fitted):
    figures = fitted.evaluate(*labelled(10, seed=2))
    assert figures["rows"] == 10
    assert np.array(figures["confusion_matrix"]).sum() == 10
    assert fitted.metrics_["accuracy"] == figures["accuracy"]
    assert 1 <= fitted.metrics_["effective_context"] <= fitted.metrics_["context_length"] <= 9
    with pytest.raises(DataError, match="label 'sideways' is none that the model was trained on"):
        fitted.evaluate(ROWS[:1], ["sideways"])


def test_a_saved_model_answers_the_same_in_every_way(fitted, tmp_path):
    path = fitted.save(tmp_path / "m.recurra")
    rows, _ = labelled(70, seed=3)
    rows[0][2, 1] = np.nan
    expected = fitted.predict_proba(rows)
    again = load_model(path)
    assert isinstance(again, SequenceClassifier)
    np.testing.assert_array_equal(again.predict_proba(rows), expected)
    predictor = load_predictor(path)
    assert isinstance(predictor, SequencePredictor)
    np.testing.assert_allclose(predictor.predict_proba(rows), expected, rtol=0, atol=1e-5)
    assert predictor.predict(rows) == fitted.predict(rows).tolist()
    answer = next(iter(predictor.answer(rows)))
    assert answer.label == predictor.predict(rows[:1])[0]
    assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert "# Classifier of sequences" in read_artifact(path).card
    first, second = (read_artifact(p) for p in (path, again.save(tmp_path / "n.recurra")))
    assert second.encoder == first.encoder
    assert {**second.manifest, "files": 0} == {**first.manifest, "files": 0}
    with pytest.raises(CorruptArtifactError, match="not a regressor"):
        SequenceRegressor.load(path)


def test_the_plain_keras_model_can_be_exported(fitted, tmp_path):
    import keras

    path = fitted.export(tmp_path / "plain.keras")
    row = fitted.scaler_.transform(ROWS[0])
    found = keras.models.load_model(path).predict_on_batch(
        [row[None], np.ones((1, len(row)), np.int32)]
    )
    np.testing.assert_allclose(found, fitted.predict_proba(ROWS[:1]), atol=1e-5)


def test_a_stream_of_raw_values_gives_what_the_whole_gives(fitted):
    predictor, row = fitted.predictor_, ROWS[0]
    stream = predictor.stream()
    for step in row:
        stream.push(step[None])
    assert stream.steps == len(row)
    assert stream.answer().probability == pytest.approx(
        next(iter(predictor.answer([row]))).probability, abs=1e-5
    )
    with pytest.raises(DataError, match="a value of the stream is missing"):
        stream.push([[np.nan, 1.0]])


def test_whole_series_scaling_and_two_directions_refuse_to_stream():
    own = classifier(epochs=1, scaling="per-series").fit(ROWS, LABELS)
    with pytest.raises(UsageError, match="scaling='standard' to stream"):
        own.predictor_.stream()


def test_the_same_seed_makes_the_same_model_with_variations_too():
    options = {"jitter": 0.1, "magnitude": 0.1, "window": 0.8, "dropout": 0.2}
    first, same = (classifier(**options, seed=3).fit(ROWS, LABELS) for _ in range(2))
    other = classifier(**options, seed=4).fit(ROWS, LABELS)
    np.testing.assert_array_equal(first.predict_proba(ROWS), same.predict_proba(ROWS))
    assert (first.predict_proba(ROWS) != other.predict_proba(ROWS)).any()


def test_an_interrupted_training_goes_on_as_if_nothing_had_been(tmp_path):
    options = {"epochs": 3, "jitter": 0.1, "averaging": 0.9, "validation": 0.25}
    whole = classifier(**options).fit(ROWS, LABELS)
    kept = {**options, "checkpoint": tmp_path / "run"}
    with pytest.raises(KeyboardInterrupt):
        classifier(**kept).fit(ROWS, LABELS, observers=[StopAfterOne()])
    resumed = classifier(**kept, resume=True).fit(ROWS, LABELS)
    np.testing.assert_array_equal(resumed.predict_proba(ROWS), whole.predict_proba(ROWS))
    with pytest.raises(CheckpointError, match="jitter"):
        classifier(**{**kept, "jitter": 0.2}, resume=True).fit(ROWS, LABELS)


def test_few_sequences_are_all_trained_on_and_many_are_held_out():
    few = classifier(epochs=1).fit(ROWS, LABELS)
    assert few.data_["rows"] == {"train": 24, "validation": 0}
    assert "val_loss" not in few.history_
    assert few.training_.best_epoch == 1
    many = classifier(epochs=1, batch_size=100).fit(ROWS * 25, LABELS * 25)
    assert many.data_["rows"] == {"train": 540, "validation": 60}
    assert len(many.history_["val_loss"]) == 1


def test_no_group_is_in_training_and_validation():
    groups = [f"speaker {k % 6}" for k in range(24)]
    model = classifier(validation=0.3)
    examples = labelled_sequences(ROWS, LABELS, groups=groups)
    prepared = prepare_sequences(examples, model._settle(), 0)
    parts = ({groups[k] for k in rows} for rows in (prepared.train, prepared.validation))
    assert not set.intersection(*parts)
    assert len(prepared.train) + len(prepared.validation) == 24


def test_the_scaling_does_not_know_the_validation_part():
    rows = [row.copy() for row in ROWS]
    settings = classifier(validation=0.25)._settle()
    prepared = prepare_sequences(labelled_sequences(rows, LABELS), settings, 0)
    for k in prepared.validation:
        rows[k] += 1e6
    again = prepare_sequences(labelled_sequences(rows, LABELS), settings, 0)
    assert again.scaler == prepared.scaler


def test_a_collection_with_its_own_test_part_and_a_held_out_one():
    collection = SequenceCollection(
        name="waves",
        source="waves.csv",
        values=tuple(ROWS),
        channels=("height", "noise"),
        places=tuple(f"row {k}" for k in range(24)),
        fields={"kind": tuple(LABELS), "who": tuple(f"w{k % 4}" for k in range(24))},
        digest="d" * 64,
        label="kind",
        group="who",
    )
    model = classifier().fit_source(collection, test_share=0.25)
    assert model.channels_ == ["height", "noise"]
    assert model.data_["rows"] == {"train": 18, "validation": 0, "test": 6}
    assert model.data_["sha256"] == "d" * 64
    assert model.metrics_["rows"] == 6
    assert model.evaluate_source(collection)["rows"] == 24
    with pytest.raises(UsageError, match="has no numbers to learn"):
        SequenceRegressor().fit_source(collection)


def test_estimators_can_be_cloned_and_say_when_they_are_not_fitted():
    copy = clone(classifier(cell="lstm", head=[4]))
    assert copy.get_params()["cell"] == "lstm"
    with pytest.raises(NotFittedError, match=r"fit\(sequences, labels\)"):
        copy.predict(ROWS)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cell": "gruu"}, UnknownNameError, "did you mean 'gru'"),
        ({"preset": "quick"}, UnknownNameError, "unknown preset 'quick'"),
        ({"scaling": "minmax"}, UnknownNameError, "unknown scaling"),
        ({"decay": "step"}, UnknownNameError, "unknown decay"),
        ({"window": 0}, UsageError, "window must be above 0 and at most 1"),
        ({"jitter": -1}, UsageError, "jitter must be a number from 0 up"),
        ({"epochs": 0}, UsageError, "epochs must be a whole number from 1 up"),
        ({"validation": 1}, UsageError, "validation must be at least 0 and below 1"),
        ({"units": (3, 4), "layers": 3}, UsageError, "units names 2 layers"),
        ({"seed": -1}, UsageError, "seed must be a whole number"),
        ({"resume": True}, UsageError, "resume=True needs a checkpoint folder"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        classifier(**options).fit(ROWS[:4], LABELS[:4])


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (ROWS, None, DataError, "labels are needed"),
        (ROWS, LABELS[:3], ShapeError, "24 sequences but 3 labels"),
        (ROWS[:2], ["up", "up"], DataError, "only one class, 'up'"),
        ([], [], DataError, "no rows"),
        ([ROWS[0], ROWS[1][:0]], ["up", "down"], DataError, "sequence 1 has no step"),
    ],
)
def test_data_that_cannot_be_used_are_refused(X, y, error, message):
    with pytest.raises(error, match=message):
        classifier().fit(X, y)


def test_other_channels_than_the_training_s_are_refused(fitted):
    with pytest.raises(ShapeError, match="sequence 0 has 1 channels, expected 2"):
        fitted.predict([ROWS[0][:, :1]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda encoder: encoder.update(classes=["a"]), "1 classes are named, the network has 2"),
        (lambda encoder: encoder.update(channels=["a"]), "1 channels are named"),
        (lambda encoder: encoder.update(channels=3), "list of names"),
        (lambda encoder: encoder["scaler"].update(indicators=[0]), "gives 3 features"),
        (lambda encoder: encoder.pop("scaler"), "must have kind"),
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(fitted, tmp_path, change, message):
    artifact = read_artifact(fitted.save(tmp_path / "m.recurra"))
    encoder = json.loads(json.dumps(artifact.encoder))
    change(encoder)
    with pytest.raises(CorruptArtifactError, match=message):
        SequencePredictor.from_artifact(replace(artifact, encoder=encoder))
