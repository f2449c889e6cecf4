"""`AudioClassifier` learns sounds, and answers the same with Keras, without it, and as a stream."""

from __future__ import annotations

import numpy as np
import pytest

from recurra import AudioClassifier, load_predictor
from recurra.errors import DataError, NotFittedError, SourceError, UnknownNameError, UsageError
from recurra.runtime import AudioPredictor
from recurra.sequences.audio import ClipsDataset, read_clips
from recurra.tasks import load_model
from recurra.tasks.speech.audio_examples import split_clips
from recurra.tasks.speech.audio_settings import resolve_audio_settings

soundfile = pytest.importorskip("soundfile", reason="the extra audio is not installed")

SMALL = {
    "units": 8,
    "layers": 1,
    "mels": 12,
    "epochs": 30,
    "batch_size": 12,
    "stride": 1,
    "averaging": 0.0,
}


def sweep(label, seed, rate=8000):
    """A tone that rises or falls a little, of any length and level, in a little noise."""
    generator = np.random.default_rng(seed)
    seconds = generator.uniform(0.15, 0.3)
    ends = (1200, 1500) if label == "up" else (500, 400)
    hertz = np.linspace(*ends, int(seconds * rate)) * generator.uniform(0.9, 1.1)
    wave = np.sin(2 * np.pi * np.cumsum(hertz) / rate) * generator.uniform(0.1, 0.5)
    return (wave + 0.003 * generator.standard_normal(len(wave))).astype(np.float32)


def sweeps(count, first=0):
    labels = ["up", "down"] * (count // 2)
    return [sweep(label, first + k) for k, label in enumerate(labels)], labels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Clips of three speakers, one of them recorded at another rate."""
    folder = tmp_path_factory.mktemp("clips")
    for k in range(36):
        label, speaker = ("up", "down")[k % 2], "abc"[k // 12]
        rate = 16000 if k == 0 else 8000
        soundfile.write(folder / f"{label}_{speaker}_{k}.wav", sweep(label, k, rate), rate)
    return folder


@pytest.fixture(scope="module")
def classifier(folder):
    one_way = AudioClassifier(bidirectional=False, learning_rate=0.02, **SMALL)
    return one_way.fit_source(
        folder, pattern="{label}_{speaker}_{take}.wav", split_by="speaker", test=["c"], cache=False
    )


def test_it_learns_and_measures_on_unheard_speakers(classifier):
    assert classifier.metrics_["accuracy"] >= 0.9
    assert classifier.data_["test_groups"] == ["c"]
    assert classifier.data_["rows"] == {"train": 24, "validation": 0, "test": 12}
    assert classifier.notes_ == ["1 of 24 clips had another sampling rate; resampled to 8000 Hz"]
    assert classifier.classes_.tolist() == ["down", "up"]
    assert classifier.metrics_["effective_context"] >= 1


def test_keras_and_numpy_agree(classifier, folder):
    paths = sorted(folder.iterdir())[:9]
    quick = classifier.predict_proba(paths)
    energies = [classifier.features_.log_mel(sweep("up", k)) for k in range(9)]
    sounds = [sweep("up", k) for k in range(9)]
    np.testing.assert_allclose(
        classifier._outputs(energies), classifier.predict_proba(sounds), atol=1e-5
    )
    assert quick.shape == (9, 2)
    with_rate = [(sound, 8000) for sound in sounds]
    np.testing.assert_array_equal(
        classifier.predict_proba(with_rate), classifier.predict_proba(sounds)
    )


@pytest.mark.parametrize("pieces", [1, 7, 100])
def test_a_stream_answers_as_the_whole(classifier, pieces):
    sound = sweep("down", 99)
    stream = classifier.predictor_.stream()
    for piece in np.array_split(sound, pieces):
        stream.push(piece)
    stream.finish()
    whole = classifier.predict_proba([sound])[0]
    found = stream.answer()
    assert found.label == "down"
    np.testing.assert_allclose(list(found.probabilities.values()), whole, atol=1e-4)
    assert stream.seconds == pytest.approx(len(sound) / 8000, abs=0.03)


def test_it_comes_back_from_its_file(classifier, tmp_path):
    path = classifier.save(tmp_path / "sweeps.recurra")
    sounds, _ = sweeps(4, first=50)
    expected = classifier.predict_proba(sounds)
    predictor, model = load_predictor(path), load_model(path)
    assert isinstance(predictor, AudioPredictor)
    assert isinstance(model, AudioClassifier)
    assert model.get_params()["rate"] == 8000
    for other in (predictor, model):
        np.testing.assert_allclose(other.predict_proba(sounds), expected, atol=1e-6)
    assert model.metrics_ == classifier.metrics_
    assert "Classifier of sound" in model._card(model._manifest())


def test_fitting_lists_evaluating_and_two_ways():
    sounds, labels = sweeps(16)
    options = {**SMALL, "epochs": 1, "pooling": "attention"}
    both = AudioClassifier(rate=8000, **options).fit(sounds, labels)
    assert sum(both.attention(sounds[0])) == pytest.approx(1, abs=1e-5)
    assert both.features_.level == "clip"
    assert both.evaluate(*sweeps(6, first=70))["rows"] == 6
    with pytest.raises(UsageError, match="bidirectional=False to stream"):
        both.predictor_.stream()


def test_wrong_calls_are_explained(folder, tmp_path):
    sounds, labels = sweeps(4)
    with pytest.raises(NotFittedError, match=r"fit\(sounds, labels\)"):
        AudioClassifier().predict(sounds)
    with pytest.raises(UsageError, match="give rate=16000"):
        AudioClassifier().fit(sounds, labels)
    with pytest.raises(DataError, match="list of sounds"):
        AudioClassifier().fit("a.wav", ["a"])
    with pytest.raises(SourceError, match="no sound file"):
        AudioClassifier().fit([tmp_path / "gone.wav"], ["a"])
    with pytest.raises(UsageError, match="speed must be a number from 1 to 4"):
        AudioClassifier(speed=9.0).fit(sounds, labels)
    with pytest.raises(UnknownNameError, match="kind of audio features"):
        AudioClassifier(kind="mel").fit(sounds, labels)


def test_no_group_is_in_two_parts(folder):
    clips = read_clips(folder, pattern="{label}_{speaker}_{take}.wav")
    dataset = ClipsDataset("clips", clips)
    drawn = split_clips(dataset, split_by="speaker", test_share=0.3, seed=1)
    assert not set(drawn.train.groups("speaker")) & set(drawn.test.groups("speaker"))
    plain = split_clips(dataset, test_share=0.25)
    assert (len(plain.train), len(plain.test)) == (27, 9)
    assert split_clips(dataset, split_by="speaker").test is None
    with pytest.raises(UnknownNameError, match="did you mean 'speaker'"):
        split_clips(dataset, split_by="speakers", test_share=0.3)
    with pytest.raises(UnknownNameError, match="known: a, b, c"):
        split_clips(dataset, split_by="speaker", test=["d"])
    with pytest.raises(DataError, match="nothing is left"):
        split_clips(dataset, split_by="speaker", test=["a", "b", "c"])
    with pytest.raises(UsageError, match="--split-by speaker"):
        split_clips(dataset, test=["a"])


def test_the_data_decide_what_is_left_open():
    few, many = (resolve_audio_settings("fast", {}, clips) for clips in (600, 50_000))
    assert (few.validation, many.validation) == (0.0, 0.1)
    assert few.epochs > many.epochs
    one_way = resolve_audio_settings("fast", {"bidirectional": False})
    assert (few.level, one_way.level) == ("clip", "absolute")
