"""Fair comparison of networks over series and sound: the same as for texts, read another way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recurra.errors import UsageError
from recurra.sequences.audio import compute_frames, read_audio, resolve_clips
from recurra.sequences.collections import SequenceCollection
from recurra.study._measuring import compare_reading
from recurra.study._running import ComparisonObserver, Record
from recurra.study.cells import DEFAULT_CELLS, check_call
from recurra.study.sequences._data import length_facts, shown_examples
from recurra.study.sequences._reading import NumberReading, SeriesReading, SoundReading
from recurra.tasks.comparable_sequences import (
    CollectionSplit,
    PreparedSequences,
    SequenceExamples,
    clip_examples,
    common_clip_rate,
    labelled_collection,
    labelled_sequences,
    numbered_collection,
    numbered_sequences,
    open_collection_split,
    prepare_sequences,
    resolve_audio_settings,
    resolve_settings,
    split_clips,
    split_examples,
)

__all__ = ["compare_regressors", "compare_series", "compare_sounds"]

_TEST_SHARE = 0.2
_LATENCY_CLIPS = 20


def compare_series(
    source: str | Path | SequenceCollection | tuple[Any, Any],
    *,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    insight: bool = True,
    test_share: float = _TEST_SHARE,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    reading: Mapping[str, Any] | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several classifiers of series on the same data and measure them in the same way.

    A source's own test part is used where there is one, otherwise some sequences are held out: by
    group where there are groups, else stratified. Beside the networks stand logistic regression on
    summary statistics and, with the extra `baselines` and where it does not take minutes, the
    nearest neighbour under dynamic time warping.

    Args:
        source: What `read_collection` reads, a collection, or a pair of sequences and labels.
        cells: Which networks: `dense`, `rnn`, `lstm`, `gru`, `birnn`, `bilstm`, `bigru`.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: Fixes the split and the seeds.
        preset: As for `SequenceClassifier`.
        insight: Whether to look into each trained network.
        test_share: Share to hold out where the source has no test part.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        reading: Arguments of `read_collection`, such as the columns.
        **settings: Settings of `SequenceClassifier` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If sequences cannot be used, or do not suffice.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = check_call(cells, repeats, test_share, settings)
    resolve_settings(preset, settings)  # wrong settings are found before the data are read
    split = _open(source, labelled_collection, labelled_sequences, test_share, seed, reading)
    assert split.test is not None  # noqa: S101 - a share above 0 was asked for
    resolved = resolve_settings(preset, settings, [row.shape for row in split.train.values])
    prepared = prepare_sequences(split.train, resolved, seed)
    data = _data(prepared, split.train, split.test, split.facts, resolved.batch_size)
    read = SeriesReading(prepared, resolved, split.train, split.test, data, seed)
    return compare_reading(read, chosen, repeats, finished, observer, insight=insight)


def compare_regressors(
    source: str | Path | SequenceCollection | tuple[Any, Any],
    *,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    insight: bool = True,
    test_share: float = _TEST_SHARE,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    reading: Mapping[str, Any] | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several regressors of series on the same data and measure them in the same way.

    Beside the networks stand the mean of the training's numbers, and ridge regression on summary
    statistics.

    Args:
        source: What `read_collection` reads, a collection, or a pair of sequences and numbers.
        cells: As for `compare_series`; so are all others.
        repeats: Trainings of each network.
        seed: Fixes the split and the seeds.
        preset: As for `SequenceRegressor`.
        insight: Whether to look into each trained network.
        test_share: Share to hold out where the source has no test part.
        finished: Records of an interrupted comparison.
        observer: Told how the comparison goes on.
        reading: Arguments of `read_collection`.
        **settings: Settings of `SequenceRegressor` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values.

    Raises:
        RecurraError: As `compare_series`.
    """
    chosen = check_call(cells, repeats, test_share, settings)
    resolve_settings(preset, settings)
    split = _open(source, numbered_collection, numbered_sequences, test_share, seed, reading)
    assert split.test is not None  # noqa: S101 - a share above 0 was asked for
    resolved = resolve_settings(preset, settings, [row.shape for row in split.train.values])
    prepared = prepare_sequences(split.train, resolved, seed)
    data = _data(prepared, split.train, split.test, split.facts, resolved.batch_size)
    read = NumberReading(prepared, resolved, split.train, split.test, data, seed)
    return compare_reading(read, chosen, repeats, finished, observer, insight=insight)


