"""The settings of a classifier of sound, and the presets that fill them in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recurra.errors import UsageError
from recurra.sequences.audio import AudioFeatures, SoundAugmentation
from recurra.tasks._setting_checks import check_choice
from recurra.tasks._task_settings import read_settings
from recurra.tasks.series.settings import SequenceSettings, check_sequence_settings

__all__ = [
    "AUDIO_PRESETS",
    "AudioSettings",
    "audio_settings_from_manifest",
    "resolve_audio_settings",
]


@dataclass(frozen=True)
class AudioSettings(SequenceSettings):
    """Everything that decides how a classifier of sound is made.

    `AudioFeatures` explains the features and `SoundAugmentation` the augmentation; what they share
    with series stands at `SequenceSettings`.

    Args:
        kind: `logmel` or `mfcc`.
        level: `absolute` or `clip`.
        adaptive: Take the mean and spread of every voice out of its clips.
    """

    kind: str = "logmel"
    mels: int = 40
    coefficients: int = 13
    deltas: int = 0
    low: float = 120.0
    floor: float = -80.0
    level: str = "absolute"
    trim: float = 0.0
    adaptive: bool = False
    speed: float = 1.0
    vocal_tract: float = 1.0
    gain: float = 0.0
    colour: float = 0.0
    silence: float = 0.0
    noise: float = 60.0
    frequency_mask: float = 0.0
    time_mask: float = 0.0

    def features(self, rate: int) -> AudioFeatures:
        """Return what makes frames of sound of a rate."""
        return AudioFeatures(rate, **{name: getattr(self, name) for name in _FEATURES})

    def variations(self, features: AudioFeatures) -> SoundAugmentation:
        """Return what varies training clips."""
        return SoundAugmentation(features, **{name: getattr(self, name) for name in _VARIATIONS})


_FEATURES = ("kind", "mels", "coefficients", "deltas", "low", "floor", "level", "trim")
_VARIATIONS = (
    "speed",
    "vocal_tract",
    "gain",
    "colour",
    "silence",
    "noise",
    "frequency_mask",
    "time_mask",
)

# Slopes of a smoothed spectrum say more of a word and less of its speaker than energies do: trained
# on two speakers of the spoken digits and heard on the two others, 78 against 75 % right.
_FAST: dict[str, Any] = {
    "kind": "mfcc",
    "deltas": 1,
    "cell": "gru",
    "units": (64, 64),
    "bidirectional": True,
    "pooling": "mean_max",
    "dropout": 0.3,
    "head_dropout": 0.4,
    "stride": 2,
    "batch_size": 64,
    "learning_rate": 3e-3,
    "decay": "cosine",
    "averaging": 0.99,
    "speed": 1.6,
    "vocal_tract": 1.2,
    "gain": 12.0,
    "colour": 4.0,
    "silence": 0.15,
    "noise": 10.0,
    "frequency_mask": 0.15,
    "time_mask": 0.12,
}
# Voices that were made alike differ neither in level nor in colour. Silence that is cut off at the
# ends says nothing of a voice. Two speakers heard, two not: 85 against 78 % right.
_ADAPTIVE: dict[str, Any] = {
    "coefficients": 20,
    "gain": 0.0,
    "colour": 0.0,
    "silence": 0.0,
    "noise": 60.0,
    "frequency_mask": 0.0,
}
_ADAPTIVE_CLIP: dict[str, Any] = {"trim": 30.0, "floor": -48.0}
_ACCURATE: dict[str, Any] = {**_FAST, "units": (128, 128), "dropout": 0.4}
AUDIO_PRESETS: dict[str, dict[str, Any]] = {"fast": _FAST, "accurate": _ACCURATE}
_STEPS = {"fast": 1_200, "accurate": 2_500}
_FEWEST_EPOCHS, _MOST_EPOCHS = 10, 300
_FEWEST_VALIDATED = 5_000  # with fewer clips, those held out say little about other speakers


def resolve_audio_settings(
    preset: str, given: Mapping[str, Any], clips: int | None = None
) -> AudioSettings:
    """Fill in what was not given.

    Args:
        preset: A name of `AUDIO_PRESETS`.
        given: Settings by name; `None` means not given.
        clips: Training clips, which decide the number of epochs and whether some are held out for
            early stopping; `None` before they are known.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(AUDIO_PRESETS))
    chosen = {name: value for name, value in given.items() if value is not None}
    adaptive = chosen.get("adaptive", False)
    values = {**AUDIO_PRESETS[preset], **(_ADAPTIVE if adaptive else {}), **chosen}
    if values["cell"] == "dense":
        values["bidirectional"] = False
    if "mels" in values and "coefficients" not in chosen:
        usual = values.get("coefficients", AudioSettings.coefficients)
        values["coefficients"] = min(usual, values["mels"])
    if values["bidirectional"]:  # no streams then, so the clip's own level may be known
        ends = _ADAPTIVE_CLIP if adaptive else {}
        values = {"level": "clip", "floor": -43.0, **ends, **values}
    if clips:
        steps = math.ceil(clips / values["batch_size"])
        epochs = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS[preset] / steps)))
        validation = 0.1 if clips >= _FEWEST_VALIDATED else 0.0
        values = {"epochs": epochs, "validation": validation, **values}
    return _make(**values)


def audio_settings_from_manifest(manifest: Mapping[str, Any]) -> AudioSettings:
    """Read the settings of a saved classifier of sound.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, AudioSettings, "a classifier of sound", _make)


def _make(**values: Any) -> AudioSettings:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    settings = AudioSettings(**values)
    check_sequence_settings(settings)
    if not isinstance(settings.adaptive, bool):
        raise UsageError(f"adaptive must be True or False, not {settings.adaptive!r}")
    settings.variations(settings.features(_ANY_RATE))
    return settings


_ANY_RATE = 48_000  # at which all that can be asked for can be had
