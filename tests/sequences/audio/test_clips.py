"""Collections of clips: labels by folder, by name and by table; features kept in the cache."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.errors import DataError, RowError, SourceError, UnknownNameError, UsageError
from recurra.sequences.audio import (
    AudioFeatures,
    NamePattern,
    clip_rates,
    common_rate,
    compute_frames,
    read_clips,
)

FEATURES = AudioFeatures(8000, mels=12)


@pytest.fixture
def folder(write_sound, tone, tmp_path):
    for label, hertz in (("high", 2000), ("low", 300)):
        for take in range(2):
            write_sound(f"clips/{label}/{label}_{take}.wav", tone(hertz + take, 0.1 + take / 10))
    return tmp_path / "clips"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_sub_folders_are_labels(folder):
    clips = read_clips(folder)
    assert clips.labels == ("high", "high", "low", "low")
    assert [path.name for path in clips.paths] == [
        "high_0.wav",
        "high_1.wav",
        "low_0.wav",
        "low_1.wav",
    ]
    assert clips.name == "clips"


def test_names_tell_fields(folder):
    clips = read_clips(folder, pattern="{label}_{take}.wav")
    assert clips.labels == ("high", "high", "low", "low")
    assert clips.groups("take") == ("0", "1", "0", "1")
    assert clips.take([3, 0]).groups("take") == ("1", "0")
    with pytest.raises(UnknownNameError, match="did you mean 'take'"):
        clips.groups("takes")
    by_folder = read_clips(folder, pattern="{class}/{name}.wav")
    assert by_folder.labels == clips.labels
    assert read_clips(folder, pattern="{kind}_{take}.wav", label="take").labels == tuple("0101")


def test_a_table_names_files(folder):
    table = folder.parent / "clips.csv"
    table.write_text("speaker,path,label\nann,clips/low/low_0.wav,l\nbob,clips/high/high_1.wav,h\n")
    clips = read_clips(table)
    assert (clips.labels, clips.groups("speaker")) == (("l", "h"), ("ann", "bob"))
    assert clips.places[1].endswith("clips.csv, line 3)")
    assert read_clips(table, label="speaker", path="path").labels == ("ann", "bob")
    one = read_clips(folder / "low" / "low_0.wav", require_labels=False)
    assert len(one) == 1


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("path,label\nclips/gone.wav,a\n", RowError, r"t\.csv, line 2: there is no file .*gone"),
        ("path,label\n,a\n", RowError, r"line 2: the path \(column 'path'\) is missing"),
        ("path,label\nclips/low/low_0.wav,\n", DataError, r"low_0\.wav .*line 2\) has no label"),
        ("path,label\n", SourceError, "no rows"),
        ("a,b\n1,2\n", UsageError, r"cannot tell which column holds the paths \(a, b\)"),
        ("path\nclips/low/low_0.wav\n", UsageError, "has no labels"),
    ],
)
def test_bad_tables_are_named(folder, text, error, words):
    (folder.parent / "t.csv").write_text(text)
    with pytest.raises(error, match=words):
        read_clips(folder.parent / "t.csv")


def test_bad_folders_are_named(folder, write_sound, tone):
    with pytest.raises(SourceError, match="did you mean"):
        read_clips(folder.parent / "clip")
    (folder.parent / "none").mkdir()
    with pytest.raises(SourceError, match="no sound in the folder"):
        read_clips(folder.parent / "none")
    with pytest.raises(DataError, match=r"4 of 4 files do not fit the pattern .*high_0\.wav"):
        read_clips(folder, pattern="{label}.{take}.wav")
    write_sound("clips/loose.wav", tone())
    with pytest.raises(UsageError, match=r"loose\.wav lies beside them.*--pattern"):
        read_clips(folder)


@pytest.mark.parametrize("text", ["plain.wav", "{a}{b}.wav", "{}.wav", "{a}_{a}.wav", "{a b}.wav"])
def test_odd_patterns_are_refused(text):
    with pytest.raises(UsageError, match="pattern"):
        NamePattern(text)


def test_features_are_those_of_each_clip_and_are_kept(folder):
    clips = read_clips(folder)
    first, second = compute_frames(clips, FEATURES), compute_frames(clips, FEATURES)
    assert first.cache == second.cache
    assert "safe to delete" in first.notes[-1]
    for one, other in zip(first.log_mel, second.log_mel, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [len(part) for part in first.log_mel] == [8, 18, 8, 18]
    assert len(list(first.cache.parent.iterdir())) == 1
    slopes = AudioFeatures(8000, mels=12, deltas=1)
    assert compute_frames(clips, slopes).cache == first.cache  # slopes are made from what is kept
    assert compute_frames(clips, AudioFeatures(8000, mels=13)).cache != first.cache


def test_a_damaged_cache_is_made_again(folder):
    clips = read_clips(folder)
    first = compute_frames(clips, FEATURES)
    first.cache.write_bytes(first.cache.read_bytes()[:100])
    again = compute_frames(clips, FEATURES)
    np.testing.assert_array_equal(again.log_mel[2], first.log_mel[2])


def test_changed_sound_is_computed_anew(folder, write_sound, tone):
    before = compute_frames(read_clips(folder), FEATURES)
    write_sound("clips/low/low_0.wav", tone(800, 0.1))
    after = compute_frames(read_clips(folder), FEATURES)
    assert before.cache != after.cache
    assert np.abs(before.log_mel[2] - after.log_mel[2]).max() > 1


def test_mixed_rates_become_one(folder, write_sound, tone):
    write_sound("clips/low/low_0.wav", tone(300, 0.1, rate=16000), rate=16000)
    clips = read_clips(folder)
    assert clip_rates(clips) == [8000, 8000, 16000, 8000]
    assert common_rate(clip_rates(clips)) == 8000
    assert common_rate([16000, 8000]) == 8000
    frames = compute_frames(clips, FEATURES, cache=False)
    assert frames.notes == ["1 of 4 clips had another sampling rate; resampled to 8000 Hz"]
    expected = FEATURES(tone(300, 0.1))
    inner = np.abs(frames.log_mel[2] - expected)[1:-1, :6]
    assert inner.max() < 0.1


def test_bad_sound_is_named(folder, write_sound):
    write_sound("clips/low/empty.wav", np.zeros(0))
    with pytest.raises(DataError, match=r"empty\.wav is empty"):
        compute_frames(read_clips(folder), FEATURES, cache=False)
    table = folder.parent / "clips.csv"
    table.write_text("path,label\nclips/low/empty.wav,l\n")
    with pytest.raises(DataError, match=r"clips\.csv, line 2"):
        compute_frames(read_clips(table), FEATURES, cache=False)
