"""Fair comparison of recognizers: same clips, same split, same budget, a baseline beside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.study._measuring import compare_reading
from recurra.study._running import ComparisonObserver, Record
from recurra.study.cells import DEFAULT_CELLS, check_call
from recurra.study.transcripts._reading import TranscriptReading
from recurra.tasks.comparable_speech import (
    TranscribedClips,
    hold_out,
    prepare_speech,
    read_transcribed,
    resolve_recognizer_settings,
    sound_of_clips,
)

__all__ = ["compare_recognizers"]

_TEST_SHARE = 0.2


def compare_recognizers(
    source: str | Path,
    *,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    test: str | Path | None = None,
    test_share: float = _TEST_SHARE,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    path: str | None = None,
    transcript: str | None = None,
    pattern: str | None = None,
    split_by: str | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several recognizers on the same clips and measure them on the same others.

    The validation clips are the same for all repeats. Beside the networks stands one text for
    every clip: the transcript of the training that is least wrong about the others.

    Args:
        source: A table of sound files and transcripts, see `SpeechRecognizer.fit_source`.
        cells: Which networks: `dense`, `rnn`, `lstm`, `gru`, `birnn`, `bilstm`, `bigru`.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: Fixes the split and the seeds.
        preset: As for `SpeechRecognizer`.
        test: Another table, to measure on.
        test_share: Share of the clips to hold out where there is none.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        path: Column of the paths.
        transcript: Column of the transcripts.
        pattern: How names of files are made, for a folder.
        split_by: Column, such as the speaker, of which no value is in two parts.
        **settings: Settings of `SpeechRecognizer` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such table or file, or a file is not sound.
        DataError: If a clip has no transcript, or there are too few clips.
        MissingDependencyError: If the extra `audio` is not installed.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = check_call(cells, repeats, test_share, settings)
    resolve_recognizer_settings(preset, settings)  # wrong settings are found before sound is read
    columns = {"path": path, "transcript": transcript, "pattern": pattern}
    given = read_transcribed(source, **columns)
    held = None if test is None else read_transcribed(test, **columns)
    if held is None:
        given, held = _split(given, test_share, split_by, seed)
    reading = _read(given, held, settings, preset, split_by, int(seed))
    return compare_reading(reading, chosen, repeats, finished, observer, insight=False)


def _split(
    given: TranscribedClips, share: float, split_by: str | None, seed: int
) -> tuple[TranscribedClips, TranscribedClips]:
    groups = None if split_by is None else given.clips.groups(split_by)
    kept, out = hold_out(len(given), groups, share, int(seed), "test")
    return given.take(kept), given.take(out)


def _read(
    given: TranscribedClips,
    held: TranscribedClips,
    settings: Mapping[str, Any],
    preset: str,
    split_by: str | None,
    seed: int,
) -> TranscriptReading:
    """Compute features, and hold validation clips out once for all trainings."""
    sound = sound_of_clips(given, resolve_recognizer_settings(preset, settings), split_by=split_by)
    share = resolve_recognizer_settings(preset, settings).validation
    rows, others = hold_out(len(sound), sound.groups, share, seed, "validation")
    train, validation = sound.take(rows), sound.take(others)
    resolved = resolve_recognizer_settings(preset, settings, len(train))
    facts = prepare_speech(train, resolved, seed, validation).data
    digest = hashlib.sha256(f"{sound.sha256} {held.sha256()}".encode()).hexdigest()
    data = {
        **facts,
        "sha256": digest,
        "rows": {**facts["rows"], "test": len(held)},
        **({} if split_by is None else {"split_by": split_by}),
    }
    return TranscriptReading(train, validation, held, resolved, preset, dict(settings), data, seed)
