"""Voices are made alike, and a new one is met half way by a second of its sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recurra.errors import CorruptArtifactError, DataError, UsageError
from recurra.sequences.audio import AudioFeatures, adapt, normalize_voices

FEATURES = AudioFeatures(8000, mels=6, high=4000.0)
COLOURS = {"a": (0.0, 1.0), "b": (3.0, 2.0)}


def clips(voice, count=8, frames=40, seed=0):
    """Log-mel energies whose mean and spread are those of a voice."""
    generator = np.random.default_rng([seed, *voice.encode()])
    mean, spread = COLOURS[voice]
    shape = (count, frames, 6)
    return list((mean + spread * generator.standard_normal(shape)).astype(np.float32))


def test_every_voice_gets_the_same_mean_and_spread():
    features, rows = normalize_voices(FEATURES, clips("a") + clips("b"), ["a"] * 8 + ["b"] * 8)
    for own in (rows[:8], rows[8:]):
        frames = np.concatenate(own)
        np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(frames.std(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(features.mean, 1.5, atol=0.2)  # an average voice
    np.testing.assert_allclose(features.spread, 1.5, atol=0.2)


def test_a_second_of_sound_goes_half_of_the_way():
    average = replace(FEATURES, mean=(0.0,) * 6, spread=(1.0,) * 6)
    second = clips("b", count=4, frames=25)
    mean = np.concatenate(second).mean(axis=0)
    np.testing.assert_allclose(adapt(average, second).mean, mean / 2, rtol=1e-5)
    whole = adapt(average, clips("b", count=100, frames=100))
    np.testing.assert_allclose(whole.mean, 3, atol=0.1)
    np.testing.assert_allclose(whole.spread, 2, atol=0.1)
    told = whole.derive(clips("b", seed=1)[0])
    assert abs(told.mean()) < 0.2


def test_features_without_voices_cannot_be_adapted():
    with pytest.raises(DataError, match="adaptive=True"):
        adapt(FEATURES, clips("a"))
    average = replace(FEATURES, mean=(0.0,) * 6, spread=(1.0,) * 6)
    with pytest.raises(DataError, match="no sound"):
        adapt(average, [])


def test_silence_at_both_ends_is_cut_off(tone):
    silence = np.zeros(1600, np.float32)
    sound = np.concatenate([silence, tone(1000.0), silence])
    features = AudioFeatures(8000, trim=30.0)
    kept = features.extent(features.log_mel(sound))
    assert 17 <= kept.start <= 20  # the window reaches 25 ms ahead
    assert len(features(sound)) == kept.stop - kept.start < len(AudioFeatures(8000)(sound)) - 35
    np.testing.assert_array_equal(features(sound), AudioFeatures(8000)(sound)[kept])
    with pytest.raises(UsageError, match="trim=0 for streams"):
        features.stream()


def test_means_come_back_from_a_file_and_bad_ones_are_refused():
    voice = replace(FEATURES, mean=(0.5,) * 6, spread=(2.0,) * 6, trim=30.0)
    plain = {n: list(v) if isinstance(v, tuple) else v for n, v in voice.to_config().items()}
    assert AudioFeatures.from_config(plain) == voice
    older = {n: v for n, v in FEATURES.to_config().items() if n not in ("trim", "mean", "spread")}
    assert AudioFeatures.from_config(older) == FEATURES
    for bad in ({"mean": [0.0]}, {"spread": [0.0] * 6}, {"mean": ["x"] * 6}, {"trim": -1.0}):
        with pytest.raises(CorruptArtifactError):
            AudioFeatures.from_config(plain | bad)
