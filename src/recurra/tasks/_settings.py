"""The settings of a text classifier, and the presets that fill in what the user leaves open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import UsageError
from recurra.runtime import ClassifierSpecification
from recurra.tasks._kernels import KERNELS
from recurra.tasks._setting_checks import (
    check_choice,
    check_learning_rate,
    check_units,
    check_whole,
    is_number,
)
from recurra.tasks._task_settings import TaskSettings, read_settings, units_by_layer

__all__ = ["PRESETS", "TextClassifierSettings", "resolve_settings", "settings_from_manifest"]


@dataclass(frozen=True)
class TextClassifierSettings(TaskSettings):
    """Everything that decides how a text classifier is made.

    `ClassifierSpecification` explains the architecture, `TextEncoder` the encoding and
    `TrainingOptions` the training; here are the rest.

    Args:
        units: Units of every recurrent layer, or one number for each.
        layers: Recurrent layers, where `units` is one number.
        word_dropout: Share of tokens read as unknown in training.
        ngram_orders: Lengths of the word n-grams of the wide part; empty for none.
        validation: Share of the training rows held out for early stopping.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    cell: str = "lstm"
    units: int | tuple[int, ...] = 64
    layers: int = 1
    bidirectional: bool = False
    pooling: str = "last"
    embedding: int = 64
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    embedding_dropout: float = 0.2
    word_dropout: float = 0.0
    head: tuple[int, ...] = ()
    head_dropout: float = 0.3
    batch_normalization: bool = False
    ngram_orders: tuple[int, ...] = ()
    level: str = "word"
    vocabulary: int = 20_000
    max_length: int | None = 250
    truncate: str = "tail"
    lowercase: bool = True
    epochs: int = 5
    batch_size: int = 64
    learning_rate: float = 1e-3
    patience: int = 2
    averaging: float = 0.0
    validation: float = 0.1
    kernels: str = "auto"

    def specification(self, vocabulary: int, classes: int, ngrams: int) -> ClassifierSpecification:
        """Return the architecture for a fitted encoder.

        Args:
            vocabulary: Rows of the embedding.
            classes: Number of classes.
            ngrams: Rows of the n-gram table, 0 for none.
        """
        return ClassifierSpecification(
            vocabulary=vocabulary,
            classes=classes,
            ngrams=ngrams,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; no `max_length` is 0, as a user writes it."""
        return {**super().to_dict(), "max_length": self.max_length or 0}


_ARCHITECTURE = (
    "cell",
    "embedding",
    "bidirectional",
    "pooling",
    "dropout",
    "recurrent_dropout",
    "embedding_dropout",
    "head",
    "head_dropout",
    "batch_normalization",
    "ngram_orders",
)

# Tried on IMDb (words) and the embedded names (characters): 32 units were as accurate on words as
# 64 within the noise of 2,500 validation rows, in about a third of the time.
_FAST: dict[str, dict[str, Any]] = {
    "word": {
        "embedding": 64,
        "units": 32,
        "embedding_dropout": 0.3,
        "word_dropout": 0.05,
        "head_dropout": 0.4,
        "learning_rate": 2e-3,
        "averaging": 0.99,
        "max_length": 250,
        "truncate": "middle",
    },
    "subword": {"max_length": 350, "truncate": "middle", "learning_rate": 2e-3},
    "char": {
        "embedding": 32,
        "embedding_dropout": 0.1,
        "batch_size": 32,
        "learning_rate": 3e-3,
        "max_length": 500,
    },
}
_ACCURATE: dict[str, Any] = {
    "cell": "gru",
    "bidirectional": True,
    "pooling": "mean_max",
    "embedding": 64,
    "units": 64,
    "vocabulary": 30_000,
    "patience": 2,
}
_ACCURATE_BY_LEVEL: dict[str, dict[str, Any]] = {
    "word": {
        "embedding_dropout": 0.5,
        "word_dropout": 0.2,
        "head_dropout": 0.5,
        "max_length": 400,
        "ngram_orders": (1, 2, 3),
    },
    "subword": {"embedding_dropout": 0.5, "head_dropout": 0.5, "max_length": 600},
    "char": {"ngram_orders": (1, 2, 3, 4)},
}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "fast": _FAST,
    "accurate": {
        level: {**_FAST[level], **_ACCURATE, **_ACCURATE_BY_LEVEL[level]} for level in _FAST
    },
}
_STEPS = 2_000  # about what a small network needs on a small data set
_FEWEST_EPOCHS, _MOST_EPOCHS = 4, 30
_WORDS_IN_A_TEXT = 2.5  # shorter texts are names and codes: their letters are what to read


def resolve_settings(
    preset: str, given: Mapping[str, Any], rows: int | None = None, sample: Sequence[str] = ()
) -> TextClassifierSettings:
    """Fill in what was not given.

    Args:
        preset: A name of `PRESETS`.
        given: Settings by name; `None` means not given.
        rows: Training texts, which decide the number of epochs.
        sample: Some of the texts, which decide between words and characters.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(PRESETS))
    chosen = {name: value for name, value in given.items() if value is not None}
    chosen = {k: tuple(v) if isinstance(v, list) else v for k, v in chosen.items()}
    level = chosen.get("level") or choose_level(sample)
    check_choice("level", level, tuple(PRESETS[preset]))
    values = {**PRESETS[preset][level], "level": level, **chosen}
    settings = _make(**values)
    if "epochs" not in values and rows is not None:
        settings = replace(settings, epochs=choose_epochs(rows, settings.batch_size))
    return settings


def choose_level(sample: Sequence[str]) -> str:
    """Return `char` for names and other texts of a word or two, else `word`."""
    if not sample:
        return "word"
    words = sorted(len(text.split()) for text in sample)
    return "char" if sum(words) / len(words) < _WORDS_IN_A_TEXT else "word"


def choose_epochs(rows: int, batch_size: int) -> int:
    """Return the most epochs: about 2,000 steps, between 4 and 30 epochs."""
    steps = max(1, rows // batch_size)
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS / steps)))


def settings_from_manifest(manifest: Mapping[str, Any]) -> TextClassifierSettings:
    """Read the settings of a saved classifier.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, TextClassifierSettings, "a text classifier", _make)


def _make(**values: Any) -> TextClassifierSettings:
    if values.get("max_length") == 0:
        values["max_length"] = None
    settings = TextClassifierSettings(**values)
    _check(settings)
    return settings


def _check(settings: TextClassifierSettings) -> None:
    check_choice("kernels", settings.kernels, KERNELS)
    for name in ("layers", "epochs", "batch_size", "patience", "vocabulary"):
        check_whole(name, getattr(settings, name), 1)
    if settings.max_length is not None:
        check_whole("max_length", settings.max_length, 1)
    check_learning_rate(settings.learning_rate)
    for name in ("validation", "word_dropout", "averaging"):
        value = getattr(settings, name)
        if not is_number(value) or not 0 <= value < 1 or (name == "validation" and value == 0):
            raise UsageError(f"{name} must be between 0 and 1, not {value!r}")
    check_choice("level", settings.level, tuple(PRESETS["fast"]))
    check_units(settings.units, settings.layers)
    settings.specification(vocabulary=2, classes=2, ngrams=0)  # checks the architecture
