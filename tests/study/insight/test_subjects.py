"""What is looked at is what the model computes: scores, losses and answers of every task."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

sys.path.insert(0, str(Path(__file__).parent))

import untrained

from recurra import TextClassifier
from recurra.errors import (
    DataError,
    NotFittedError,
    ShapeError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from recurra.study.insight import inspect
from recurra.study.insight._programs import Program, forward
from recurra.study.insight.subjects import subject_of

TEXT = "the film was not good"
ROLL = (np.random.default_rng(9).random((6, 5)) < 0.3).astype(int)


def measured(subject, inputs=None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores, losses and the model's outputs, compiled as one program."""

    def run(given):
        out = forward(subject.model, given)
        return subject.score(out), subject.loss(out), out

    found = Program(subject.model, run)(subject.inputs if inputs is None else inputs)
    return tuple(np.asarray(keras.ops.convert_to_numpy(part)) for part in found)


def score(subject) -> float:
    return float(measured(subject)[0][0])


def loss(subject) -> float:
    return float(measured(subject)[1][0])


SUBJECTS = {
    "classifier": lambda: subject_of(untrained.classifier(bidirectional=True), TEXT),
    "classifier with n-grams": lambda: subject_of(untrained.classifier(ngrams=True), TEXT),
    "forecaster": lambda: subject_of(untrained.forecaster("attention")),
    "seq2seq": lambda: subject_of(untrained.forecaster("seq2seq")),
    "segrnn": lambda: subject_of(untrained.forecaster("segrnn", segment=3)),
    "language model": lambda: subject_of(untrained.generator(), "the cat"),
    "translator": lambda: subject_of(untrained.translator(), TEXT, target="der film"),
    "rolls": lambda: subject_of(untrained.rolls(), ROLL),
}


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_keeps_the_contract(kind):
    subject = SUBJECTS[kind]()
    steps = len(subject.labels)
    assert subject.answer
    assert subject.explained
    read = subject.inputs if subject.sequence is None else subject.inputs[subject.sequence]
    assert read.shape[:2] == (1, steps)
    exchanged = np.random.default_rng(0).random((3, steps)) < 0.5
    exchanged[0] = False
    rows = subject.replace(exchanged, np.random.default_rng(0))
    assert {len(part) for part in keras.tree.flatten(rows)} == {3}
    changed = rows if subject.sequence is None else rows[subject.sequence]
    np.testing.assert_array_equal(changed[0], read[0])
    same = (changed == read).reshape(3, steps, -1).all(axis=-1)
    assert same[~exchanged].all()
    assert not same[exchanged].all()
    scores, losses, _ = measured(subject, rows)
    assert scores.shape == losses.shape == (3,)
    assert len(set(scores.tolist())) > 1
    weights = subject.attention()
    if weights is not None:
        assert weights.shape == (steps,)
        assert weights.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("options", [{}, {"ngrams": True}, {"pooling": "attention"}])
def test_a_classifiers_score_and_loss_are_those_of_its_probabilities(options):
    made = untrained.classifier(**options)
    probabilities = made.predict_proba([TEXT])[0].astype(float)
    subject = subject_of(made, TEXT)
    best = int(probabilities.argmax())
    assert subject.labels == ("the", "film", "was", "not", "good")
    assert subject.answer[0] == (made.classes_[best], pytest.approx(probabilities[best]))
    assert subject.explained == f"log-odds of {str(made.classes_[best])!r}"
    assert score(subject) == pytest.approx(
        np.log(probabilities[best] / (1 - probabilities[best])), abs=1e-4
    )
    asked = subject_of(made, TEXT, target="mixed")
    assert loss(asked) == pytest.approx(-np.log(probabilities[2]), abs=1e-4)
    assert (subject.attention() is None) == (options != {"pooling": "attention"})


def test_a_forecasters_answer_is_its_forecast():
    made = untrained.forecaster()
    subject, forecast = subject_of(made), made.forecast()
    values = forecast.values[0, :, 0, made.settings_.quantiles.index(0.5)]
    assert subject.labels[0] == "2021-04-22"
    assert subject.labels[-1] == "2021-04-29"
    assert [name for name, _ in subject.answer] == ["2021-04-30", "2021-05-01", "2021-05-02"]
    np.testing.assert_allclose([value for _, value in subject.answer], values, rtol=1e-5)
    shift, scale = (part[0, 0] for part in made.predictor_.encoder.scaler.of(np.array([0])))
    reader = made.windows_of()
    rows = reader.rows(np.array([0]), reader.table.observed_lengths[:1])
    encoded = reader.encode(rows, np.array([0]), reader.table.observed_lengths[:1])
    moved = float((encoded.shift + encoded.scale * encoded.reference).mean())
    assert score(subject) == pytest.approx((values.mean() - shift) / scale - moved, abs=1e-4)


