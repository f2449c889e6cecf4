"""A classifier for voices: each is made like the others, and a new one by its sound alone."""

from __future__ import annotations

import numpy as np
import pytest

from recurra import AudioClassifier, load_predictor
from recurra.errors import DataError, UsageError
from recurra.study.insight._audio_subject import audio_subject
from recurra.tasks import load_model

soundfile = pytest.importorskip("soundfile", reason="the extra audio is not installed")

RATE = 8000
TILT = {"a": 0.1, "b": 0.5, "c": -0.4}  # how a voice colours its sounds


def word(label, voice, seed):
    """Noise that is brighter in one word than in the other, by less than voices differ."""
    generator = np.random.default_rng([seed, *voice.encode()])
    white = generator.standard_normal(RATE // 4)
    bright = TILT[voice] + (0.15 if label == "sh" else -0.15)
    sound = np.convolve(white, [1.0, -bright], mode="same")
    ends = np.zeros(RATE // 10)
    return np.concatenate([ends, 0.1 * sound, ends]).astype(np.float32)


def words(voice, count=48):
    labels = ["sh", "oo"] * (count // 2)
    return [word(label, voice, seed) for seed, label in enumerate(labels)], labels


@pytest.fixture(scope="module")
def classifier():
    sounds, labels, groups = [], [], []
    for voice in "ab":
        own, names = words(voice)
        sounds, labels, groups = sounds + own, labels + names, groups + [voice] * len(own)
    small = {"units": 8, "layers": 1, "mels": 12, "epochs": 25, "batch_size": 12, "averaging": 0.0}
    adaptive = AudioClassifier(rate=RATE, adaptive=True, coefficients=8, seed=3, **small)
    return adaptive.fit(sounds, labels, groups=groups)


def test_a_new_voice_is_understood_once_it_was_heard(classifier):
    sounds, labels = words("c")
    before = np.mean(classifier.predict(sounds) == labels)
    adapted = classifier.adapt(sounds)
    assert np.mean(adapted.predict(sounds) == labels) == 1.0 > before
    assert adapted.data_["adapted_to"]["sounds"] == 48
    assert "adapted_to" not in classifier.data_
    assert adapted.features_ != classifier.features_


def test_an_adapted_classifier_is_saved_like_any_other(classifier, tmp_path):
    sounds, _ = words("c")
    adapted = classifier.adapt(sounds)
    expected = adapted.predict_proba(sounds)
    path = adapted.save(tmp_path / "c.recurra")
    np.testing.assert_allclose(load_predictor(path).predict_proba(sounds), expected, atol=1e-6)
    average = load_predictor(classifier.save(tmp_path / "average.recurra"))
    np.testing.assert_allclose(average.adapt(sounds).predict_proba(sounds), expected, atol=1e-6)
    assert np.abs(average.predict_proba(sounds) - expected).max() > 0.01
    again = load_model(path)
    energies = [again.features_.log_mel(sound) for sound in sounds]
    np.testing.assert_allclose(again._outputs(energies), expected, atol=1e-5)
    assert again.settings_.adaptive
    assert again.data_["adapted_to"] == adapted.data_["adapted_to"]


def test_steps_are_named_by_their_time_in_the_sound(classifier):
    subject = audio_subject(classifier, word("sh", "a", 0))
    assert 0.07 <= float(subject.labels[0].split()[0]) <= 0.1  # 100 ms of silence were cut off
    assert float(subject.labels[-1].split()[0]) <= 0.36


def test_a_network_for_streams_can_be_adapted():
    sounds, labels = words("a", 12)
    small = {"units": 4, "layers": 1, "mels": 8, "coefficients": 4, "epochs": 2}
    one_way = AudioClassifier(rate=RATE, adaptive=True, bidirectional=False, **small)
    adapted = one_way.fit(sounds, labels, groups=["a"] * 12).adapt(sounds[:3])
    stream = adapted.predictor_.stream()
    for piece in np.array_split(sounds[0], 9):
        stream.push(piece)
    stream.finish()
    whole = adapted.predict_proba(sounds[:1])[0]
    found = [stream.answer().probabilities[name] for name in adapted.classes_]
    np.testing.assert_allclose(found, whole, atol=1e-5)


def test_who_speaks_must_be_known():
    sounds, labels = words("a", 4)
    with pytest.raises(UsageError, match="who speaks in each"):
        AudioClassifier(rate=RATE, adaptive=True, epochs=1).fit(sounds, labels)
    with pytest.raises(UsageError, match="True or False"):
        AudioClassifier(rate=RATE, adaptive="yes").fit(sounds, labels)
    plain = AudioClassifier("dense", rate=RATE, mels=8, epochs=1).fit(sounds, labels)
    with pytest.raises(UsageError, match="adaptive=True"):
        plain.adapt(sounds)
    with pytest.raises(DataError, match="adaptive=True"):
        plain.predictor_.adapt(sounds)
