"""Named datasets of sound have their parts."""

from __future__ import annotations

from collections import Counter

import pytest

from recurra.errors import DatasetUnavailable, SourceError, UnknownNameError, UsageError
from recurra.sequences.audio import audio_dataset_names, resolve_clips


def test_spoken_digits_have_their_official_split(real_data):
    dataset = resolve_clips("fsdd")
    assert (len(dataset.train), len(dataset.test)) == (1800, 200)
    assert set(dataset.test.groups("take")) == set("01234")
    assert Counter(dataset.train.labels) == dict.fromkeys("0123456789", 180)
    assert set(Counter(dataset.joined().groups("speaker")).values()) == {500}
    assert set(resolve_clips("fsdd", label="speaker").train.labels) == {
        "george",
        "jackson",
        "lucas",
        "nicolas",
    }


def test_what_cannot_be_opened_is_explained(monkeypatch, tmp_path):
    monkeypatch.setenv("RECURRA_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert audio_dataset_names() == ["fsdd"]
    with pytest.raises(DatasetUnavailable, match="clone https://github"):
        resolve_clips("fsdd")
    with pytest.raises(SourceError, match="did you mean 'fsdd'"):
        resolve_clips("fsd")
    with pytest.raises(UsageError, match="leave out the pattern"):
        resolve_clips("fsdd", pattern="{label}.wav")


def test_an_unknown_field_is_named(real_data):
    with pytest.raises(UnknownNameError, match="did you mean 'speaker'"):
        resolve_clips("fsdd", label="speakers")