def test_a_forecasters_loss_compares_with_the_last_value():
    made = untrained.forecaster(quantiles=())
    assert made.specification_.outputs == 1
    subject = subject_of(made)
    last = made.predictor_.tail.values[-1, 0]
    values = np.array([value for _, value in subject.answer])
    _, scale = (part[0, 0] for part in made.predictor_.encoder.scaler.of(np.array([0])))
    assert loss(subject) == pytest.approx(np.abs(values - last).mean() / scale, rel=1e-3)


def test_of_several_series_one_is_chosen():
    made = untrained.forecaster(series=2)
    assert subject_of(made).answer != subject_of(made, series="s1").answer
    assert "of 's1'" in subject_of(made, series="s1").explained
    with pytest.raises(UnknownNameError, match=r"unknown series 's7'.*\(known: s0, s1\)"):
        subject_of(made, series="s7")
    with pytest.raises(UnknownNameError, match=r"unknown target 'price' \(known: sales\)"):
        subject_of(made, target="price")
    with pytest.raises(UsageError, match="there is only one series here"):
        subject_of(untrained.forecaster(), series="s0")


def test_layers_that_run_over_other_steps_have_names_for_them():
    decoder = subject_of(untrained.forecaster("seq2seq")).layer_labels
    assert decoder == {"decoder_0": ("2021-04-30", "2021-05-01", "2021-05-02")}
    segments = subject_of(untrained.forecaster("segrnn", segment=3)).layer_labels
    assert segments == {"recurrent_0": ("to 2021-04-23", "to 2021-04-26", "to 2021-04-29")}
    target = subject_of(untrained.translator(), TEXT, target="der film").layer_labels
    assert target == {"decoder_0": ("[BOS]", " der", " film")}


@pytest.mark.parametrize("options", [{}, {"tie_weights": True}])
def test_a_language_models_score_is_that_of_the_continuation(options):
    made = untrained.generator(**options)
    subject = subject_of(made, "the c", target="at")
    expected = made.predictor_.score("the cat").log_probabilities[-2:].sum()
    assert score(subject) == pytest.approx(expected, abs=1e-4)
    assert loss(subject) == pytest.approx(-expected, abs=1e-4)
    assert subject.labels == ("[EOS]", *"the ca")
    own = subject_of(made, "the c")
    name, value = own.answer[0]
    assert own.explained == f"log-probability of {name!r} as what comes next"
    assert score(own) == pytest.approx(np.log(value), abs=1e-4)
    with pytest.raises(DataError, match="the target is empty"):
        subject_of(made, "the c", target="")


def test_of_a_long_text_the_end_is_read():
    with pytest.warns(UserWarning, match="the text has 940 tokens; its last 400 are looked at"):
        subject = subject_of(untrained.generator(), untrained.PROSE * 20)
    assert len(subject.labels) == 400
    assert "".join(subject.labels).endswith("to the log.")


@pytest.mark.parametrize("options", [{}, {"attention": "none", "decoder_layers": 2}])
def test_a_translators_score_is_that_of_the_translation(options):
    made = untrained.translator(**options)
    subject = subject_of(made, TEXT, target="der film war")
    expected = made.predictor_.score([TEXT], ["der film war"])[0].sum()
    assert score(subject) == pytest.approx(expected, abs=1e-4)
    assert loss(subject) == pytest.approx(-expected / 4, abs=1e-4)
    assert subject.answer == (("der film war", pytest.approx(np.exp(expected))),)
    assert (subject.attention() is None) == (options != {})
    assert subject_of(made, TEXT).answer[0][0] == made.translate([TEXT])[0][0].text


def test_a_rolls_score_is_the_log_odds_of_a_note():
    made = untrained.rolls()
    silent = np.vstack([ROLL, np.zeros((1, 5), int)])  # scored: every note stays silent
    subject = subject_of(made, ROLL, target=2)
    scores, _, found = measured(subject)
    logits = found[0, -1]
    assert scores[0] == logits[2]
    assert np.logaddexp(0, logits).sum() == pytest.approx(made.score(silent)[-1], abs=1e-4)
    with pytest.raises(UsageError, match="the target must be a note from 0 to 4, not 5"):
        subject_of(made, ROLL, target=5)


def test_inputs_that_are_none_are_refused():
    for made in (untrained.classifier(), untrained.translator()):
        with pytest.raises(DataError, match="the text is empty"):
            subject_of(made, " ")
    for made in (untrained.classifier(), untrained.translator(), untrained.generator()):
        with pytest.raises(DataError, match="reads a text, got int"):
            subject_of(made, 3)
    with pytest.raises(UnknownNameError, match=r"unknown label 'god'; did you mean 'good'\?"):
        subject_of(untrained.classifier(), TEXT, target="god")


