"""Comparisons of recognizers: same clips, same split, one text for all beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recurra.errors import CheckpointError, TrainingError, UnknownNameError, UsageError
from recurra.report.results import check_results
from recurra.study import compare_recognizers
from recurra.study.transcripts import _reading, comparison
from recurra.study.transcripts._baseline import typical_transcript
from recurra.study.transcripts.summary import summarise_recognizers
from recurra.study.transcripts.verdict import transcript_verdict

pytest.importorskip("jiwer")
SMALL: dict[str, Any] = {"epochs": 1, "units": 3, "layers": 1, "mels": 8, "seed": 2}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of tones, high and low, of three speakers."""
    wave = pytest.importorskip("soundfile")
    folder = tmp_path_factory.mktemp("tones")
    generator = np.random.default_rng(1)
    time = np.arange(1600) / 8000
    lines = ["path,transcript,speaker"]
    for row in range(24):
        heard = generator.integers(2, size=1 + row % 3)
        tones = [0.3 * np.sin(2 * np.pi * (300, 900)[tone] * time) for tone in heard]
        wave.write(folder / f"{row}.wav", np.concatenate(tones), 8000)
        lines.append(f"{row}.wav,{' '.join(('low', 'high')[t] for t in heard)},s{row % 3}")
    written = folder / "tones.csv"
    written.write_text("\n".join(lines))
    return written


@pytest.fixture(scope="module")
def records(table: Path) -> list[dict[str, Any]]:
    return compare_recognizers(table, cells="gru", repeats=2, **SMALL)


def test_the_baseline_comes_first_and_every_record_is_json(records):
    assert [record["model"] for record in records] == ["constant", "gru", "gru"]
    assert {record["task"] for record in records} == {"transcribe"}
    assert json.loads(json.dumps(records)) == records
    check_results(records)


def test_every_model_hears_the_same_clips(records):
    rows = records[0]["data"]["rows"]
    assert (rows["test"], sum(rows.values())) == (5, 24)
    for record in records:
        assert record["data"] == records[0]["data"]
        assert record["words"] == records[0]["words"]
        low, high = record["word_error_rate_interval"]
        assert low <= record["word_error_rate"] <= high


def test_repeats_differ_by_their_seed_alone(records):
    first, again = records[1:]
    assert (first["seed"], again["seed"]) == (2, 3)
    assert first["history"]["loss"] != again["history"]["loss"]


def test_shown_transcripts_are_the_worst_and_those_without_error(records):
    for record in records:
        shown = record["transcripts"]
        assert all(one["said"].split() != one["written"].split() for one in shown["worst"])
        assert all(one["said"].split() == one["written"].split() for one in shown["best"])
        assert shown["worst"] or record["word_error_rate"] == 0


def test_finished_trainings_are_kept_and_those_of_other_clips_refused(table, records, monkeypatch):
    def fail(*_: object) -> None:
        pytest.fail("trained again")

    monkeypatch.setattr(_reading.TranscriptReading, "fit_network", fail)
    monkeypatch.setattr(_reading.TranscriptReading, "fit_baseline", fail)
    options = {"cells": "gru", "repeats": 2, "finished": records, **SMALL}
    assert compare_recognizers(table, **options) == records
    other = table.with_name("other.csv")
    other.write_text(table.read_text().replace("0.wav,", "1.wav,", 1))
    with pytest.raises(CheckpointError, match="another comparison: data differ"):
        compare_recognizers(other, **options)


def test_no_speaker_is_in_two_parts(table, monkeypatch):
    monkeypatch.setattr(comparison, "compare_reading", lambda reading, *_, **__: [reading])
    (reading,) = compare_recognizers(table, split_by="speaker", test_share=0.3, **SMALL)
    assert reading.data["rows"] == {"train": 8, "validation": 8, "test": 8}
    assert reading.data["split_by"] == "speaker"
    speakers = set(reading.test.clips.fields["speaker"])
    assert not speakers & {*reading.train.groups, *reading.validation.groups}
    assert not set(reading.train.groups) & set(reading.validation.groups)


def test_all_repeats_stop_on_the_same_clips_and_learn_from_the_others(table, monkeypatch):
    seen = []

    def fit_sound(self, sound, *, validation, observers):
        seen.append((sound.sha256, sound.transcripts, validation.transcripts))
        raise TrainingError("enough")

    monkeypatch.setattr(_reading.SpeechRecognizer, "fit_sound", fit_sound)
    monkeypatch.setattr(comparison, "compare_reading", lambda reading, *_, **__: [reading])
    (reading,) = compare_recognizers(table, **SMALL)
    for seed in (2, 3):
        with pytest.raises(TrainingError):
            reading.fit_network({"cell": "gru"}, seed, ())
    assert seen[0] == seen[1]
    assert (len(seen[0][1]), len(seen[0][2])) == (17, 2)


def test_the_typical_transcript_is_least_wrong_about_the_others():
    assert typical_transcript(["a b c", "a b d", "a b", "x y z"]) == "a b"


def test_sentences_compare_with_one_text_and_speak_of_voices(records):
    said = str(transcript_verdict(summarise_recognizers(records)))
    assert "Writing one text for every clip has" in said
    assert "may have the voices of the training" in said
    grouped = str(transcript_verdict(summarise_recognizers(records), grouped=True))
    assert "voices" not in grouped


def test_wrong_options_are_found_before_sound_is_read():
    for options, message in (
        ({"cells": "gru", "cell": "gru"}, "cells says what to compare; leave out cell"),
        ({"repeats": 0}, "repeats must be 1 or more"),
        ({"test_share": 0.0}, "a share between 0 and 1"),
    ):
        with pytest.raises(UsageError, match=message):
            compare_recognizers("no such table", **options)
    with pytest.raises(UnknownNameError, match="unknown cell 'grue'"):
        compare_recognizers("no such table", cells="grue")
