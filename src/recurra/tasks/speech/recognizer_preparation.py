"""From clips with transcripts to scaled frames and numbered symbols, split for training.

Split first, fit alphabet and scaling on the training clips only, then encode everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.runtime.speech import Alphabet, fewest_steps
from recurra.sequences import group_split
from recurra.sequences.audio import AudioFeatures, SoundAugmentation
from recurra.sequences.collections import ChannelScaler
from recurra.tasks.series.frames import FrameInputs, frame_inputs
from recurra.tasks.speech.recognizer_settings import RecognizerSettings
from recurra.tasks.speech.transcribed import TranscribedSound

__all__ = ["PreparedSpeech", "hold_out", "prepare_speech"]

Rows: TypeAlias = NDArray[np.int64]
_MOST_LEFT_OUT = 0.1
_SHOWN = 3


@dataclass(frozen=True)
class PreparedSpeech:
    """Clips, ready to train on.

    Attributes:
        alphabet: Fitted on the training clips only.
        features: What the frames were made with.
        scaler: Fitted on the training clips only.
        inputs: Log-mel energies of the training clips, which become scaled frames when read.
        symbols: Numbers of each training transcript, `(clips, symbols)`, 0 at padding.
        augmentation: Varies the energies of a training clip.
        validation: Clips held out for early stopping.
        data: Facts about the data for records, manifests and reports, JSON values.
    """

    alphabet: Alphabet
    features: AudioFeatures
    scaler: ChannelScaler
    inputs: FrameInputs
    symbols: NDArray[np.int32]
    augmentation: SoundAugmentation
    validation: TranscribedSound
    data: dict[str, Any]


def prepare_speech(
    sound: TranscribedSound,
    settings: RecognizerSettings,
    seed: int,
    validation: TranscribedSound | None = None,
) -> PreparedSpeech:
    """Split, fit alphabet and scaling, encode.

    Args:
        sound: Clips with transcripts.
        settings: Symbols, augmentation and validation share.
        seed: Fixes the split.
        validation: The data's own validation part; held out of `sound` when `None`.

    Raises:
        DataError: If there are too few clips, or too many are too short for their transcripts.
    """
    train, held = sound, validation
    if held is None:
        rows, others = hold_out(len(sound), sound.groups, settings.validation, seed, "validation")
        train, held = sound.take(rows), sound.take(others)
    alphabet = Alphabet.fit(train.transcripts, settings.symbols)
    train = _long_enough(train, alphabet, settings)
    features = train.features
    scaler = ChannelScaler.fit([features.derive(clip) for clip in train.log_mel], "standard")
    inputs = frame_inputs(
        train.log_mel,
        stride=settings.stride,
        kernels=settings.kernels,
        transform=lambda log_mel: scaler.transform(features.derive(log_mel)),
    )
    augmentation = settings.augmentation(features)
    symbols = _padded([alphabet.encode(text) for text in train.transcripts])
    data = _facts(sound, train, held, alphabet, settings, inputs, seed)
    return PreparedSpeech(alphabet, features, scaler, inputs, symbols, augmentation, held, data)


def hold_out(
    count: int, groups: Sequence[str] | None, share: float, seed: int, purpose: str
) -> tuple[Rows, Rows]:
    """Hold out a share of the clips: whole groups where there are groups.

    Args:
        count: Clips.
        groups: The group of each, such as its speaker, or `None`.
        share: Between 0 and 1.
        seed: Fixes the draw.
        purpose: What for, so that different parts are drawn apart.

    Raises:
        DataError: If there are fewer than two clips, or one group only.
    """
    generator = np.random.default_rng([seed, *purpose.encode()])
    if groups is not None:
        return group_split(groups, share, generator)
    if count < 2:
        raise DataError(f"{count} clips cannot be split; two at least are needed")
    order = generator.permutation(count)
    held = min(count - 1, max(1, round(share * count)))
    return np.sort(order[held:]), np.sort(order[:held])


def _long_enough(
    train: TranscribedSound, alphabet: Alphabet, settings: RecognizerSettings
) -> TranscribedSound:
    """Leave out clips with fewer steps than their transcript needs."""
    fits = [
        -(-len(clip) // settings.stride) >= fewest_steps(alphabet.encode(text))
        for clip, text in zip(train.log_mel, train.transcripts, strict=True)
    ]
    if all(fits):
        return train
    short = fits.count(False)
    problem = (
        f"{short} of {len(fits)} clips are too short for their transcripts "
        f"({train.places[fits.index(False)]} for one)"
    )
    if short > _MOST_LEFT_OUT * len(fits):
        raise DataError(
            f"{problem}: each {alphabet.level} needs {settings.stride} frames of "
            f"{settings.hop * 1000:g} ms; check the transcripts, or lower the stride"
        )
    kept = train.take(np.flatnonzero(fits))
    return replace(kept, notes=(*train.notes, f"{problem}; left out"))


def _padded(rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    padded = np.zeros((len(rows), max(1, *map(len, rows))), np.int32)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


def _facts(
    sound: TranscribedSound,
    train: TranscribedSound,
    held: TranscribedSound,
    alphabet: Alphabet,
    settings: RecognizerSettings,
    inputs: FrameInputs,
    seed: int,
) -> dict[str, Any]:
    rows = np.arange(len(train))
    lengths = np.array([len(clip) for clip in train.log_mel])
    hop = train.features.hop_samples / train.features.rate
    return {
        "name": sound.name,
        "source": sound.source,
        "sha256": sound.sha256,
        "rows": {"train": len(train), "validation": len(held)},
        "seconds": {"train": train.seconds, "validation": held.seconds},
        "clip_seconds": {
            "shortest": float(lengths.min() * hop),
            "median": float(np.median(lengths) * hop),
            "longest": float(lengths.max() * hop),
        },
        "rate": train.features.rate,
        "level": alphabet.level,
        "symbols": list(alphabet.symbols),
        "unknown_clips": sum(not alphabet.knows(text) for text in held.transcripts),
        "padding_share": inputs.padding_share(rows, settings.batch_size, seed),
        "notes": list(train.notes),
        "examples": list(train.transcripts[:_SHOWN]),
    }