def test_models_that_cannot_be_looked_at_are_refused(tmp_path):
    with pytest.raises(UsageError, match="'dense_classifier' has no recurrent layer"):
        subject_of(untrained.classifier(cell="dense", dropout=0.0, recurrent_dropout=0.0), TEXT)
    with pytest.raises(UsageError, match="nothing was given for the model to read; give a text"):
        subject_of(untrained.classifier())
    with pytest.raises(NotFittedError, match="this TextClassifier is not fitted yet"):
        subject_of(TextClassifier(), TEXT)
    with pytest.raises(UsageError, match=r"expected an estimator of Recurra, .* got dict"):
        subject_of({}, TEXT)
    with pytest.raises(SourceError, match=r"there is no file .*no\.keras"):
        subject_of(tmp_path / "no.keras")
    with pytest.raises(UsageError, match=r"m\.h5 is neither a \.recurra nor a \.keras file"):
        subject_of("m.h5")


def small(*stack: layers.Layer) -> keras.Model:
    return untrained.shaken(keras.Sequential(stack))


def test_a_keras_model_of_values_and_a_softmax():
    model = small(keras.Input((None, 2)), layers.LSTM(3), layers.Dense(3, activation="softmax"))
    values = np.random.default_rng(2).normal(size=(6, 2))
    subject = subject_of(model, values, labels="abcdef")
    chances = np.asarray(model(values[None].astype("float32")))[0]
    assert subject.labels == tuple("abcdef")
    answers = [value for _, value in subject.answer]
    np.testing.assert_allclose(answers, sorted(chances, reverse=True), rtol=1e-5)
    best = chances.max()
    assert score(subject) == pytest.approx(np.log(best / (1 - best)), abs=1e-3)
    assert loss(subject) == pytest.approx(-np.log(best), abs=1e-3)
    assert loss(subject_of(model, values, target=0)) == pytest.approx(-np.log(chances[0]), abs=1e-3)
    with pytest.raises(ShapeError, match="2 labels came for 6 steps"):
        subject_of(model, values, labels="ab")
    with pytest.raises(UsageError, match="the target must be an output from 0 to 2, not 3"):
        subject_of(model, values, target=3)


def test_a_keras_model_of_tokens_and_a_sigmoid_at_every_step():
    stack = (layers.Embedding(9, 2), layers.GRU(3, return_sequences=True))
    model = small(keras.Input((None,)), *stack, layers.Dense(1, activation="sigmoid"))
    subject = subject_of(model, [4, 7, 8])
    assert subject.vectors is model.layers[0]
    chance = float(np.asarray(model(np.array([[4, 7, 8]])))[0, -1, 0])
    odds = np.log(chance / (1 - chance))
    assert score(subject) == pytest.approx(abs(odds), abs=1e-4)
    assert ("being 0" in subject.explained) == (odds < 0)
    with pytest.raises(DataError, match=r"token ids must be between 0 and 8, not 4\.\.9"):
        subject_of(model, [4, 9])


def test_a_keras_model_with_several_inputs():
    steps, facts = keras.Input((None, 1), name="s"), keras.Input((2,), name="facts")
    read = layers.Concatenate()([layers.SimpleRNN(3)(steps), facts])
    model = untrained.shaken(keras.Model({"s": steps, "facts": facts}, layers.Dense(1)(read)))
    subject = subject_of(model, {"s": np.arange(5.0), "facts": [1.0, 2.0]})
    assert subject.sequence == "s"
    assert subject.inputs["s"].shape == (1, 5, 1)
    assert score(subject) == pytest.approx(subject.answer[0][1])
    with pytest.raises(ShapeError, match="reads a dict with s, facts; give that"):
        subject_of(model, {"s": np.arange(5.0)})
    with pytest.raises(ShapeError, match=r"input 'facts' has shape \(1, 3\), expected one sequenc"):
        subject_of(model, {"s": np.arange(5.0), "facts": [1.0, 2.0, 3.0]})


def test_a_keras_model_without_a_graph_is_refused():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.rnn = layers.GRU(2)

        def call(self, x):
            return self.rnn(x)

    with pytest.raises(UsageError, match="does not say what it reads"):
        subject_of(Own(), np.zeros((3, 1)))


def test_networks_with_dropout_and_tied_vectors_can_be_attributed():
    made = untrained.generator(tie_weights=True, dropout=0.2)
    trace = inspect(made, "the cat", what=("gradients", "attribution", "memory"))
    named = {one.method: one for one in trace.attributions}
    assert named["integrated_gradients"].completeness_error < 0.01
    assert trace.layers[0].hidden_gradient is not None
    assert 1 <= trace.memory.effective_context <= trace.memory.length == 8
