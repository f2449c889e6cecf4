"""Sound: reading, resampling, features of frames, collections of clips."""

from recurra.sequences.audio.augmentation import SoundAugmentation
from recurra.sequences.audio.clips import AudioClips, read_clips
from recurra.sequences.audio.datasets import (
    AUDIO_DATASETS,
    ClipsDataset,
    audio_dataset_names,
    resolve_clips,
)
from recurra.sequences.audio.features import AUDIO_KINDS, AUDIO_LEVELS, AudioFeatures
from recurra.sequences.audio.frames import (
    ClipFrames,
    clip_rates,
    common_rate,
    compute_frames,
    feature_cache_folder,
)
from recurra.sequences.audio.joining import JoinedClip, join_clips, write_joined
from recurra.sequences.audio.patterns import NamePattern
from recurra.sequences.audio.reading import (
    AUDIO_ENDINGS,
    StreamResampler,
    check_rate,
    read_audio,
    resample,
)
from recurra.sequences.audio.streaming import FeatureStream
from recurra.sequences.audio.voices import adapt, normalize_voices

__all__ = [
    "AUDIO_DATASETS",
    "AUDIO_ENDINGS",
    "AUDIO_KINDS",
    "AUDIO_LEVELS",
    "AudioClips",
    "AudioFeatures",
    "ClipFrames",
    "ClipsDataset",
    "FeatureStream",
    "JoinedClip",
    "NamePattern",
    "SoundAugmentation",
    "StreamResampler",
    "adapt",
    "audio_dataset_names",
    "check_rate",
    "clip_rates",
    "common_rate",
    "compute_frames",
    "feature_cache_folder",
    "join_clips",
    "normalize_voices",
    "read_audio",
    "read_clips",
    "resample",
    "resolve_clips",
    "write_joined",
]
