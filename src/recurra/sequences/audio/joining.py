"""Clips of single words joined into longer ones, to try transcription on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.sequences.audio.clips import AudioClips
from recurra.sequences.audio.reading import read_audio, resample

__all__ = ["JoinedClip", "join_clips", "write_joined"]

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class JoinedClip:
    """Several words in one piece of sound.

    Attributes:
        samples: Shape `(time,)`.
        rate: Samples in a second.
        transcript: The labels of the parts, separated by spaces.
        group: Who speaks.
    """

    samples: Array
    rate: int
    transcript: str
    group: str


def join_clips(
    clips: AudioClips,
    count: int,
    generator: np.random.Generator,
    *,
    group: str = "speaker",
    parts: tuple[int, int] = (3, 7),
    pause: tuple[float, float] = (-0.05, 0.4),
    gain: float = 3.0,
    noise: tuple[float, float] = (-75.0, -50.0),
) -> list[JoinedClip]:
    """Join labelled clips of one group each, drawn with replacement.

    Args:
        clips: Clips of single words with labels.
        count: Joined clips to make.
        generator: Source of the draw.
        group: Field of which every joined clip has one value: who speaks.
        parts: Fewest and most clips of a joined one.
        pause: Shortest and longest pause between two, in seconds; below 0 they overlap. Half a
            pause at most stands at either end.
        gain: Largest change of the level of each part, decibels.
        noise: Level of the white noise behind all of it, decibels below full scale.

    Raises:
        DataError: If there are no labels.
        UnknownNameError: If there is no such field.
    """
    if clips.labels is None:
        raise DataError(f"{clips.source} has no labels to make transcripts of")
    groups, joined = np.asarray(clips.groups(group)), []
    names = np.unique(groups)
    heard: dict[int, tuple[Array, int]] = {}
    for _ in range(count):
        name = generator.choice(names)
        chosen = generator.choice(
            np.flatnonzero(groups == name), generator.integers(parts[0], parts[1] + 1)
        )
        for row in chosen:
            heard.setdefault(int(row), read_audio(clips.paths[row]))
        rate = heard[int(chosen[0])][1]
        words = [resample(*heard[int(row)], rate) for row in chosen]
        samples = _joined(words, rate, generator, pause, gain)
        level = 10 ** (generator.uniform(*noise) / 20)
        samples += level * generator.standard_normal(len(samples), dtype=np.float32)
        transcript = " ".join(clips.labels[row] for row in chosen)
        joined.append(JoinedClip(np.clip(samples, -1, 1), rate, transcript, str(name)))
    return joined


def write_joined(clips: Sequence[JoinedClip], folder: Path, name: str) -> Path:
    """Write clips as WAV files, and a table `name.csv` of path, transcript and speaker.

    Args:
        clips: What to write.
        folder: Where to; made if needed.
        name: Of the table, and of the folder of its files.

    Returns:
        The table.
    """
    import soundfile

    (folder / name).mkdir(parents=True, exist_ok=True)
    table = folder / f"{name}.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "transcript", "speaker"])
        for number, clip in enumerate(clips):
            path = f"{name}/{number:05}.wav"
            soundfile.write(str(folder / path), clip.samples, clip.rate, subtype="PCM_16")
            writer.writerow([path, clip.transcript, clip.group])
    return table


def _joined(
    words: list[Array],
    rate: int,
    generator: np.random.Generator,
    pause: tuple[float, float],
    gain: float,
) -> Array:
    """Lay words one after the other, each at its own level."""
    ends = generator.uniform(0, max(0.0, pause[1]) / 2, 2)
    starts, position = [], round(ends[0] * rate)
    for word in words:
        starts.append(max(0, position))
        position = starts[-1] + len(word) + round(generator.uniform(*pause) * rate)
    length = max(start + len(word) for start, word in zip(starts, words, strict=True))
    samples = np.zeros(length + round(ends[1] * rate), np.float32)
    for start, word in zip(starts, words, strict=True):
        level = np.float32(10 ** (generator.uniform(-gain, gain) / 20))
        samples[start : start + len(word)] += level * word
    return samples
