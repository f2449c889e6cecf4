"""Clips with transcripts: what is said in each, and the features of its sound."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError, UnknownNameError, UsageError
from recurra.sequences.audio import (
    AudioClips,
    AudioFeatures,
    clip_rates,
    common_rate,
    compute_frames,
    read_clips,
)
from recurra.tasks.speech.recognizer_settings import RecognizerSettings

__all__ = [
    "TranscribedClips",
    "TranscribedSound",
    "read_transcribed",
    "sound_of_arrays",
    "sound_of_clips",
]

_TRANSCRIPT_NAMES = ("transcript", "transcription", "text", "sentence", "label")


@dataclass(frozen=True, eq=False)
class TranscribedClips:
    """Files of sound, not read yet, and what is said in each.

    Attributes:
        clips: The files.
        transcripts: What is said, for each.
    """

    clips: AudioClips
    transcripts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.transcripts)

    def take(self, indices: ArrayLike) -> TranscribedClips:
        """Return some of the clips."""
        rows = np.asarray(indices)
        chosen = tuple(self.transcripts[int(row)] for row in rows)
        return TranscribedClips(self.clips.take(rows), chosen)

    def sha256(self) -> str:
        """Return a digest of sounds and transcripts."""
        return _digest([*self.clips.digests, *self.transcripts])


@dataclass(frozen=True, eq=False)
class TranscribedSound:
    """Features of clips, and what is said in each.

    Attributes:
        name: Of the data, for people.
        source: Where they come from.
        sha256: A digest of sounds and transcripts.
        features: What the energies were made with.
        log_mel: For each clip `(frames, mels)`, see `AudioFeatures.log_mel`.
        transcripts: What is said in each clip.
        places: How errors name each clip.
        groups: What splits go by, such as the speaker of each clip, or `None`.
        notes: What the user should know.
    """

    name: str
    source: str
    sha256: str
    features: AudioFeatures
    log_mel: Sequence[NDArray[np.float32]]
    transcripts: tuple[str, ...]
    places: tuple[str, ...]
    groups: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.transcripts)

    @property
    def seconds(self) -> float:
        """Length of all clips together."""
        return sum(map(len, self.log_mel)) * self.features.hop_samples / self.features.rate

    def take(self, rows: NDArray[np.int64]) -> TranscribedSound:
        """Return some of the clips."""
        groups = None if self.groups is None else tuple(self.groups[row] for row in rows)
        return replace(
            self,
            log_mel=[self.log_mel[row] for row in rows],
            transcripts=tuple(self.transcripts[row] for row in rows),
            places=tuple(self.places[row] for row in rows),
            groups=groups,
        )


def read_transcribed(
    source: str | Path,
    *,
    path: str | None = None,
    transcript: str | None = None,
    pattern: str | None = None,
) -> TranscribedClips:
    """Find sound files and their transcripts; sound is not read yet.

    Args:
        source: A table with a column of paths, or a folder whose file names tell transcripts.
        path: Column of the paths.
        transcript: Column of the transcripts; by default one with a usual name.
        pattern: How names of files are made, in a folder.

    Raises:
        SourceError: If there is no such table or folder.
        RowError: If a row names no file.
        DataError: If a clip has no transcript.
        UsageError: If it cannot be told which column holds the transcripts.
        UnknownNameError: If there is no such column.
    """
    clips = read_clips(source, path=path, pattern=pattern, require_labels=False)
    spoken = clips.fields[_transcript_column(clips, transcript)]
    for place, text in zip(clips.places, spoken, strict=True):
        if not text.strip():
            raise DataError(f"{place} has no transcript")
    return TranscribedClips(clips, spoken)


def sound_of_clips(
    given: TranscribedClips,
    settings: RecognizerSettings,
    *,
    features: AudioFeatures | None = None,
    split_by: str | None = None,
) -> TranscribedSound:
    """Read files of sound and compute their features, or find them where they are kept.

    Args:
        given: Files and transcripts.
        settings: What features to compute.
        features: Of another part of the same data; `None` to choose the rate here.
        split_by: Column that splits go by.

    Raises:
        SourceError: If a file cannot be read as sound.
        UnknownNameError: If there is no such column.
    """
    clips = given.clips
    if features is None:
        rate = settings.rate or common_rate(clip_rates(clips))
        features = settings.features(rate)
    groups = None if split_by is None else clips.groups(split_by)
    frames = compute_frames(clips, features)
    return TranscribedSound(
        clips.name,
        clips.source,
        given.sha256(),
        features,
        frames.log_mel,
        given.transcripts,
        clips.places,
        groups,
        tuple(frames.notes),
    )


def sound_of_arrays(
    sounds: Sequence[Any],
    transcripts: Sequence[str],
    features: AudioFeatures,
    groups: tuple[str, ...] | None = None,
) -> TranscribedSound:
    """Compute the features of sounds in memory.

    Args:
        sounds: Each of `features.rate` samples in a second, shape `(time,)`.
        transcripts: What is said in each.
        features: What to compute.
        groups: What splits go by, one for each.

    Raises:
        DataError: If a sound is empty, or holds what is no number.
    """
    log_mel, digests = [], []
    for row, sound in enumerate(sounds):
        try:
            log_mel.append(features.log_mel(np.asarray(sound)))
        except ValueError as error:
            raise type(error)(f"sound {row}: {error}") from error
        digests.append(hashlib.sha256(np.asarray(sound, np.float32).tobytes()).hexdigest())
    places = tuple(f"sound {row}" for row in range(len(sounds)))
    digest = _digest([*digests, *transcripts])
    return TranscribedSound(
        "sounds", "memory", digest, features, log_mel, tuple(transcripts), places, groups
    )


def _transcript_column(clips: AudioClips, given: str | None) -> str:
    if given is not None:
        if given not in clips.fields:
            raise UnknownNameError("column", given, sorted(clips.fields))
        return given
    usual = [name for name in clips.fields if name.strip().lower() in _TRANSCRIPT_NAMES]
    if not usual:
        known = ", ".join(clips.fields) or "no other column"
        raise UsageError(
            f"cannot tell which column of {clips.source} holds the transcripts ({known}); "
            "name it: --transcript"
        )
    return min(usual, key=lambda name: _TRANSCRIPT_NAMES.index(name.strip().lower()))


def _digest(parts: Sequence[str]) -> str:
    joined = "\0".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(joined).hexdigest()