def compare_sounds(
    source: str | Path,
    *,
    cells: str | Sequence[str] = DEFAULT_CELLS,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    insight: bool = True,
    test_share: float = _TEST_SHARE,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    pattern: str | None = None,
    path: str | None = None,
    label: str | None = None,
    split_by: str | None = None,
    test: Sequence[str] = (),
    rate: int | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several classifiers of sound on the same data and measure them in the same way.

    Args:
        source: As for `AudioClassifier.fit_source`.
        cells: As for `compare_series`; so are all others but these:
        repeats: Trainings of each network.
        seed: Fixes the split and the seeds.
        preset: As for `AudioClassifier`.
        insight: Whether to look into each trained network.
        test_share: Share to hold out where nothing else says which.
        finished: Records of an interrupted comparison.
        observer: Told how the comparison goes on.
        pattern: How names of files are made.
        path: Column of the paths, in a table.
        label: Column or field of the labels.
        split_by: A field, such as `speaker`, none of whose values is in both parts.
        test: Values of that field to hold out.
        rate: Samples in a second; the most frequent of the clips when `None`.
        **settings: Settings of `AudioClassifier` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values.

    Raises:
        SourceError: If there is no such source, or a file cannot be read as sound.
        RecurraError: As `compare_series`.
    """
    chosen = check_call(cells, repeats, test_share, settings)
    resolve_audio_settings(preset, settings)
    dataset = resolve_clips(source, pattern=pattern, path=path, label=label)
    split = split_clips(dataset, split_by=split_by, test=test, test_share=test_share, seed=seed)
    if split.test is None:
        raise UsageError("nothing is held out to measure on; give a share to hold out")
    resolved = resolve_audio_settings(preset, settings, len(split.train))
    features = resolved.features(common_clip_rate(split.train) if rate is None else rate)
    frames = [compute_frames(clips, features) for clips in (split.train, split.test)]
    train = clip_examples(split.train, frames[0], split_by=split_by)
    held_out = clip_examples(split.test, frames[1], classes=train.classes)
    prepared = prepare_sequences(train, resolved, seed, derive=features.derive)
    facts = {"name": dataset.name, "sha256": train.sha256, **split.facts}
    data = _data(prepared, train, held_out, facts, resolved.batch_size)
    data |= {"rate": features.rate, "frame_seconds": features.hop_samples / features.rate}
    sounds = tuple(read_audio(one) for one in split.test.paths[:_LATENCY_CLIPS])
    read = SoundReading(prepared, resolved, train, held_out, data, seed, features, sounds)
    return compare_reading(read, chosen, repeats, finished, observer, insight=insight)


def _open(
    source: Any,
    of_collection: Any,
    of_pair: Any,
    share: float,
    seed: int,
    reading: Mapping[str, Any] | None,
) -> CollectionSplit:
    if not isinstance(source, tuple):
        return open_collection_split(
            source,
            lambda found, training: (
                of_collection(found)
                if training is None or training.classes is None
                else of_collection(found, training.classes)
            ),
            test_share=share,
            seed=seed,
            **(reading or {}),
        )
    whole: SequenceExamples = of_pair(*source)
    kept, held = split_examples(whole, share, np.random.default_rng([seed, *b"test"]))
    facts: dict[str, Any] = {"name": whole.name, "source": whole.name, "sha256": whole.sha256}
    facts["test_is_official"] = False
    return CollectionSplit(whole.take(kept, "train"), whole.take(held, "test"), facts)


def _data(
    prepared: PreparedSequences,
    train: SequenceExamples,
    test: SequenceExamples,
    facts: Mapping[str, Any],
    batch_size: int,
) -> dict[str, Any]:
    """Return the `data` of all records."""
    lengths = prepared.inputs.lengths[prepared.train]
    named = {
        name: facts[name]
        for name in ("name", "source", "sha256", "test_is_official", "split_by", "test_groups")
        if facts.get(name) is not None
    }
    return {
        **prepared.data,
        **named,
        "rows": {**prepared.data["rows"], "test": len(test)},
        **length_facts(lengths, batch_size),
        "examples": shown_examples(train, prepared.train.tolist()),
    }
