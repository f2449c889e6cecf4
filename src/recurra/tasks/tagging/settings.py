"""The settings of a tagger, and the presets that fill in what the user leaves open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recurra.errors import UsageError
from recurra.runtime.tagging import TaggerSpecification
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

__all__ = ["PRESETS", "TaggerSettings", "resolve_settings", "settings_from_manifest"]


@dataclass(frozen=True)
class TaggerSettings(TaskSettings):
    """Everything that decides how a tagger is made.

    `TaggerSpecification` explains the architecture, `SentenceEncoder` the encoding and
    `TrainingOptions` the training; here are the rest.

    Args:
        units: Units of every recurrent layer over the words, or one number for each.
        layers: Recurrent layers, where `units` is one number.
        crf: A conditional random field over the tags; `None`: where the tags are entities in BIO.
        word_dropout: A word seen n times in training is read as unknown with the probability
            a / (a + n); this is a (Kiperwasser & Goldberg 2016).
        vocabulary: Most words.
        minimum_count: Words seen less often are unknown.
        longest: Characters read of a word.
        validation: Share of the training sentences held out for early stopping, where there is no
            validation part.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """

    cell: str = "lstm"
    units: int | tuple[int, ...] = 128
    layers: int = 1
    bidirectional: bool = True
    crf: bool | None = None
    embedding: int = 100
    character_embedding: int = 32
    character_units: int = 50
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    character_dropout: float = 0.1
    input_dropout: float = 0.3
    head_dropout: float = 0.3
    word_dropout: float = 0.25
    vocabulary: int = 100_000
    minimum_count: int = 1
    longest: int = 24
    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 2e-3
    decay: str = "cosine"
    patience: int = 10
    averaging: float = 0.99
    monitor: str = "val_accuracy"
    validation: float = 0.1
    kernels: str = "auto"

    def specification(
        self, words: int, characters: int, tags: int, *, crf: bool = False
    ) -> TaggerSpecification:
        """Return the architecture for a fitted encoder.

        Args:
            words: Rows of the words' embedding.
            characters: Rows of the characters' embedding.
            tags: Number of tags.
            crf: Whether there is a conditional random field where `self.crf` leaves it open.
        """
        return TaggerSpecification(
            words=words,
            characters=characters,
            tags=tags,
            crf=crf if self.crf is None else self.crf,
            units=units_by_layer(self.units, self.layers),
            **{name: getattr(self, name) for name in _ARCHITECTURE},
        )


_ARCHITECTURE = (
    "embedding",
    "character_embedding",
    "character_units",
    "cell",
    "bidirectional",
    "dropout",
    "recurrent_dropout",
    "character_dropout",
    "input_dropout",
    "head_dropout",
)
PRESETS: dict[str, dict[str, Any]] = {
    "fast": {},
    # Tried on the validation part of UD English EWT: weaker dropout (0.4, none between layers, a of
    # 0.25) is best in the fifth epoch, at 94.9 %; this still gains in the tenth, at 95.1 %.
    "accurate": {
        "units": 200,
        "layers": 2,
        "character_units": 100,
        "dropout": 0.3,
        "character_dropout": 0.2,
        "input_dropout": 0.5,
        "head_dropout": 0.5,
        "word_dropout": 1.0,
        "averaging": 0.995,
    },
}
_STEPS = {"fast": 3_000, "accurate": 9_500}
_FEWEST_EPOCHS, _MOST_EPOCHS = 4, 60


def resolve_settings(
    preset: str, given: Mapping[str, Any], sentences: int | None = None
) -> TaggerSettings:
    """Fill in what was not given.

    Args:
        preset: A name of `PRESETS`.
        given: Settings by name; `None` means not given.
        sentences: Training sentences, which decide the number of epochs.

    Raises:
        UnknownNameError: If the preset or a choice is unknown.
        UsageError: If a number is out of its range.
    """
    check_choice("preset", preset, tuple(PRESETS))
    chosen = {name: value for name, value in given.items() if value is not None}
    chosen = {k: tuple(v) if isinstance(v, list) else v for k, v in chosen.items()}
    settings = _make(**{**PRESETS[preset], **chosen})
    if "epochs" not in chosen and sentences is not None:
        steps = max(1, sentences // settings.batch_size)
        epochs = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS[preset] / steps)))
        settings = replace(settings, epochs=epochs)
    return settings


def settings_from_manifest(manifest: Mapping[str, Any]) -> TaggerSettings:
    """Read the settings of a saved tagger.

    Raises:
        CorruptArtifactError: If they cannot be used.
    """
    return read_settings(manifest, TaggerSettings, "a tagger", _make)


def _make(**values: Any) -> TaggerSettings:
    settings = TaggerSettings(**values)
    check_choice("kernels", settings.kernels, KERNELS)
    for name in ("layers", "epochs", "batch_size", "patience", "minimum_count", "longest"):
        check_whole(name, getattr(settings, name), 1)
    check_whole("vocabulary", settings.vocabulary, 3)
    check_learning_rate(settings.learning_rate)
    for name in ("averaging", "validation"):
        check_between(name, getattr(settings, name))
    if settings.validation == 0:
        raise UsageError("validation must be above 0")
    if not is_number(settings.word_dropout) or settings.word_dropout < 0:
        raise UsageError(f"word_dropout must be 0 or more, not {settings.word_dropout!r}")
    if settings.crf is not None and not isinstance(settings.crf, bool):
        raise UsageError(f"crf must be true, false or None, not {settings.crf!r}")
    check_units(settings.units, settings.layers)
    settings.training()
    settings.specification(2, 2, 2)  # checks the architecture
    return settings
