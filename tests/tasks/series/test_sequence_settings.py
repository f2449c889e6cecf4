"""What the preset and the data decide."""

from __future__ import annotations

import pytest

from recurra.errors import CorruptArtifactError
from recurra.tasks.series.settings import (
    PRESETS,
    resolve_settings,
    sequence_settings_from_manifest,
)


def test_few_sequences_take_small_batches_and_hold_none_out():
    few = resolve_settings("fast", {}, [(150, 1)] * 50)
    assert (few.batch_size, few.validation, few.monitor) == (16, 0.0, None)
    assert few.epochs == 300
    many = resolve_settings("fast", {}, [(150, 1)] * 5_000)
    assert (many.batch_size, many.validation, many.monitor) == (32, 0.1, "val_loss")
    assert many.epochs == 10


def test_long_sequences_are_read_several_steps_at_once():
    assert resolve_settings("fast", {}, [(100, 1)] * 9).stride == 1
    assert resolve_settings("fast", {}, [(101, 1)] * 9).stride == 2
    assert resolve_settings("fast", {}, [(1_000, 1)] * 9).stride == 10


def test_inputs_are_dropped_only_where_there_are_several_channels():
    assert resolve_settings("fast", {}, [(30, 1)] * 9).dropout == 0
    assert resolve_settings("fast", {}, [(30, 6)] * 9).dropout == 0.3


def test_what_is_given_is_kept():
    given = {"epochs": 7, "batch_size": 3, "dropout": 0.1, "stride": 4, "validation": 0.2}
    found = resolve_settings("accurate", given, [(500, 6)] * 50).to_dict()
    assert {name: found[name] for name in given} == given
    assert found["units"] == PRESETS["accurate"]["units"]


@pytest.mark.parametrize(
    ("saved", "message"),
    [
        (None, "not those of a model of sequences"),
        ({"colour": 1}, "not those of a model of sequences"),
        ({"window": 2.0}, "settings cannot be used: window must be above 0"),
        ({"cell": 7}, "settings cannot be used: unknown cell"),
    ],
)
def test_settings_of_a_file_are_checked(saved, message):
    with pytest.raises(CorruptArtifactError, match=message):
        sequence_settings_from_manifest({"settings": saved})


def test_settings_come_back_from_a_manifest():
    settings = resolve_settings("fast", {"units": (4, 3), "head": [5]}, [(9, 2)] * 9)
    assert sequence_settings_from_manifest({"settings": settings.to_dict()}) == settings
