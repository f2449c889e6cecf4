"""The settings of a text generator, and what presets and the corpus fill in where they are open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
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

__all__ = [
    "GENERATOR_PRESETS",
    "TextGeneratorSettings",
    "generator_settings_from_manifest",
    "resolve_generator_settings",
    "settle_generator_settings",
]


@dataclass(frozen=True)
class TextGeneratorSettings(TaskSettings):
    """Everything that decides how a text generator is made.

    `LanguageModelSpecification` explains the architecture, `Tokenizer` the tokens and
    `TrainingOptions` the training; here are the rest. 0 stands for what the corpus decides.

    Args:
        layers: Recurrent layers, where `units` is one number.
        sequence_length: Tokens over which gradients flow back; the state flows on.
        batch_size: Streams that are read side by side.
        epoch_tokens: The most tokens of an epoch; a longer corpus takes several epochs to read.
        validation: Share of the characters held out for early stopping.
        test: Share of the characters at the end for measuring.
        sample_every: Epochs between samples; 0 for none.
        sample_length: Tokens of a sample.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    level: str = "char"
    vocabulary: int = 20_000
    minimum_count: int = 1
    lowercase: bool = False
    cell: str = "lstm"
    units: int | tuple[int, ...] = 256
    layers: int = 1
    embedding: int = 64
    tie_weights: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    weight_drop: float = 0.0
    embedding_dropout: float = 0.0
    sequence_length: int = 64
    batch_size: int = 32
    epochs: int = 0
    epoch_tokens: int = 0
    learning_rate: float = 3e-3
    decay: str = "cosine"
    smallest_learning_rate: float = 1e-5
    patience: int = 4
    averaging: float = 0.99
    validation: float = 0.05
    test: float = 0.05
    sample_every: int = 1
    sample_length: int = 200
    kernels: str = "auto"

    def specification(self, vocabulary: int) -> LanguageModelSpecification:
        """Return the architecture for a tokenizer with so many tokens."""
        return LanguageModelSpecification(
            vocabulary=vocabulary,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )


_ARCHITECTURE = (
    "cell",
    "embedding",
    "tie_weights",
    "dropout",
    "recurrent_dropout",
    "weight_drop",
    "embedding_dropout",
)
_WORDS: dict[str, Any] = {"embedding": 128, "dropout": 0.3, "tie_weights": True}
_FAST: dict[str, dict[str, Any]] = {
    "char": {},
    "word": {**_WORDS, "vocabulary": 10_000, "sequence_length": 35},
    "subword": {**_WORDS, "vocabulary": 4_000, "sequence_length": 48},
}
_ACCURATE: dict[str, Any] = {
    "units": 512,
    "embedding": 128,
    "dropout": 0.3,
    "learning_rate": 2e-3,
    "averaging": 0.999,
    "patience": 5,
}
_ACCURATE_WORDS: dict[str, Any] = {"embedding": 256, "dropout": 0.5, "weight_drop": 0.3}
GENERATOR_PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "fast": _FAST,
    "accurate": {
        "char": {**_FAST["char"], **_ACCURATE},
        "word": {**_FAST["word"], **_ACCURATE, **_ACCURATE_WORDS},
        "subword": {**_FAST["subword"], **_ACCURATE, **_ACCURATE_WORDS},
    },
}
_TOKENS = {"fast": 3_000_000, "accurate": 15_000_000}  # read in all, where epochs are left open
_MOST_EPOCH_TOKENS = 1_500_000
_FEWEST_EPOCHS, _MOST_EPOCHS = 3, 60


def resolve_generator_settings(preset: str, given: Mapping[str, Any]) -> TextGeneratorSettings:
    """Fill in what was not given, but for what the corpus decides.

    Args:
        preset: A name of `GENERATOR_PRESETS`.
        given: Settings by name; `None` means not given.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range, or settings contradict each other.
    """
    check_choice("preset", preset, tuple(GENERATOR_PRESETS))
    chosen = {name: plain_value(value) for name, value in given.items() if value is not None}
    level = chosen.get("level", "char")
    check_choice("level", level, tuple(_FAST))
    return _make(**{**GENERATOR_PRESETS[preset][level], **chosen})


def settle_generator_settings(
    settings: TextGeneratorSettings, *, preset: str, tokens: int
) -> TextGeneratorSettings:
    """Fill in what the corpus decides.

    Streams of a short corpus are fewer and shorter, so that each is read for several steps.

    Args:
        settings: Resolved settings.
        preset: As for `resolve_generator_settings`.
        tokens: Tokens to train on, at least 2.
    """
    length = min(settings.sequence_length, max(1, tokens // 8))
    batch_size = min(settings.batch_size, max(1, tokens // (8 * length)))
    epoch_tokens = settings.epoch_tokens or _MOST_EPOCH_TOKENS
    epochs = math.ceil(_TOKENS[preset] / min(tokens, epoch_tokens))
    chosen = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, epochs))
    return replace(
        settings,
        sequence_length=length,
        batch_size=batch_size,
        epoch_tokens=epoch_tokens,
        epochs=settings.epochs or chosen,
    )


def generator_settings_from_manifest(manifest: Mapping[str, Any]) -> TextGeneratorSettings:
    """Read the settings of a saved text generator.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, TextGeneratorSettings, "a text generator", _make)


def _make(**values: Any) -> TextGeneratorSettings:
    settings = TextGeneratorSettings(**values)
    _check(settings)
    return settings


def _check(settings: TextGeneratorSettings) -> None:
    check_choice("level", settings.level, tuple(_FAST))
    check_choice("kernels", settings.kernels, KERNELS)
    for name in ("layers", "minimum_count", "sequence_length", "batch_size", "patience"):
        check_whole(name, getattr(settings, name), 1)
    for name in ("epochs", "epoch_tokens", "sample_every"):
        check_whole(name, getattr(settings, name), 0)
    check_whole("vocabulary", settings.vocabulary, 5)
    check_whole("sample_length", settings.sample_length, 1)
    check_learning_rate(settings.learning_rate)
    for name in ("validation", "test", "averaging"):
        check_between(name, getattr(settings, name))
    if settings.validation == 0:
        raise UsageError("validation must be above 0: early stopping needs text to judge by")
    if settings.validation + settings.test >= 1:
        raise UsageError(
            f"validation ({settings.validation}) and test ({settings.test}) leave nothing to train"
        )
    if not isinstance(settings.lowercase, bool):
        raise UsageError(f"lowercase must be True or False, not {settings.lowercase!r}")
    check_units(settings.units, settings.layers)
    settings.training()
    settings.specification(vocabulary=max(5, settings.vocabulary))  # checks the architecture
