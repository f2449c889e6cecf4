"""Augmented clips are other clips of the same."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import UsageError
from recurra.sequences.audio import AudioFeatures, SoundAugmentation

FEATURES = AudioFeatures(8000, mels=40)
ALL = {
    "speed": 1.5,
    "vocal_tract": 1.2,
    "gain": 6.0,
    "colour": 3.0,
    "silence": 0.1,
    "noise": 10.0,
    "frequency_mask": 0.2,
    "time_mask": 0.2,
}


def changed(log_mel, seed=0, **options):
    return SoundAugmentation(FEATURES, **options)(log_mel, np.random.default_rng(seed))


@pytest.mark.parametrize("frames", [1, 2, 50])
def test_a_seed_fixes_what_is_drawn(noise, frames):
    log_mel = FEATURES(noise)[:frames]
    before = log_mel.copy()
    one, same, other = (changed(log_mel, seed, **ALL) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or np.abs(one - other).max() > 0
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    np.testing.assert_array_equal(log_mel, before)


def test_nothing_asked_changes_nothing(noise):
    np.testing.assert_array_equal(changed(FEATURES(noise)), FEATURES(noise))


def test_a_longer_vocal_tract_moves_a_tone(tone):
    peaks = set()
    for seed in range(20):
        peaks.add(int(changed(FEATURES(tone(1000.0)), seed, vocal_tract=1.25).mean(0).argmax()))
    plain = int(FEATURES(tone(1000.0)).mean(0).argmax())
    ends = [int(FEATURES(tone(1000.0 * f)).mean(0).argmax()) for f in (0.8, 1.25)]
    assert min(peaks) < plain < max(peaks)
    assert ends[0] - 1 <= min(peaks)
    assert max(peaks) <= ends[1] + 1


def test_speed_and_silence_change_the_length_within_bounds(noise):
    log_mel = FEATURES(noise)
    augmentation = SoundAugmentation(FEATURES, speed=1.5, silence=0.1)
    lengths = [len(augmentation(log_mel, np.random.default_rng(seed))) for seed in range(40)]
    assert len(log_mel) / 1.5 - 1 <= min(lengths) < len(log_mel) < max(lengths)
    assert max(lengths) <= augmentation.longest(len(log_mel))


def test_noise_has_the_level_that_was_drawn(tone):
    log_mel = FEATURES(tone())
    loudest = changed(log_mel, noise=0.0)
    assert (np.exp(loudest) - np.exp(log_mel) > -1e-6).all()
    assert np.abs(changed(log_mel, noise=59.9) - log_mel)[:, 10].max() < 1.0


def test_masks_blot_out_no_more_than_asked(noise):
    log_mel = FEATURES(noise)
    for seed in range(10):
        same = changed(log_mel, seed, frequency_mask=0.25, time_mask=0.5) == log_mel
        assert same.any(axis=0).sum() >= 30
        assert same.any(axis=1).sum() >= len(log_mel) // 2


@pytest.mark.parametrize("options", [{"speed": 0.5}, {"time_mask": 2}, {"noise": "loud"}])
def test_odd_settings_are_refused(options):
    with pytest.raises(UsageError, match="must be a number from"):
        SoundAugmentation(FEATURES, **options)
