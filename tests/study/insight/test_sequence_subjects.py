"""What is looked at of sequences and sound is what the models compute."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import untrained_sequences as made
from untrained_sequences import RATE, SEQUENCE, SOUND

from recurra.errors import DataError, ShapeError, SourceError, UnknownNameError, UsageError
from recurra.runtime.speech import log_likelihood
from recurra.study.insight import inspect
from recurra.study.insight._frame_steps import frame_times, step_numbers
from recurra.study.insight._programs import Program, forward
from recurra.study.insight.subjects import subject_of


def measured(subject, inputs=None) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and losses."""

    def run(given):
        out = forward(subject.model, given)
        return subject.score(out), subject.loss(out)

    found = Program(subject.model, run)(subject.inputs if inputs is None else inputs)
    return tuple(np.asarray(keras.ops.convert_to_numpy(part), float) for part in found)


SUBJECTS = {
    "classifier": lambda: subject_of(made.classifier(bidirectional=True), SEQUENCE),
    "strides and attention": lambda: subject_of(
        made.classifier(stride=3, pooling="attention"), SEQUENCE
    ),
    "regressor": lambda: subject_of(made.regressor(stride=2, cell="lstm"), SEQUENCE),
    "sound": lambda: subject_of(made.audio(stride=2, pooling="mean_max"), SOUND),
    "speech": lambda: subject_of(made.recognizer(bidirectional=True), SOUND, target="one two"),
}


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_keeps_the_contract(kind):
    subject = SUBJECTS[kind]()
    steps = len(subject.labels)
    frames, mask = subject.inputs
    assert frames.shape[:2] == mask.shape == (1, steps)
    assert subject.empty.shape == frames.shape[1:]
    exchanged = np.random.default_rng(0).random((3, steps)) < 0.5
    exchanged[0] = False
    rows, masks = subject.replace(exchanged, np.random.default_rng(0))
    np.testing.assert_array_equal(rows[0], frames[0])
    same = (rows == frames).all(axis=-1)
    assert same[~exchanged].all()
    assert not same[exchanged].any()
    assert masks.shape == (3, steps)
    scores, losses = measured(subject, [rows, masks])
    assert scores.shape == losses.shape == (3,)
    assert len(set(scores.tolist())) > 1


@pytest.mark.parametrize("options", [{}, {"stride": 4, "pooling": "attention", "cell": "lstm"}])
def test_a_classifiers_score_and_loss_are_those_of_its_probabilities(options):
    network = made.classifier(**options)
    probabilities = network.predict_proba([SEQUENCE])[0].astype(float)
    best = int(probabilities.argmax())
    subject = subject_of(network, SEQUENCE)
    assert subject.answer[0] == (network.classes_[best], pytest.approx(probabilities[best]))
    assert subject.explained == f"log-odds of {str(network.classes_[best])!r}"
    odds = np.log(probabilities[best] / (1 - probabilities[best]))
    assert measured(subject)[0][0] == pytest.approx(odds, abs=1e-4)
    asked = subject_of(network, SEQUENCE, target="rest")
    assert measured(asked)[1][0] == pytest.approx(-np.log(probabilities[2]), abs=1e-4)
    weights = subject.attention()
    if not options:
        assert weights is None
        assert subject.labels == tuple(map(str, range(1, 12)))
        return
    np.testing.assert_allclose(weights, network.attention(SEQUENCE), atol=1e-6)
    assert subject.labels == ("1-4", "5-8", "9-11")


def test_what_tells_of_missing_values_is_not_exchanged():
    subject = subject_of(made.classifier(), SEQUENCE)
    frames = subject.inputs[0][0]
    assert frames[4].tolist()[2] == 1
    rows, _ = subject.replace(np.ones((1, 11), bool), np.random.default_rng(0))
    np.testing.assert_allclose(rows[0, :, :2], np.tile(frames[:, :2].mean(axis=0), (11, 1)))
    np.testing.assert_array_equal(rows[0, :, 2], frames[:, 2])


def test_the_filling_of_the_last_frame_is_not_exchanged():
    subject = subject_of(made.classifier(stride=3), SEQUENCE)
    rows, _ = subject.replace(np.ones((1, 4), bool), np.random.default_rng(0))
    assert not rows[0, 3, 6:].any()
    assert rows[0, 3, :2].all()


def test_a_regressors_score_is_its_number():
    network = made.regressor(pooling="mean")
    number = float(network.predict([SEQUENCE])[0])
    subject = subject_of(network, SEQUENCE)
    assert subject.answer == (("number", pytest.approx(number, rel=1e-6)),)
    score, loss = measured(subject)
    assert score[0] == pytest.approx(number, rel=1e-5)
    assert loss[0] == pytest.approx(((number - 70) / 12) ** 2, rel=1e-3)
    told = subject_of(network, SEQUENCE, target="82")
    assert measured(told)[1][0] == pytest.approx(((number - 82) / 12) ** 2, rel=1e-3)
    for target in ("much", "nan"):
        with pytest.raises(UsageError, match=f"is the true number, not '{target}'"):
            subject_of(network, SEQUENCE, target=target)


