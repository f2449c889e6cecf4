"""The features of whole collections, computed once and kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, MissingDependencyError
from recurra.sequences.audio.clips import AudioClips
from recurra.sequences.audio.features import AudioFeatures
from recurra.sequences.audio.reading import read_audio, resample

__all__ = ["ClipFrames", "clip_rates", "common_rate", "compute_frames", "feature_cache_folder"]

_VERSION = 1  # of the stored features; another number leaves the old files unread

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ClipFrames:
    """Log-mel energies of every clip, before slopes and cosine transforms.

    Attributes:
        log_mel: For each clip `(frames, mels)`, as `AudioFeatures.log_mel` gives it.
        features: What they were made with, and what goes on from them.
        resampled: Clips that had another rate.
        cache: The file that keeps them, or `None`.
    """

    log_mel: list[Array]
    features: AudioFeatures
    resampled: int = 0
    cache: Path | None = None

    @property
    def notes(self) -> list[str]:
        """What a user should know: other rates, and where the features are kept."""
        notes = []
        if self.resampled:
            notes.append(
                f"{self.resampled} of {len(self.log_mel)} clips had another sampling rate; "
                f"resampled to {self.features.rate} Hz"
            )
        if self.cache is not None:
            size = self.cache.stat().st_size / 1e6
            notes.append(f"features kept in {self.cache} ({size:.1f} MB; safe to delete)")
        return notes


def clip_rates(clips: AudioClips) -> list[int]:
    """Return the sampling rate of each file, from its header.

    Raises:
        SourceError: If a file cannot be read as sound.
        MissingDependencyError: If the extra `audio` is not installed.
    """
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise MissingDependencyError("soundfile", "audio", "reading sound") from error
    rates = []
    for path in clips.paths:
        try:
            rates.append(int(soundfile.info(str(path)).samplerate))
        except (soundfile.SoundFileError, RuntimeError):
            rates.append(read_audio(path)[1])  # reads it, or says what is wrong
    return rates


def common_rate(rates: list[int]) -> int:
    """Return the most frequent rate; of equally frequent ones, the lowest."""
    counted = Counter(rates)
    return min(counted, key=lambda rate: (-counted[rate], rate))


def compute_frames(clips: AudioClips, features: AudioFeatures, *, cache: bool = True) -> ClipFrames:
    """Compute log-mel energies of every clip, or read them where they are kept.

    Args:
        clips: The files.
        features: What to compute; clips of other rates are resampled.
        cache: Keep the result in `feature_cache_folder()`.

    Raises:
        SourceError: If a file cannot be read as sound.
        DataError: If a clip is empty.
    """
    file = feature_cache_folder() / f"{_key(clips, features)}.npz" if cache else None
    stored = None if file is None else _read(file, len(clips), features.mels)
    if stored is not None:
        return ClipFrames(stored[0], features, stored[1], file)
    frames, resampled = [], 0
    for path, place in zip(clips.paths, clips.places, strict=True):
        samples, rate = _read_clip(path, place)
        resampled += rate != features.rate
        frames.append(features.log_mel(resample(samples, rate, features.rate)))
    kept = file if file is not None and _write(file, frames, resampled) else None
    return ClipFrames(frames, features, resampled, kept)


def feature_cache_folder() -> Path:
    """Return the folder of kept features; deleting it costs nothing but their computation."""
    from platformdirs import user_cache_path

    return user_cache_path("recurra") / "features"


def _read_clip(path: Path, place: str) -> tuple[Array, int]:
    try:
        return read_audio(path)
    except DataError as error:
        if str(path) == place:
            raise
        raise type(error)(f"{place}: {error}") from error


def _key(clips: AudioClips, features: AudioFeatures) -> str:
    """Name what decides the energies: the sound, and the settings up to the mel filters."""
    names = ("rate", "mels", "window", "hop", "low", "high")
    settings = {name: getattr(features, name) for name in names}
    text = json.dumps([_VERSION, settings, clips.digests])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(file: Path, clips: int, mels: int) -> tuple[list[Array], int] | None:
    """Return stored features, or `None` where there are none that can be used."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            values, lengths = stored["values"], stored["lengths"]
            resampled = int(stored["resampled"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = values.dtype == np.float32 and values.ndim == 2 and values.shape[1] == mels
    if not fits or lengths.shape != (clips,) or lengths.sum() != len(values):
        return None
    return np.split(values, np.cumsum(lengths)[:-1]), resampled


def _write(file: Path, frames: list[Array], resampled: int) -> bool:
    """Keep features; a cache that cannot be written is no reason to fail."""
    temporary = file.with_name(f".{file.stem}.{os.getpid()}.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lengths = np.array([len(part) for part in frames], dtype=np.int64)
        np.savez(temporary, values=np.concatenate(frames), lengths=lengths, resampled=resampled)
        temporary.replace(file)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return True
