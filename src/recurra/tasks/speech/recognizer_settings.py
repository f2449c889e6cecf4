"""The settings of a recognizer, and the presets that fill in what the user leaves open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import UsageError
from recurra.runtime.speech import ALPHABET_LEVELS, RecognizerSpecification
from recurra.sequences.audio import AudioFeatures, SoundAugmentation
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_between,
    check_choice,
    check_learning_rate,
    check_units,
    check_whole,
)
from recurra.tasks._task_settings import TaskSettings, read_settings, units_by_layer

__all__ = [
    "RECOGNIZER_PRESETS",
    "RecognizerSettings",
    "recognizer_settings_from_manifest",
    "resolve_recognizer_settings",
]


@dataclass(frozen=True)
class RecognizerSettings(TaskSettings):
    """Everything that decides how a recognizer is made.

    `RecognizerSpecification` explains the architecture, `AudioFeatures` the features,
    `SoundAugmentation` the variations and `TrainingOptions` the training; here are the rest.

    Args:
        units: Units of every recurrent layer, or one number for each.
        layers: Recurrent layers, where `units` is one number.
        symbols: What is written: `character` or `word`; `None`: see `choose_symbols`.
        rate: Samples in a second that the network hears; `None`: what most training clips have.
        kind: `logmel` or `mfcc`.
        validation: Share of the training clips held out for early stopping, where there is no
            validation part.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    cell: str = "gru"
    units: int | tuple[int, ...] = 96
    layers: int = 2
    bidirectional: bool = True
    stride: int = 3
    symbols: str | None = None
    rate: int | None = None
    kind: str = "logmel"
    mels: int = 40
    window: float = 0.025
    hop: float = 0.010
    deltas: int = 0
    low: float = 120.0
    floor: float = -80.0
    speed: float = 1.4
    vocal_tract: float = 1.2
    gain: float = 12.0
    colour: float = 4.0
    silence: float = 0.0
    noise: float = 10.0
    frequency_mask: float = 0.15
    time_mask: float = 0.05
    dropout: float = 0.3
    recurrent_dropout: float = 0.0
    input_dropout: float = 0.0
    head_dropout: float = 0.4
    epochs: int = 30
    batch_size: int = 32
    learning_rate: float = 3e-3
    decay: str = "cosine"
    patience: int = 30
    averaging: float = 0.98
    validation: float = 0.1
    kernels: str = "auto"

    def specification(self, features: int, outputs: int) -> RecognizerSpecification:
        """Return the architecture.

        Args:
            features: Values of a frame.
            outputs: Symbols and the blank.
        """
        return RecognizerSpecification(
            features=features,
            outputs=outputs,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )

    def features(self, rate: int) -> AudioFeatures:
        """Return what turns sound of a rate into frames."""
        return AudioFeatures(rate, **{name: getattr(self, name) for name in _FEATURES})

    def augmentation(self, features: AudioFeatures) -> SoundAugmentation:
        """Return what varies training clips."""
        return SoundAugmentation(features, **{name: getattr(self, name) for name in AUGMENTATION})


_ARCHITECTURE = (
    "cell",
    "bidirectional",
    "stride",
    "dropout",
    "recurrent_dropout",
    "input_dropout",
    "head_dropout",
)
_FEATURES = ("kind", "mels", "window", "hop", "deltas", "low", "floor")
AUGMENTATION = (
    "speed",
    "vocal_tract",
    "gain",
    "colour",
    "silence",
    "noise",
    "frequency_mask",
    "time_mask",
)
RECOGNIZER_PRESETS: dict[str, dict[str, Any]] = {
    "fast": {},
    "accurate": {"units": 192, "layers": 3},
}
_STEPS = {"fast": 800, "accurate": 6_000}
_FEWEST_EPOCHS, _MOST_EPOCHS = 10, 200


def resolve_recognizer_settings(
    preset: str, given: Mapping[str, Any], clips: int | None = None
) -> RecognizerSettings:
    """Fill in what was not given.

    Args:
        preset: A name of `RECOGNIZER_PRESETS`.
        given: Settings by name; `None` means not given.
        clips: Training clips, which decide the number of epochs.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(RECOGNIZER_PRESETS))
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = _make(**{**RECOGNIZER_PRESETS[preset], **chosen})
    if "epochs" not in chosen and clips is not None:
        steps = max(1, clips // settings.batch_size)
        epochs = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS[preset] / steps)))
        settings = replace(settings, epochs=epochs)
    return settings


def recognizer_settings_from_manifest(manifest: Mapping[str, Any]) -> RecognizerSettings:
    """Read the settings of a saved recognizer.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, RecognizerSettings, "a recognizer", _make)


def _make(**values: Any) -> RecognizerSettings:
    settings = RecognizerSettings(**values)
    check_choice("kernels", settings.kernels, KERNELS)
    if settings.symbols is not None:
        check_choice("symbols", settings.symbols, ALPHABET_LEVELS)
    for name in ("layers", "epochs", "batch_size", "patience"):
        check_whole(name, getattr(settings, name), 1)
    check_learning_rate(settings.learning_rate)
    for name in ("averaging", "validation"):
        check_between(name, getattr(settings, name))
    if settings.validation == 0:
        raise UsageError("validation must be above 0")
    check_units(settings.units, settings.layers)
    settings.training()
    features = settings.features(settings.rate or _ANY_RATE)
    settings.augmentation(features)
    settings.specification(features.width, 2)  # checks the architecture
    return settings


_ANY_RATE = 16_000  # to check the other settings where the rate is not known yet