def test_a_sounds_answer_is_that_of_its_predictor():
    network = made.audio(stride=2)
    subject = subject_of(network, SOUND)
    probabilities = network.predict_proba([SOUND])[0]
    assert dict(subject.answer) == pytest.approx(
        dict(zip(network.classes_, probabilities.astype(float), strict=True)), abs=1e-6
    )
    assert subject.labels[:3] == ("0.00 s", "0.02 s", "0.04 s")
    assert len(subject.labels) == -(-len(network.predictor_.frames(SOUND)) // 2)
    again = subject_of(network, (np.repeat(SOUND, 2), 2 * RATE))  # resampled
    assert len(again.labels) == len(subject.labels)
    with pytest.raises(SourceError, match="no sound file"):
        subject_of(network, "no.wav")


def test_a_recognizers_score_is_the_probability_of_the_text():
    network = made.recognizer()
    scores = network.predictor_.log_probabilities([network.features_(SOUND)])[0]
    subject = subject_of(network, SOUND)
    (text,) = network.predict([SOUND])
    symbols = tuple(network.alphabet_.encode(text).tolist())
    assert subject.explained == f"log-probability of {text!r}"
    score, loss = measured(subject)
    assert score[0] == pytest.approx(log_likelihood(scores, symbols), abs=1e-3)
    assert loss[0] == -score[0]
    assert dict(subject.answer)[text] == pytest.approx(np.exp(score[0]), rel=1e-3)
    silent = subject_of(network, SOUND, target="")
    assert measured(silent)[0][0] == pytest.approx(log_likelihood(scores, ()), abs=1e-3)
    assert not subject.answers_last


def test_texts_that_cannot_be_explained_are_refused():
    network = made.recognizer()
    with pytest.raises(DataError, match="the word 'ten' is not among the 4 words"):
        subject_of(network, SOUND, target="ten")
    with pytest.raises(UsageError, match=r"the target needs 59 steps, the sound has \d+"):
        subject_of(network, SOUND, target="two " * 30)


def test_sequences_that_cannot_be_read_are_refused():
    network = made.classifier()
    with pytest.raises(ShapeError, match="3 channels, expected 2"):
        subject_of(network, np.ones((5, 3)))
    with pytest.raises(UnknownNameError, match=r"unknown label 'run' \(known: draw, point, rest\)"):
        subject_of(network, SEQUENCE, target="run")
    with pytest.raises(UsageError, match=r"give a sequence \(time, channels\)"):
        subject_of(network)
    with pytest.raises(UsageError, match="give a sound"):
        subject_of(made.audio())
    with pytest.raises(UsageError, match="has no recurrent layer"):
        subject_of(made.regressor(cell="dense"), SEQUENCE)


@pytest.mark.parametrize("kind", ["regressor", "speech"])
def test_attributions_begin_with_the_mean_of_the_training(kind):
    from recurra.study.insight.attribution import attributions

    subject = SUBJECTS[kind]()
    frames, mask = subject.inputs
    (found,) = attributions(subject, methods=["integrated_gradients"])
    ends, _ = measured(subject, [np.concatenate([frames, 0 * frames]), np.repeat(mask, 2, axis=0)])
    assert found.completeness_error < 0.01
    assert found.scores.sum() == pytest.approx(ends[0] - ends[1], rel=0.011)


def test_everything_is_seen_of_a_sequence():
    trace = inspect(made.classifier(stride=2, pooling="attention", units=(3, 4)), SEQUENCE)
    assert [layer.hidden.shape for layer in trace.layers] == [(6, 3), (6, 4)]
    assert [block.name for block in trace.blocks[:2]] == ["frames", "frame_mask"]
    assert trace.layers[0].hidden_gradient.shape == (6, 3)
    assert {one.method for one in trace.attributions} == {
        "integrated_gradients", "gradient_x_input", "occlusion", "attention",
    }  # fmt: skip
    assert 1 <= trace.memory.effective_context <= trace.memory.length == 6
    assert len(trace.flows) == 4
    assert trace.memory.change.max() <= 1  # distances of probabilities


def test_frames_are_named_by_their_steps_or_their_time():
    assert step_numbers(3, 1) == ("1", "2", "3")
    assert step_numbers(5, 2) == ("1-2", "3-4", "5")
    assert frame_times(3, 0.03) == ("0.00 s", "0.03 s", "0.06 s")
    assert frame_times(2, 0.0125) == ("0.0000 s", "0.0125 s")
