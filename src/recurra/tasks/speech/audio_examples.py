"""Clips of sound with their labels, split and turned into features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UnknownNameError, UsageError
from recurra.runtime.series import Sound, read_sound
from recurra.sequences import group_split, stratified_split
from recurra.sequences.audio import (
    AudioClips,
    AudioFeatures,
    ClipFrames,
    ClipsDataset,
    clip_rates,
    common_rate,
    read_audio,
)
from recurra.tasks.series.examples import SequenceExamples, labelled_sequences

__all__ = ["ClipSplit", "clip_examples", "load_sounds", "sound_examples", "split_clips"]


@dataclass(frozen=True)
class ClipSplit:
    """Clips to train on and clips to measure on.

    Attributes:
        train: Training clips.
        test: Clips that training never hears, or `None`.
        facts: What a model's file says about the split.
    """

    train: AudioClips
    test: AudioClips | None
    facts: dict[str, Any]


def split_clips(
    dataset: ClipsDataset,
    *,
    split_by: str | None = None,
    test: Sequence[str] = (),
    test_share: float = 0.0,
    seed: int = 0,
) -> ClipSplit:
    """Hold out clips to measure on.

    Args:
        dataset: All clips.
        split_by: A field, such as `speaker`, none of whose values is in both parts; the dataset's
            own test part plays no role then.
        test: The values of that field to hold out; drawn when there are none.
        test_share: Share to hold out where the dataset has no test part; 0 for none.
        seed: Fixes the draw.

    Raises:
        UnknownNameError: If there is no such field or value.
        UsageError: If values are given without a field.
        DataError: If there are too few clips or groups.
    """
    if test and split_by is None:
        raise UsageError("say which field the held-out clips are chosen by: --split-by speaker")
    facts: dict[str, Any] = {"source": dataset.train.source, "split_by": split_by}
    facts["test_is_official"] = split_by is None and dataset.test is not None
    clips = dataset.train if split_by is None else dataset.joined()
    if facts["test_is_official"] or not (test or test_share):
        return ClipSplit(clips, dataset.test if split_by is None else None, facts)
    generator = np.random.default_rng([seed, *b"test"])
    if split_by is None:
        codes = np.unique(np.asarray(clips.labels), return_inverse=True)[1]
        kept, held = stratified_split(codes, test_share, generator)
        return ClipSplit(clips.take(kept), clips.take(held), facts)
    groups = clips.groups(split_by)
    if test:
        kept, held = _chosen(groups, split_by, test)
    else:
        kept, held = group_split(groups, test_share, generator, clips.labels)
    facts["test_groups"] = sorted({groups[row] for row in held})
    return ClipSplit(clips.take(kept), clips.take(held), facts)


def _chosen(
    groups: Sequence[str], field: str, test: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    known = sorted(set(groups))
    for name in test:
        if name not in known:
            raise UnknownNameError(field, name, known)
    held = np.isin(groups, list(test))
    if held.all():
        raise DataError(f"every {field} is held out; nothing is left to train on")
    return np.flatnonzero(~held), np.flatnonzero(held)


def clip_examples(
    clips: AudioClips,
    frames: ClipFrames,
    *,
    classes: NDArray[Any] | None = None,
    split_by: str | None = None,
) -> SequenceExamples:
    """Return clips with their log-mel energies as training reads them.

    Raises:
        DataError: If there is one class only, or a label is none of `classes`.
    """
    return labelled_sequences(
        frames.log_mel,
        list(clips.labels or ()),
        classes=classes,
        groups=None if split_by is None else clips.groups(split_by),
        name=clips.name,
        sha256=clips.sha256(),
    )


def sound_examples(
    log_mel: Sequence[NDArray[np.float32]], y: Any, groups: Sequence[Any] | None = None
) -> SequenceExamples:
    """Return sounds from Python as training reads them."""
    return labelled_sequences(list(log_mel), y, groups=groups, name="sounds given from Python")


def load_sounds(sounds: Sequence[Sound], rate: int | None) -> tuple[list[NDArray[np.float32]], int]:
    """Read sounds and bring them to one rate.

    Args:
        sounds: Paths, arrays of samples, or pairs of samples and their rate.
        rate: The rate; the most frequent one of files and pairs when `None`.

    Raises:
        UsageError: If no rate is known.
        DataError: If they are not sounds.
    """
    if isinstance(sounds, (str, Path)) or not isinstance(sounds, Sequence | np.ndarray):
        raise DataError("give a list of sounds: paths, or arrays of samples (time,)")
    read = [read_audio(sound) if isinstance(sound, (str, Path)) else sound for sound in sounds]
    rates = [sound[1] for sound in read if isinstance(sound, tuple)]
    if rate is None:
        if not rates:
            raise UsageError("arrays of samples have no rate of their own; give rate=16000, say")
        rate = common_rate(rates)
    return [read_sound(sound, rate) for sound in read], rate


def common_clip_rate(clips: AudioClips) -> int:
    """Return the most frequent sampling rate of clips."""
    return common_rate(clip_rates(clips))


def features_of(sounds: Sequence[NDArray[np.float32]], features: AudioFeatures) -> list[Any]:
    """Return log-mel energies of each sound."""
    return [features.log_mel(sound) for sound in sounds]
