"""Named datasets of sound, and the one way from a name or a path to clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recurra.errors import DatasetUnavailable, UnknownNameError, UsageError
from recurra.sequences.audio.clips import AudioClips, read_clips
from recurra.sequences.dataset_files import DatasetEntry, get_files
from recurra.sequences.sources import missing_source

__all__ = ["AUDIO_DATASETS", "ClipsDataset", "audio_dataset_names", "resolve_clips"]


@dataclass(frozen=True, kw_only=True)
class AudioEntry(DatasetEntry):
    """How to describe, find and read a dataset of sound.

    Attributes:
        pattern: How its files are named.
        test: A field and its values that make the test part.
    """

    pattern: str
    test: tuple[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class ClipsDataset:
    """Clips that belong together.

    Attributes:
        name: Name of the dataset, or of the folder or table.
        train: Clips for training and validation.
        test: Clips of the dataset's own test part, or `None`.
    """

    name: str
    train: AudioClips
    test: AudioClips | None = None

    def joined(self) -> AudioClips:
        """Return all clips, for a split of one's own."""
        if self.test is None:
            return self.train
        fields = {k: values + self.test.fields[k] for k, values in self.train.fields.items()}
        paths, places = self.train.paths + self.test.paths, self.train.places + self.test.places
        return replace(self.train, paths=paths, places=places, fields=fields)


def audio_dataset_names() -> list[str]:
    """Return the names of all datasets of sound."""
    return sorted(AUDIO_DATASETS)


def resolve_clips(
    source: str | Path,
    *,
    pattern: str | None = None,
    path: str | None = None,
    label: str | None = None,
    require_labels: bool = True,
) -> ClipsDataset:
    """Open a named dataset, a folder, a table or one file.

    Args:
        source: A name comes before a path.
        pattern: As for `read_clips`; so are the others.
        path: Column of the paths.
        label: Column or field with the labels.
        require_labels: Whether there must be labels.

    Raises:
        SourceError: If there is neither such a dataset nor such a path.
        DatasetUnavailable: If a dataset is not on this machine; says how to have it.
        RecurraError: As `read_clips`.
    """
    name = str(source)
    if name in AUDIO_DATASETS:
        if pattern is not None or path is not None:
            raise UsageError(f"the dataset {name!r} has its own names; leave out the pattern")
        return _load(name, label)
    if not Path(source).exists():
        raise missing_source(name, AUDIO_DATASETS)
    options = {"pattern": pattern, "path": path, "label": label}
    clips = read_clips(source, **options, require_labels=require_labels)
    return ClipsDataset(clips.name, clips)


def _load(name: str, label: str | None) -> ClipsDataset:
    entry = AUDIO_DATASETS[name]
    first = get_files(name, entry)
    if first is None:
        raise DatasetUnavailable(f"the dataset {name!r} is not on this machine: {entry.advice}")
    clips = read_clips(first.parent, pattern=entry.pattern)
    if label is not None:
        known = sorted(clips.fields)
        if label not in known:
            raise UnknownNameError(f"field of the dataset {name!r}", label, known)
        clips = replace(clips, fields={**clips.fields, "label": clips.fields[label]})
    clips = replace(clips, name=name, source=name)
    field, values = entry.test
    held_out = np.isin(clips.groups(field), values)
    return ClipsDataset(
        name, clips.take(np.flatnonzero(~held_out)), clips.take(np.flatnonzero(held_out))
    )


AUDIO_DATASETS = {
    "fsdd": AudioEntry(
        description="spoken digits of four speakers, 2,000 clips; takes 0 to 4 for testing",
        licence="CC BY-SA 4.0",
        citation="Jackson et al., Free Spoken Digit Dataset",
        places=("data/fsdd/recordings/0_george_0.wav", "cache/fsdd/recordings/0_george_0.wav"),
        advice=(
            "clone https://github.com/Jakobovski/free-spoken-digit-dataset into the folder fsdd "
            "of the folder that RECURRA_DATA names"
        ),
        pattern="{label}_{speaker}_{take}.wav",
        test=("take", ("0", "1", "2", "3", "4")),
    ),
}
