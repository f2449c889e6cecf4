"""Voices made alike: the mean and spread of a speaker's energies, taken out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences.audio.features import AudioFeatures

__all__ = ["adapt", "normalize_voices"]

_FRAMES = 100  # of sound that the voices known before weigh as much as: one second
_LEAST_SPREAD = 1e-3

Array = NDArray[np.float32]


def normalize_voices(
    features: AudioFeatures, clips: Sequence[Array], groups: Sequence[str]
) -> tuple[AudioFeatures, list[Array]]:
    """Take the mean and spread of every voice out of its clips.

    Args:
        features: What the energies were made with.
        clips: Log-mel energies of each clip, `(frames, mels)`.
        groups: Who speaks in it.

    Returns:
        The features with the mean and spread of an average voice, for one that is not known; and
        each clip as `AudioFeatures.transform` reads it.

    Source: Viikki & Laurila 1998 (mean and variance normalisation).
    """
    plain = replace(features, mean=(), spread=())
    names = np.asarray(groups, dtype=str)
    conditioned = [plain.conditioned(clip) for clip in clips]
    rows: list[Array] = list(conditioned)
    moments = []
    for name in np.unique(names):
        own = np.flatnonzero(names == name)
        mean, spread = _moments([conditioned[row] for row in own])
        moments.append((mean, spread))
        voice = _with_voice(plain, mean, spread)
        for row in own:
            rows[row] = voice.normalize(conditioned[row])
    means, spreads = (np.stack(part) for part in zip(*moments, strict=True))
    return _with_voice(plain, means.mean(axis=0), spreads.mean(axis=0)), rows


def adapt(features: AudioFeatures, clips: Sequence[Array]) -> AudioFeatures:
    """Return features for one voice, from clips of it; what is said in them need not be known.

    A second of sound moves mean and spread half of the way from what they were to the voice's own.

    Args:
        features: Those of `normalize_voices`.
        clips: Log-mel energies of its clips, `(frames, mels)`.

    Raises:
        DataError: If there is no clip, or the features know no mean.
    """
    if not features.mean:
        raise DataError("these features were not made for voices; train with adaptive=True")
    if not any(len(clip) for clip in clips):
        raise DataError("there is no sound to adapt to")
    conditioned = [features.conditioned(clip) for clip in clips]
    mean, spread = _moments(conditioned)
    frames = sum(map(len, conditioned))
    share = frames / (frames + _FRAMES)
    before, width = np.array(features.mean), np.array(features.spread)
    mixed = share * mean + (1 - share) * before
    return _with_voice(features, mixed, share * spread + (1 - share) * width)


def _moments(clips: Sequence[Array]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    frames = np.concatenate(clips).astype(np.float64)
    return frames.mean(axis=0), np.maximum(frames.std(axis=0), _LEAST_SPREAD)


def _with_voice(
    features: AudioFeatures, mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> AudioFeatures:
    return replace(features, mean=tuple(mean.tolist()), spread=tuple(spread.tolist()))
