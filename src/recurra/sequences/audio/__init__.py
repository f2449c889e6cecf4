"""Sound: reading, resampling, features of frames, collections of clips."""

from recurra.sequences.audio.features import AUDIO_KINDS, AudioFeatures
from recurra.sequences.audio.reading import (
    AUDIO_ENDINGS,
    StreamResampler,
    check_rate,
    read_audio,
    resample,
)
from recurra.sequences.audio.streaming import FeatureStream

__all__ = [
    "AUDIO_ENDINGS",
    "AUDIO_KINDS",
    "AudioFeatures",
    "FeatureStream",
    "StreamResampler",
    "check_rate",
    "read_audio",
    "resample",
]
