"""Joined clips hold the words of one speaker, in order, with pauses or overlaps."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import soundfile

from recurra.errors import DataError, UnknownNameError
from recurra.sequences.audio import join_clips, read_audio, read_clips, write_joined

RATE = 4000
LEVELS = {"one": 0.06, "two": 0.12, "three": 0.24}  # a word is a stretch of one level
SILENT = {"gain": 0.0, "noise": (-300.0, -299.0)}


@pytest.fixture
def clips(tmp_path):
    for speaker, factor in (("ann", 1), ("bob", 2)):
        for label, level in LEVELS.items():
            samples = np.full(400, level * factor, np.float32)
            soundfile.write(tmp_path / f"{label}_{speaker}.wav", samples, RATE, subtype="FLOAT")
    return read_clips(tmp_path, pattern="{label}_{speaker}.wav")


def joined(clips, count=20, seed=0, **options):
    return join_clips(clips, count, np.random.default_rng(seed), **{**SILENT, **options})


def test_words_stand_in_the_order_of_the_transcript(clips):
    for clip in joined(clips, pause=(0.05, 0.2)):
        words = clip.transcript.split()
        assert 3 <= len(words) <= 7
        loud = np.abs(clip.samples) > 0.05
        starts = np.flatnonzero(np.diff(loud.astype(int), prepend=0) == 1)
        factor = {"ann": 1, "bob": 2}[clip.group]
        expected = [LEVELS[word] * factor for word in words]
        np.testing.assert_allclose(clip.samples[starts], expected, atol=1e-6)
        assert loud.sum() == 400 * len(words)


def test_overlaps_add_up(clips):
    (clip,) = joined(clips, 1, parts=(2, 2), pause=(-0.05, -0.05))
    assert len(clip.samples) == 2 * 400 - 200
    first, second = (clip.samples[i] for i in (0, -1))
    np.testing.assert_allclose(clip.samples[200:400], first + second, atol=1e-6)


def test_the_same_generator_joins_the_same(clips):
    for one, other in zip(joined(clips), joined(clips), strict=True):
        assert one.transcript == other.transcript
        np.testing.assert_array_equal(one.samples, other.samples)
    assert [c.transcript for c in joined(clips)] != [c.transcript for c in joined(clips, seed=1)]


def test_a_table_names_what_was_written(clips, tmp_path):
    made = joined(clips, 3)
    table = write_joined(made, tmp_path / "out", "train")
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["transcript"] for row in rows] == [clip.transcript for clip in made]
    assert [row["speaker"] for row in rows] == [clip.group for clip in made]
    samples, rate = read_audio(table.parent / rows[0]["path"])
    assert rate == RATE
    np.testing.assert_allclose(samples, made[0].samples, atol=1e-4)


def test_labels_and_groups_are_needed(clips, tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'speaker'"):
        joined(clips, group="speakers")
    with pytest.raises(DataError, match="no labels"):
        joined(read_clips(tmp_path, pattern="{word}_{speaker}.wav", require_labels=False))
