"""The settings of a network over sequences of numbers, and the presets that fill them in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.runtime.series import SequenceSpecification
from recurra.sequences.collections import CHANNEL_SCALINGS
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_between,
    check_choice,
    check_learning_rate,
    check_units,
    check_whole,
    is_number,
)
from recurra.tasks._task_settings import TaskSettings, read_settings, units_by_layer
from recurra.tasks._training_options import DECAYS

__all__ = [
    "PRESETS",
    "SequenceSettings",
    "check_sequence_settings",
    "resolve_settings",
    "sequence_settings_from_manifest",
]


@dataclass(frozen=True)
class SequenceSettings(TaskSettings):
    """Everything that decides how a network over sequences of numbers is made.

    `SequenceSpecification` explains the architecture, `ChannelScaler` the scaling, `Augmentation`
    the variations and `TrainingOptions` the training; here are the rest.

    Args:
        units: Units of every recurrent layer, or one number for each.
        layers: Recurrent layers, where `units` is one number.
        validation: Share of the training rows held out for early stopping; 0 trains on all of
            them to the last epoch.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    cell: str = "gru"
    units: int | tuple[int, ...] = 64
    layers: int = 1
    bidirectional: bool = False
    pooling: str = "last"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    input_dropout: float = 0.0
    head: tuple[int, ...] = ()
    head_dropout: float = 0.0
    batch_normalization: bool = False
    stride: int = 1
    scaling: str = "standard"
    jitter: float = 0.0
    magnitude: float = 0.0
    window: float = 1.0
    epochs: int = 50
    batch_size: int = 32
    learning_rate: float = 3e-3
    decay: str = "cosine"
    patience: int = 10
    averaging: float = 0.0
    validation: float = 0.1
    kernels: str = "auto"

    @property
    def monitor(self) -> str | None:
        """The figure that decides which epoch's weights are kept; `None`: the last epoch's."""
        return "val_loss" if self.validation else None

    def specification(self, features: int, outputs: int, task: str) -> SequenceSpecification:
        """Return the architecture for a fitted scaler.

        Args:
            features: Values of a step.
            outputs: Number of classes, or 1.
            task: `"classification"` or `"regression"`.
        """
        return SequenceSpecification(
            features=features,
            outputs=outputs,
            task=task,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )


_ARCHITECTURE = (
    "cell",
    "bidirectional",
    "pooling",
    "dropout",
    "recurrent_dropout",
    "input_dropout",
    "head",
    "head_dropout",
    "batch_normalization",
    "stride",
)
# Chosen by cross-validation on the training parts of four sets of the UCR and UEA archives, of 40
# to 270 sequences. Reading from both ends and both poolings halved the errors on most; noise and
# factors did so again where there are few sequences; slices of windows were of no use.
_FAST: dict[str, Any] = {
    "bidirectional": True,
    "pooling": "mean_max",
    "head_dropout": 0.5,
    "jitter": 0.2,
    "magnitude": 0.2,
}
_ACCURATE: dict[str, Any] = {**_FAST, "units": 128}
PRESETS: dict[str, dict[str, Any]] = {"fast": _FAST, "accurate": _ACCURATE}
_STEPS = {"fast": 1_500, "accurate": 4_000}  # a small network on a small set needs about the first
_FEWEST_EPOCHS, _MOST_EPOCHS = 10, 300
_FEWEST_VALIDATED = 500  # of fewer rows a tenth is too few to tell one epoch from another
_FEWEST_DROPPED = 4  # of one channel, dropout of a gate's inputs would take whole sequences away
_MOST_FRAMES = 100  # a recurrent layer learns slowly over more steps than that


def resolve_settings(
    preset: str, given: Mapping[str, Any], shapes: Sequence[tuple[int, int]] | None = None
) -> SequenceSettings:
    """Fill in what was not given.

    Args:
        preset: A name of `PRESETS`.
        given: Settings by name; `None` means not given.
        shapes: `(time, channels)` of each training sequence, which decide the number of epochs, the
            stride, the dropout of inputs, and whether some are held out for early stopping; `None`
            before they are known.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(PRESETS))
    chosen = {name: value for name, value in given.items() if value is not None}
    values = {**PRESETS[preset], **chosen}
    if shapes is not None and len(shapes):
        values = {**_by_data(values, np.asarray(shapes), _STEPS[preset]), **values}
    return _make(**values)


def sequence_settings_from_manifest(manifest: Mapping[str, Any]) -> SequenceSettings:
    """Read the settings of a saved model.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, SequenceSettings, "a model of sequences", _make)


def _by_data(values: Mapping[str, Any], shapes: NDArray[np.int64], steps: int) -> dict[str, Any]:
    rows, (length, channels) = len(shapes), np.median(shapes, axis=0)
    # Small sets need small batches, or an epoch has too few steps.
    batch_size = values.get("batch_size") or (32 if rows >= _FEWEST_VALIDATED else 16)
    epochs = math.ceil(steps / math.ceil(rows / batch_size))
    return {
        "batch_size": batch_size,
        "epochs": min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, epochs)),
        "dropout": 0.3 if channels >= _FEWEST_DROPPED else 0.0,
        "stride": math.ceil(length / _MOST_FRAMES),
        "validation": 0.1 if rows >= _FEWEST_VALIDATED else 0.0,
    }


def _make(**values: Any) -> SequenceSettings:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    settings = SequenceSettings(**values)
    check_sequence_settings(settings)
    return settings


def check_sequence_settings(settings: SequenceSettings) -> None:
    """Refuse settings that are out of their range.

    Raises:
        UnknownNameError: If a choice is unknown.
        UsageError: If a number is out of its range.
    """
    for name, choices in (("kernels", KERNELS), ("scaling", CHANNEL_SCALINGS), ("decay", DECAYS)):
        check_choice(name, getattr(settings, name), choices)
    for name in ("layers", "epochs", "batch_size", "patience"):
        check_whole(name, getattr(settings, name), 1)
    check_learning_rate(settings.learning_rate)
    for name in ("validation", "averaging"):
        check_between(name, getattr(settings, name))
    for name in ("jitter", "magnitude"):
        value = getattr(settings, name)
        if not is_number(value) or not 0 <= value < math.inf:
            raise UsageError(f"{name} must be a number from 0 up, not {value!r}")
    if not is_number(settings.window) or not 0 < settings.window <= 1:
        raise UsageError(f"window must be above 0 and at most 1, not {settings.window!r}")
    check_units(settings.units, settings.layers)
    settings.specification(1, 2, "classification")  # checks the architecture
