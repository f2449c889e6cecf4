"""The parts of speech recognition that a comparison drives one by one."""

from recurra.tasks.speech.recognizer_preparation import hold_out, prepare_speech
from recurra.tasks.speech.recognizer_settings import (
    RecognizerSettings,
    resolve_recognizer_settings,
)
from recurra.tasks.speech.transcribed import (
    TranscribedClips,
    TranscribedSound,
    read_transcribed,
    sound_of_clips,
)
from recurra.tasks.speech.transcript_metrics import error_rates

__all__ = [
    "RecognizerSettings",
    "TranscribedClips",
    "TranscribedSound",
    "error_rates",
    "hold_out",
    "prepare_speech",
    "read_transcribed",
    "resolve_recognizer_settings",
    "sound_of_clips",
]
