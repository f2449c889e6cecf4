"""The settings of a generator of piano rolls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recurra.errors import UsageError
from recurra.runtime import LanguageModelSpecification
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_between,
    check_choice,
    check_learning_rate,
    check_units,
    check_whole,
    plain_value,
)
from recurra.tasks._task_settings import TaskSettings, read_settings, units_by_layer

__all__ = ["RollGeneratorSettings", "resolve_roll_settings", "roll_settings_from_manifest"]


@dataclass(frozen=True)
class RollGeneratorSettings(TaskSettings):
    """Everything that decides how a generator of piano rolls is made.

    `LanguageModelSpecification` explains the architecture and `TrainingOptions` the training; here
    are the rest.

    Args:
        layers: Recurrent layers, where `units` is one number.
        transpose: Every piece is moved anew each epoch by up to so many semitones.
        validation: Share of the pieces held out for early stopping, where none are given.
        test: Share of the pieces held out for measuring, where none are given.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    cell: str = "gru"
    units: int | tuple[int, ...] = 256
    layers: int = 1
    embedding: int = 128
    dropout: float = 0.5
    recurrent_dropout: float = 0.3
    transpose: int = 0
    batch_size: int = 8
    epochs: int = 140
    learning_rate: float = 3e-3
    decay: str = "cosine"
    smallest_learning_rate: float = 1e-5
    patience: int = 30
    averaging: float = 0.98
    validation: float = 0.15
    test: float = 0.15
    kernels: str = "auto"

    def specification(self, notes: int) -> LanguageModelSpecification:
        """Return the architecture for rolls of so many notes."""
        return LanguageModelSpecification(
            vocabulary=notes,
            embedding=self.embedding,
            cell=self.cell,
            units=units_by_layer(self.units, self.layers),
            dropout=self.dropout,
            recurrent_dropout=self.recurrent_dropout,
            inputs="rolls",
        )


def resolve_roll_settings(given: Mapping[str, Any]) -> RollGeneratorSettings:
    """Fill in what was not given.

    Args:
        given: Settings by name; `None` means not given.

    Raises:
        UnknownNameError: If a choice is unknown.
        UsageError: If a number is out of its range, or settings contradict each other.
    """
    return _make(**{name: plain_value(v) for name, v in given.items() if v is not None})


def roll_settings_from_manifest(manifest: Mapping[str, Any]) -> RollGeneratorSettings:
    """Read the settings of a saved generator.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, RollGeneratorSettings, "a roll generator", _make)


def _make(**values: Any) -> RollGeneratorSettings:
    settings = RollGeneratorSettings(**values)
    _check(settings)
    return settings


def _check(settings: RollGeneratorSettings) -> None:
    check_choice("kernels", settings.kernels, KERNELS)
    for name in ("layers", "batch_size", "epochs", "patience"):
        check_whole(name, getattr(settings, name), 1)
    check_whole("transpose", settings.transpose, 0)
    check_learning_rate(settings.learning_rate)
    for name in ("validation", "test", "averaging"):
        check_between(name, getattr(settings, name))
    if not settings.validation or settings.validation + settings.test >= 1:
        raise UsageError(
            f"validation ({settings.validation}) must be above 0, and together with test "
            f"({settings.test}) below 1"
        )
    check_units(settings.units, settings.layers)
    settings.training()
    settings.specification(notes=2)  # checks the architecture
