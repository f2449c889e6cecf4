"""Frames of sound agree with their formulas, and streams with the whole."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.fft
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CorruptArtifactError, DataError, ShapeError, UnknownNameError, UsageError
from recurra.sequences.audio import AudioFeatures
from recurra.sequences.audio._mel import deltas_of, mel_filters, to_hertz, to_mel


def test_energies_match_scipy(noise):
    features = AudioFeatures(8000, mels=20)
    window = scipy.signal.windows.hann(200, sym=False)
    starts = range(0, len(noise) - 200 + 1, 80)
    frames = np.stack([noise[s : s + 200] for s in starts]) * window * (2 / window.sum())
    power = np.abs(scipy.fft.rfft(frames.astype(np.float64), 256)) ** 2
    expected = np.log(power @ mel_filters(8000, 256, 20, 20.0, 4000.0) + 1e-8)
    np.testing.assert_allclose(features(noise), expected, atol=1e-3)


def test_cepstra_are_the_cosine_transform(noise):
    log_mel = AudioFeatures(8000, mels=20)(noise)
    expected = scipy.fft.dct(log_mel, type=2, norm="ortho", axis=1)[:, :13]
    np.testing.assert_allclose(AudioFeatures(8000, "mfcc", mels=20)(noise), expected, atol=1e-4)


def test_slopes_match_a_filter(noise):
    frames = AudioFeatures(8000, mels=8)(noise)
    held = np.pad(frames, ((2, 2), (0, 0)), mode="edge")
    expected = scipy.signal.lfilter(np.array([2, 1, 0, -1, -2]) / 10, 1.0, held, axis=0)[4:]
    np.testing.assert_allclose(deltas_of(frames), expected, atol=1e-5)
    features = AudioFeatures(8000, mels=8, deltas=2)
    whole = features(noise)
    assert whole.shape[1] == features.width == len(features.names()) == 24
    np.testing.assert_allclose(whole[:, 16:], deltas_of(deltas_of(frames)), atol=1e-5)


def test_a_tone_rings_its_filter(tone):
    features = AudioFeatures(8000)
    centres = to_hertz(np.linspace(*to_mel(np.array([20.0, 4000.0])), 42))[1:-1]
    found = features(tone(1000.0, level=1.0)).mean(axis=0)
    assert abs(centres[found.argmax()] - 1000) < 80
    assert found.max() == pytest.approx(0.0, abs=0.7)  # full scale is 0
    assert AudioFeatures(8000)(np.zeros(800, np.float32)).min() == pytest.approx(np.log(1e-8))


def test_a_higher_floor_hides_what_is_below(noise):
    plain, floored = AudioFeatures(8000)(noise), AudioFeatures(8000, floor=-50.0)(noise)
    np.testing.assert_allclose(np.exp(floored), np.exp(plain) + 1e-5, rtol=1e-3)
    assert AudioFeatures(8000, floor=-50.0)(noise * 1e-4).std() < 0.01


def test_levels_of_clips_play_no_part(noise):
    features = AudioFeatures(8000, level="clip", floor=-40.0)
    np.testing.assert_allclose(features(noise), features(3 * noise), atol=0.01)
    assert features(noise).max() == pytest.approx(0, abs=1e-3)
    with pytest.raises(UsageError, match="level='absolute' and trim=0 for streams"):
        features.stream()
    with pytest.raises(UnknownNameError, match="level of audio features"):
        AudioFeatures(8000, level="loud")


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (199, 1), (200, 1), (279, 1), (280, 2)])
def test_frames_are_counted(samples, frames):
    features = AudioFeatures(8000, deltas=1)
    assert features.frames_in(samples) == frames
    assert features(np.zeros(samples, np.float32)).shape == (frames, 80)


def test_no_window_is_too_narrow_for_its_filters():
    assert np.isfinite(AudioFeatures(16000, mels=80)(np.ones(500, np.float32))).all()
    with pytest.raises(UsageError, match="512 mels are too many"):
        AudioFeatures(8000, mels=512)


@given(
    data=st.data(),
    samples=st.integers(1, 1500),
    deltas=st.integers(0, 2),
    kind=st.sampled_from(["logmel", "mfcc"]),
)
def test_a_stream_gives_the_frames_of_the_whole(data, samples, deltas, kind):
    features = AudioFeatures(8000, kind, mels=14, deltas=deltas)
    sound = np.random.default_rng(samples).standard_normal(samples).astype(np.float32) * 0.1
    cuts = sorted(data.draw(st.lists(st.integers(0, samples), max_size=6)))
    stream = features.stream()
    given_frames = [stream.push(part) for part in np.split(sound, cuts)]
    whole = features(sound)
    done = sum(map(len, given_frames))
    if samples >= features.window_samples:  # a frame waits for nothing but its slopes
        assert done == max(0, len(whole) - features.delay)
    joined = np.concatenate([*given_frames, stream.finish()])
    np.testing.assert_allclose(joined, whole, atol=2e-4)


def test_a_frame_does_not_see_what_comes_after_it(noise):
    features = AudioFeatures(8000, mels=20)
    changed = noise.copy()
    changed[2000:] = 0
    same = 1 + (2000 - 200) // 80
    np.testing.assert_array_equal(features(noise)[:same], features(changed)[:same])


def test_settings_come_back_from_json():
    features = AudioFeatures(16000, "mfcc", mels=26, deltas=2, high=7600.0, floor=-60.0)
    assert AudioFeatures.from_config(json.loads(json.dumps(features.to_config()))) == features


@pytest.mark.parametrize(
    "change",
    [{"rate": 10}, {"kind": "wav"}, {"mels": "40"}, {"hop": None}, {"high": 1e9}, {"extra": 1}],
)
def test_odd_settings_of_a_file_are_refused(change):
    with pytest.raises(CorruptArtifactError, match="audio features"):
        AudioFeatures.from_config({**AudioFeatures(8000).to_config(), **change})


def test_odd_settings_are_explained():
    with pytest.raises(UnknownNameError, match="did you mean 'mfcc'"):
        AudioFeatures(8000, "mfc")
    for options, words in (
        ({"mels": 0}, "mels must be a whole number"),
        ({"deltas": 3}, "deltas must be"),
        ({"window": 3.0}, "window must be seconds"),
        ({"hop": 0.05}, "leaves out sound"),
        ({"low": 5000.0}, "below high"),
        ({"high": 5000.0}, "half of the rate"),
        ({"floor": 3.0}, "floor must be decibels"),
        ({"kind": "mfcc", "mels": 5}, "13 coefficients of 5 mels"),
    ):
        with pytest.raises(UsageError, match=words):
            AudioFeatures(8000, **options)


def test_odd_sound_is_refused():
    features = AudioFeatures(8000)
    with pytest.raises(DataError, match="empty"):
        features(np.zeros(0, np.float32))
    with pytest.raises(ShapeError, match=r"\(time,\), not \(2, 5\)"):
        features(np.zeros((2, 5), np.float32))
    with pytest.raises(DataError, match="no numbers"):
        features(np.full(5, np.inf, np.float32))
    with pytest.raises(DataError, match="int16"):
        features(np.zeros(5, np.int16))
