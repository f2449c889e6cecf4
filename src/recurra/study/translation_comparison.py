"""Fair comparison of translators: same pairs, same split, same tokens, baselines beside."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from recurra.errors import DataError, UsageError
from recurra.sequences import PairTable
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study._translation_baselines import share_of_shared_words
from recurra.study._translation_measuring import (
    TranslationSetup,
    measure_baseline,
    measure_translator,
)
from recurra.study.translation_cells import (
    BASELINES,
    DEFAULT_TRANSLATORS,
    TRANSLATORS,
    parse_translators,
)
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable_translators import (
    PreparedPairs,
    kernel_name,
    open_pairs,
    prepare_pairs,
    resolve_translator_settings,
    split_pairs,
)

__all__ = ["compare_translators"]

_DATA_IDENTITY = ("sha256", "rows", "level", "vocabulary", "max_length")
_DECIDED_BY_CELL = ("cell", "attention")
_SHARED_WORDS = 0.2
"""Where targets share more of their words with their sources, a copy stands beside."""
_SAMPLE = 500  # targets that decide between characters and subwords


def compare_translators(
    source: str | Path | PairTable,
    *,
    cells: str | Sequence[str] | None = None,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    target_file: str | Path | None = None,
    source_column: str | None = None,
    target_column: str | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several translators on the same pairs and measure them on the same others.

    A dataset's own parts are used where there are some. The target of the nearest training source
    is always among the records; a copy of the source where targets share a fifth of their words
    with their sources, or where it is asked for.

    Args:
        source: A path, the name of a dataset, or a `PairTable`.
        cells: Which networks: `rnn`, `lstm`, `gru`, `noattention` (a GRU without attention); the
            first three by default.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: The first seed, and that of the split.
        preset: As for `Translator`.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        target_file: The targets, where `source` is a file of one text a line.
        source_column: Column of the sources, where it is not obvious.
        target_column: Column of the targets, where it is not obvious.
        **settings: Settings of `Translator` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If there are too few pairs.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_translators(DEFAULT_TRANSLATORS if cells is None else cells)
    _check_call(repeats, seed, settings)
    resolve_translator_settings(preset, settings)  # before the pairs are read
    dataset = open_pairs(
        source,
        target_file=target_file,
        source_column=source_column,
        target_column=target_column,
    )
    setup = _prepare(dataset, settings, preset, int(seed))
    contest = _contest(setup, _with_copy(chosen, setup.prepared), repeats)
    return run_contest(contest, finished, observer or ComparisonObserver())


def _check_call(repeats: int, seed: int, settings: Mapping[str, Any]) -> None:
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise UsageError(f"seed must be a whole number from 0 up, not {seed!r}")
    for name in _DECIDED_BY_CELL:
        if settings.get(name) is not None:
            raise UsageError(f"cells says what to compare; leave out {name}")


def _prepare(dataset: Any, given: Mapping[str, Any], preset: str, seed: int) -> TranslationSetup:
    settings = resolve_translator_settings(preset, given)
    split = split_pairs(dataset, validation=settings.validation, test=settings.test, seed=seed)
    if not len(split.test):
        raise DataError(f"{dataset.name} has no test pairs to measure on; test must be above 0")
    settings = resolve_translator_settings(preset, given, split.train.targets[:_SAMPLE])
    prepared = prepare_pairs(split, settings, preset=preset, seed=seed)
    for sentence in prepared.warnings:
        warnings.warn(sentence, stacklevel=3)
    # Said once, not by every network.
    return TranslationSetup(replace(prepared, warnings=()), preset, seed)


def _with_copy(models: tuple[str, ...], prepared: PreparedPairs) -> tuple[str, ...]:
    """Add the copy where sources and targets seem to be of one language."""
    train = prepared.split.train
    if "copy" in models or share_of_shared_words(train.sources, train.targets) < _SHARED_WORDS:
        return models
    return (models[0], "copy", *models[1:])


def _contest(setup: TranslationSetup, models: Sequence[str], repeats: int) -> Contest:
    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        if name in BASELINES:
            return measure_baseline(setup, name)
        return measure_translator(setup, name, repeat, watchers)

    return Contest(
        runs=[(n, r) for n in models for r in range(1 if n in BASELINES else repeats)],
        expected=lambda name, repeat: _facts(setup, name, repeat),
        measure=measure,
        data=setup.prepared.data,
        identity=_DATA_IDENTITY,
    )


def _facts(setup: TranslationSetup, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    settings = setup.prepared.settings
    shared = {k: v for k, v in settings.to_dict().items() if k not in _DECIDED_BY_CELL}
    return {
        "task": "translate",
        "model": name,
        "name": TRANSLATORS[name],
        "repeat": repeat,
        "seed": setup.seed + repeat,
        "kernel": "numpy" if name in BASELINES else kernel_name(settings.kernels),
        "training": {
            **asdict(settings.training()),
            "preset_settings": {**shared, "preset": setup.preset},
        },
        "data": setup.prepared.data,
    }
