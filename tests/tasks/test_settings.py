"""Settings are filled in, checked, and survive a file."""

from __future__ import annotations

import dataclasses

import pytest

from recurra.errors import CorruptArtifactError, UnknownNameError, UsageError
from recurra.tasks import TextClassifier
from recurra.tasks._settings import (
    PRESETS,
    TextClassifierSettings,
    resolve_settings,
    settings_from_manifest,
)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("level", ["word", "char", "subword"])
def test_every_preset_is_complete_and_survives_a_manifest(preset, level):
    settings = resolve_settings(preset, {"level": level}, rows=1000)
    assert settings.level == level
    assert settings_from_manifest({"settings": settings.to_dict()}) == settings


def test_what_is_given_beats_the_preset():
    settings = resolve_settings("accurate", {"cell": "rnn", "units": [4, 3], "dropout": None})
    assert (settings.cell, settings.units) == ("rnn", (4, 3))
    assert settings.specification(9, 2, 0).units == (4, 3)
    assert resolve_settings("fast", {"units": 5, "layers": 3}).specification(9, 2, 0).units == (
        5,
        5,
        5,
    )


def test_no_length_limit_is_kept():
    settings = resolve_settings("fast", {"max_length": 0})
    assert settings.max_length is None
    assert settings.to_dict()["max_length"] == 0
    assert settings_from_manifest({"settings": settings.to_dict()}).max_length is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 up, not 0"),
        ({"epochs": 2.0}, "epochs must be a whole number from 1 up, not 2.0"),
        ({"batch_size": True}, "batch_size must be a whole number from 1 up, not True"),
        ({"patience": "2"}, "patience must be a whole number from 1 up, not '2'"),
        ({"layers": -1}, "layers must be a whole number from 1 up, not -1"),
        ({"vocabulary": 10.5}, "vocabulary must be a whole number"),
        ({"vocabulary": "all"}, "vocabulary must be a whole number"),
        ({"max_length": -3}, "max_length must be a whole number"),
        ({"learning_rate": 0}, "learning_rate must be above 0, not 0"),
        ({"learning_rate": "fast"}, "learning_rate must be above 0, not 'fast'"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0, not nan"),
        ({"validation": 0}, "validation must be between 0 and 1, not 0"),
        ({"validation": 1.0}, "validation must be between 0 and 1, not 1.0"),
        ({"averaging": 1.0}, "averaging must be between 0 and 1, not 1.0"),
        ({"word_dropout": "x"}, "word_dropout must be between 0 and 1, not 'x'"),
        ({"units": 2.5}, "units must be a number or one for each layer, not 2.5"),
        ({"units": (3, 0)}, "units must be an integer from 1"),
        ({"units": (4, 3), "layers": 3}, r"units names 2 layers \(\(4, 3\)\), layers says 3"),
        ({"dropout": 1}, "dropout must be at least 0 and below 1, not 1"),
        ({"cell": "ltsm"}, r"unknown cell 'ltsm'; did you mean 'lstm'\?"),
        ({"pooling": "attend"}, "unknown pooling 'attend'"),
        ({"level": "words"}, r"unknown level 'words'; did you mean 'word'\?"),
    ],
)
def test_values_that_cannot_be_used_are_refused(given, message):
    with pytest.raises(UnknownNameError if "unknown" in message else UsageError, match=message):
        resolve_settings("fast", given)


def test_an_unknown_preset_is_refused():
    with pytest.raises(UnknownNameError, match=r"unknown preset 'fsat'; did you mean 'fast'\?"):
        resolve_settings("fsat", {})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "settings are not those of a text classifier"),
        ({"moon": 1}, "settings are not those of a text classifier"),
        ({"cell": "moon"}, "settings cannot be used: unknown cell"),
        ({"epochs": []}, "settings cannot be used: epochs"),
        ({"units": {}}, "settings cannot be used: units"),
        ({"level": ["word"]}, "settings cannot be used"),
        ({"learning_rate": {}}, "settings cannot be used: learning_rate"),
    ],
)
def test_settings_of_hostile_files_are_refused(settings, message):
    with pytest.raises(CorruptArtifactError, match=message):
        settings_from_manifest({"settings": settings})


def test_every_setting_is_a_parameter_of_the_classifier():
    """Else a saved classifier could not be loaded."""
    names = {field.name for field in dataclasses.fields(TextClassifierSettings)}
    assert names <= set(TextClassifier().get_params())
