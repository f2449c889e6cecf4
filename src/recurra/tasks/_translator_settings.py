"""The settings of a translator, and what presets and data fill in where the user leaves it open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import UsageError
from recurra.runtime import DecodingOptions, TranslatorSpecification
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_between,
    check_choice,
    check_learning_rate,
    check_rows,
    check_whole,
    plain_value,
)
from recurra.tasks._task_settings import TaskSettings, read_settings
from recurra.tasks._training_options import DECAYS

__all__ = [
    "TRANSLATOR_PRESETS",
    "TranslatorSettings",
    "resolve_translator_settings",
    "settle_translator_settings",
    "translator_settings_from_manifest",
]

_LEVELS = ("char", "word", "subword")


@dataclass(frozen=True)
class TranslatorSettings(TaskSettings):
    """Everything that decides how a translator is made.

    `TranslatorSpecification` explains the architecture, `Tokenizer` the encoding and
    `TrainingOptions` the training; here are the rest. 0 and `""` stand for what the data decide.

    Args:
        level: `"char"`, `"word"` or `"subword"`.
        vocabulary: Most tokens of each side.
        minimum_count: Words and characters seen less often in training are unknown.
        lowercase: Lower the case of the sources; targets keep theirs.
        layers: Recurrent layers of the encoder, and as many of the decoder.
        label_smoothing: Share of the probability that the loss spreads over all tokens.
        scheduled_sampling: Share of the target tokens that the decoder reads from its own first
            pass instead of the reference, reached linearly over the first epochs.
        max_length: Most tokens read of a source and learnt of a target, its end not counted.
        validation: Share or number of the pairs held out for early stopping.
        test: Share or number of the pairs held out for measuring.
        beam: Beam of the measuring.
        length_penalty: Of the measuring, where `beam` is more than 1.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    level: str = ""
    vocabulary: int = 8_000
    minimum_count: int = 1
    lowercase: bool = False
    cell: str = "gru"
    units: int = 128
    layers: int = 1
    embedding: int = 128
    bidirectional: bool = True
    attention: str = "dot"
    dropout: float = 0.1
    recurrent_dropout: float = 0.0
    tie_weights: bool = False
    label_smoothing: float = 0.0
    scheduled_sampling: float = 0.0
    batch_size: int = 64
    epochs: int = 0
    learning_rate: float = 2e-3
    decay: str = "plateau"
    patience: int = 3
    averaging: float = 0.0
    max_length: int = 0
    validation: float | int = 0.1
    test: float | int = 0.1
    beam: int = 1
    length_penalty: float = 1.0
    kernels: str = "auto"

    def specification(
        self, source_vocabulary: int, target_vocabulary: int
    ) -> TranslatorSpecification:
        """Return the architecture for fitted tokenizers."""
        return TranslatorSpecification(
            source_vocabulary=source_vocabulary,
            target_vocabulary=target_vocabulary,
            encoder_layers=self.layers,
            decoder_layers=self.layers,
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )


_ARCHITECTURE = (
    "embedding",
    "cell",
    "units",
    "bidirectional",
    "attention",
    "dropout",
    "recurrent_dropout",
    "tie_weights",
)
_FAST: dict[str, dict[str, Any]] = {
    "char": {"embedding": 64, "learning_rate": 3e-3, "averaging": 0.99},
    "word": {"averaging": 0.99},
    "subword": {"vocabulary": 4_000, "averaging": 0.99},
}
_ACCURATE: dict[str, Any] = {
    "units": 512,
    "embedding": 256,
    "dropout": 0.4,
    "tie_weights": True,
    "label_smoothing": 0.1,
    "decay": "cosine",
    "patience": 6,
    "averaging": 0.999,
    "beam": 5,
}
_ACCURATE_CHAR = {"units": 256, "embedding": 64, "dropout": 0.2, "tie_weights": False}
TRANSLATOR_PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "fast": _FAST,
    "accurate": {
        "char": {**_ACCURATE, **_ACCURATE_CHAR},
        "word": _ACCURATE,
        "subword": {**_ACCURATE, "vocabulary": 5_000},
    },
}
_STEPS = {"fast": 3_000, "accurate": 7_200}
_FEWEST_EPOCHS, _MOST_EPOCHS = 3, 100
_MOST_TOKENS = {"char": 300, "word": 100, "subword": 120}
_WORDS_IN_A_TARGET = 2.5  # shorter targets are names, numbers and dates: their letters are learnt


def resolve_translator_settings(
    preset: str, given: Mapping[str, Any], targets: Sequence[str] = ()
) -> TranslatorSettings:
    """Fill in what was not given, but for what the number of pairs decides.

    Args:
        preset: A name of `TRANSLATOR_PRESETS`.
        given: Settings by name; `None` means not given.
        targets: Some of the targets, which decide between subwords and characters.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(TRANSLATOR_PRESETS))
    chosen = {name: plain_value(value) for name, value in given.items() if value is not None}
    level = chosen.get("level") or _choose_level(targets)
    check_choice("level", level, _LEVELS)
    values = {"max_length": _MOST_TOKENS[level], **TRANSLATOR_PRESETS[preset][level]}
    return _make(**{**values, **chosen, "level": level})


def settle_translator_settings(
    settings: TranslatorSettings, *, preset: str, pairs: int
) -> TranslatorSettings:
    """Fill in what the number of training pairs decides."""
    batch_size = min(settings.batch_size, max(8, pairs // 8))
    steps = max(1, pairs // batch_size)
    epochs = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS[preset] / steps)))
    return replace(settings, batch_size=batch_size, epochs=settings.epochs or epochs)


def translator_settings_from_manifest(manifest: Mapping[str, Any]) -> TranslatorSettings:
    """Read the settings of a saved translator.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, TranslatorSettings, "a translator", _make)


def _choose_level(targets: Sequence[str]) -> str:
    """Return `char` for targets of a word or two, else `subword`."""
    if not targets:
        return "subword"
    words = sum(len(text.split()) for text in targets) / len(targets)
    return "char" if words < _WORDS_IN_A_TARGET else "subword"


def _make(**values: Any) -> TranslatorSettings:
    settings = TranslatorSettings(**values)
    _check(settings)
    return settings


def _check(settings: TranslatorSettings) -> None:
    check_choice("level", settings.level, _LEVELS)
    check_choice("kernels", settings.kernels, KERNELS)
    check_choice("decay", settings.decay, DECAYS)
    whole = ("vocabulary", "minimum_count", "layers", "units", "embedding", "batch_size")
    for name in (*whole, "patience", "max_length"):
        check_whole(name, getattr(settings, name), 1)
    check_whole("epochs", settings.epochs, 0)
    check_learning_rate(settings.learning_rate)
    for name in ("averaging", "label_smoothing", "scheduled_sampling"):
        check_between(name, getattr(settings, name))
    DecodingOptions(settings.beam, settings.length_penalty)  # checks both
    check_rows("validation", settings.validation, smallest=1)
    check_rows("test", settings.test, smallest=0)
    for name in ("lowercase", "bidirectional", "tie_weights"):
        if not isinstance(getattr(settings, name), bool):
            raise UsageError(f"{name} must be True or False, not {getattr(settings, name)!r}")
    settings.specification(source_vocabulary=8, target_vocabulary=8)  # checks the architecture
