"""A recognizer learns, writes whole sound and pieces alike, and comes back from its file."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beeps import RATE, beeps

from recurra import SpeechRecognizer
from recurra.errors import (
    CorruptArtifactError,
    DataError,
    NotFittedError,
    ShapeError,
    UnknownNameError,
    UsageError,
)
from recurra.runtime import load_predictor, read_artifact
from recurra.runtime.speech import SpeechPredictor, log_likelihood
from recurra.tasks import load_model
from recurra.tasks.speech.transcript_metrics import error_rates

SOUNDS, TRANSCRIPTS = beeps(60)
SMALL = {"units": 20, "layers": 1, "batch_size": 8, "mels": 16, "epochs": 12, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def trained():
    made = SpeechRecognizer(bidirectional=False, rate=RATE, noise=60.0, **SMALL)
    made.fit(SOUNDS[:48], TRANSCRIPTS[:48])
    made.evaluate(SOUNDS[48:], TRANSCRIPTS[48:], beam=8)
    return made


@pytest.fixture(scope="module")
def saved(trained, tmp_path_factory):
    return trained.save(tmp_path_factory.mktemp("models") / "beeps.recurra")


def test_it_learns_words(trained):
    assert trained.alphabet_.symbols == ("high", "low", "mid")
    assert trained.history_["loss"][-1] < trained.history_["loss"][0] / 4
    assert trained.metrics_["word_error_rate"] < 0.2
    assert trained.metrics_["rows"] == 12
    assert trained.metrics_["real_time_factor"] > 0
    assert trained.score(SOUNDS[48:], TRANSCRIPTS[48:]) > 0.8


def test_a_file_gives_the_same_recognizer_back(trained, saved):
    expected = trained.predict(SOUNDS[48:])
    assert SpeechRecognizer.load(saved).predict(SOUNDS[48:]) == expected
    assert load_model(saved).metrics_ == trained.metrics_
    predictor = load_predictor(saved)
    assert isinstance(predictor, SpeechPredictor)
    assert predictor.predict(SOUNDS[48:]) == expected
    card = read_artifact(saved).card
    assert "| word error rate |" in card
    assert "3 words: high low mid" in card


@pytest.mark.parametrize("beam", [1, 4])
def test_pieces_of_sound_are_written_as_the_whole(trained, beam):
    predictor = trained.predictor_
    (whole,) = predictor.answer(SOUNDS[50:51], beam=beam)
    stream = predictor.stream(beam=beam)
    seen = [stream.push(part) for part in np.split(SOUNDS[50], [10, 400, 401, 1500])]
    final = stream.finish()
    assert final.text == stream.text == whole.text
    assert final.probability == pytest.approx(whole.probability, rel=1e-4)
    assert [w.start for w in final.words] == [w.start for w in whole.words]
    assert all(whole.text.startswith(text) for text in seen) or beam > 1


def test_answers_say_how_likely_and_when(trained):
    predictor = trained.predictor_
    (answer,) = predictor.answer(SOUNDS[:1], beam=4)
    (scores,) = predictor.log_probabilities([predictor.features(SOUNDS[0])])
    exact = log_likelihood(scores, trained.alphabet_.encode(answer.text))
    assert answer.probability == pytest.approx(np.exp(exact))
    assert [word.word for word in answer.words] == answer.text.split()
    starts = [word.start for word in answer.words]
    assert starts == sorted(starts)
    assert answer.seconds == len(SOUNDS[0]) / RATE
    assert all(0 <= start < answer.seconds for start in starts)


def test_other_sounds_beside_it_change_nothing(trained):
    alone = list(trained.predictor_.answer(SOUNDS[48:49]))
    together = list(trained.predictor_.answer(SOUNDS[44:56]))
    assert together[4].text == alone[0].text
    assert together[4].probability == pytest.approx(alone[0].probability, rel=1e-4)


def test_a_stream_of_another_rate_is_resampled(trained):
    doubled = np.repeat(SOUNDS[50], 2)
    stream = trained.predictor_.stream(2 * RATE)
    stream.push(doubled)
    assert stream.finish().seconds == pytest.approx(len(SOUNDS[50]) / RATE)


@pytest.mark.slow
def test_same_seed_same_model():
    few = {**SMALL, "epochs": 1}
    first, second = (
        SpeechRecognizer(rate=RATE, symbols="character", stride=1, **few).fit(
            SOUNDS[:12], TRANSCRIPTS[:12]
        )
        for _ in range(2)
    )
    assert first.history_ == second.history_
    for one, other in zip(first.model_.weights, second.model_.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert first.alphabet_.level == "character"
    assert first.specification_.bidirectional
    with pytest.raises(UsageError, match="has to know the end of the sound"):
        first.predictor_.stream()


@pytest.mark.parametrize(
    ("settings", "sounds", "transcripts", "error", "problem"),
    [
        ({}, SOUNDS[:4], TRANSCRIPTS[:4], UsageError, "rate"),
        ({"rate": RATE}, SOUNDS[:4], TRANSCRIPTS[:3], ShapeError, "4 sounds and 3 transcripts"),
        ({"rate": RATE}, SOUNDS[:2], ["low", " "], DataError, "transcript of sound 1 is ' '"),
        ({"rate": RATE}, SOUNDS[:1], ["low"], DataError, "two at least"),
        ({"rate": RATE}, [SOUNDS[0][:0], SOUNDS[1]], ["low"] * 2, DataError, "sound 0: .*empty"),
        ({"rate": RATE}, SOUNDS[:4], ["low " * 99] * 4, DataError, "3 of 3 clips are too short"),
        ({"rate": RATE, "symbols": "phone"}, [], [], UnknownNameError, "symbols 'phone'"),
        ({"rate": RATE, "speed": 9}, [], [], UsageError, "speed must be a number"),
        ({"rate": RATE, "stride": 0}, [], [], UsageError, "stride must be an integer"),
        ({"rate": RATE, "validation": 0}, [], [], UsageError, "validation must be above 0"),
    ],
)
def test_what_cannot_be_trained_on_is_named(settings, sounds, transcripts, error, problem):
    with pytest.raises(error, match=problem):
        SpeechRecognizer(**settings).fit(sounds, transcripts)


def test_what_cannot_be_answered_is_named(trained):
    with pytest.raises(NotFittedError, match=r"fit\(sounds, transcripts\)"):
        SpeechRecognizer().predict(SOUNDS[:1])
    with pytest.raises(UsageError, match="a list of sounds"):
        trained.predict(SOUNDS[0])
    with pytest.raises(UsageError, match="length bonus needs a beam"):
        trained.predict(SOUNDS[:1], length_bonus=0.5)
    with pytest.raises(DataError, match="no clips to evaluate"):
        trained.evaluate([], [])
    with pytest.raises(DataError, match="no samples came"):
        trained.predictor_.stream().finish()


def test_parts_that_do_not_fit_are_refused(saved):
    artifact = read_artifact(saved)
    artifact.encoder["alphabet"]["symbols"].append("other")
    with pytest.raises(CorruptArtifactError, match="sizes"):
        SpeechPredictor.from_artifact(artifact)


def test_error_rates_count_words():
    rates = error_rates(["a b c", "d"], ["a x", "d"])
    assert rates["word_error_rate"] == 2 / 4
    assert (rates["substitutions"], rates["deletions"], rates["insertions"]) == (1, 1, 0)
    assert rates["clip_accuracy"] == 0.5
    assert error_rates(["one"], [""])["word_error_rate"] == 1
