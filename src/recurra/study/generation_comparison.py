"""Fair comparison of language models: same text, same tokens, n-grams beside."""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recurra.errors import UsageError
from recurra.models import named_weights
from recurra.runtime import LanguageNetwork
from recurra.sequences import EOS_ID, Corpus, read_corpus
from recurra.study._generation_insight import (
    first_words,
    positions,
    samples,
    surprise,
    writing_speed,
)
from recurra.study._generation_ngrams import NgramModel
from recurra.study._generation_readers import LanguageReader, NetworkReader, NgramReader
from recurra.study._memory import PeakMemory
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study.generation_cells import (
    BASELINES,
    DEFAULT_GENERATORS,
    GENERATORS,
    parse_generators,
)
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable_generators import (
    PreparedCorpus,
    TextGenerator,
    kernel_name,
    prepare_corpus,
    resolve_generator_settings,
)

__all__ = ["compare_generators"]

_DATA_IDENTITY = ("sha256", "rows", "level", "vocabulary")
_ORDERS = {"char": 8, "word": 5, "subword": 5}  # five letters are less than a word
_MOST_COUNTED = 20_000_000  # tokens that the n-grams are counted in: the last ones
_FIGURES = (
    "tokens", "characters", "nats_per_token", "perplexity", "bits_per_character", "accuracy",
)  # fmt: skip


@dataclass(frozen=True)
class _Setup:
    """What every model of a comparison shares."""

    prepared: PreparedCorpus
    preset: str
    seed: int
    prompt: str

    @property
    def level(self) -> str:
        return self.prepared.settings.level


def compare_generators(
    source: str | Path | Sequence[str] | Corpus,
    *,
    cells: str | Sequence[str] | None = None,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    text: str | None = None,
    **settings: Any,
) -> list[Record]:
    """Train several language models on the same tokens and measure them on the same text.

    The end of the text tests, what is before it validates. An n-gram model (interpolated
    Kneser-Ney, up to 8 characters or 5 words or subwords) is always among the records.

    Args:
        source: A file, a folder, the name of a dataset, a list of texts, or a `Corpus`.
        cells: Which networks: `rnn`, `lstm`, `gru`; all of them by default.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: The first seed.
        preset: As for `TextGenerator`.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        text: Column of the texts, for a table where it is not obvious.
        **settings: Settings of `TextGenerator` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If the text is too short.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_generators(DEFAULT_GENERATORS if cells is None else cells)
    _check_call(repeats, seed, settings)
    given = {"sample_every": 0, **{k: v for k, v in settings.items() if v is not None}}
    resolved = resolve_generator_settings(preset, given)  # before the text is read
    if resolved.test == 0:
        raise UsageError("a comparison measures on test text; test must be above 0")
    corpus = source if isinstance(source, Corpus) else read_corpus(source, text=text)
    with tempfile.TemporaryDirectory(prefix="recurra-") as folder:
        prepared = prepare_corpus(corpus, resolved, Path(folder), preset=preset)
        contest = _contest(_setup(prepared, preset, seed), chosen, repeats)
        return run_contest(contest, finished, observer or ComparisonObserver())


def _check_call(repeats: int, seed: int, settings: Mapping[str, Any]) -> None:
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise UsageError(f"seed must be a whole number from 0 up, not {seed!r}")
    if settings.get("cell") is not None:
        raise UsageError("cells says what to compare; leave out cell")


def _setup(prepared: PreparedCorpus, preset: str, seed: int) -> _Setup:
    assert prepared.test is not None  # noqa: S101 - the share was checked
    inside = int(prepared.validation.ids[-1]) != EOS_ID
    prompt = first_words(prepared.tokenizer, prepared.test, inside=inside)
    return _Setup(prepared, preset, int(seed), prompt)


def _contest(setup: _Setup, models: Sequence[str], repeats: int) -> Contest:
    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        if name in BASELINES:
            return _measure_ngrams(setup)
        return _measure_network(setup, name, repeat, watchers)

    return Contest(
        runs=[(n, r) for n in models for r in range(1 if n in BASELINES else repeats)],
        expected=lambda name, repeat: _facts(setup, name, repeat),
        measure=measure,
        data=setup.prepared.data,
        identity=_DATA_IDENTITY,
    )


def _facts(setup: _Setup, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    settings = setup.prepared.settings
    shared = {k: v for k, v in settings.to_dict().items() if k != "cell"}
    baseline = name in BASELINES
    return {
        "task": "generate",
        "model": name,
        "name": f"{_ORDERS[setup.level]}-gram" if baseline else GENERATORS[name],
        "repeat": repeat,
        "seed": setup.seed + repeat,
        "kernel": "numpy" if baseline else kernel_name(settings.kernels),
        "training": {
            **asdict(settings.training()),
            "preset_settings": {**shared, "preset": setup.preset},
        },
        "data": setup.prepared.data,
    }


def _measure_ngrams(setup: _Setup) -> Record:
    prepared, order = setup.prepared, _ORDERS[setup.level]
    counted = prepared.train.ids[-_MOST_COUNTED:]
    started = time.perf_counter()
    with PeakMemory() as memory:
        model = NgramModel.fit(counted, prepared.tokenizer.vocabulary_size, order)
    seconds = time.perf_counter() - started
    reader = NgramReader(model, prepared.tokenizer)
    assert prepared.test is not None  # noqa: S101 - the share was checked
    return {
        "metrics": reader.measure(prepared.test),
        **_insight(setup, reader),
        "parameters": model.parameters,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": seconds,
        "tokens_per_second": len(counted) / seconds,
        "peak_memory_mb": memory.mib,
        "history": None,
        "specification": {
            "model": "n-grams, interpolated modified Kneser-Ney",
            "order": model.order,
            "counted": len(counted),
        },
    }


def _measure_network(
    setup: _Setup, name: str, repeat: int, watchers: Sequence[TrainingObserver]
) -> Record:
    settings = replace(setup.prepared.settings, cell=name)
    generator = TextGenerator(seed=setup.seed + repeat)
    with PeakMemory() as memory:
        generator.fit_prepared(replace(setup.prepared, settings=settings), observers=watchers)
    state = generator.training_
    network = LanguageNetwork(generator.specification_, named_weights(generator.model_))
    reader = NetworkReader(network, generator.predictor_)
    seconds = statistics.median(state.seconds)
    return {
        "metrics": {key: _finite(generator.metrics_[key]) for key in _FIGURES},
        **_insight(setup, reader),
        "parameters": int(generator.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": seconds,
        "training_seconds": sum(state.seconds),
        "tokens_per_second": min(len(setup.prepared.train), settings.epoch_tokens) / seconds,
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": generator.specification_.to_dict(),
    }


def _insight(setup: _Setup, reader: LanguageReader) -> Record:
    prepared = setup.prepared
    assert prepared.test is not None  # noqa: S101 - the share was checked
    tokenizer = prepared.tokenizer
    return {
        "positions": positions(reader, prepared.test),
        "samples": samples(reader, setup.prompt, setup.level, setup.seed),
        "surprise": surprise(reader, prepared.test, tokenizer),
        "generated_per_second": writing_speed(reader, tokenizer, setup.prompt, setup.seed),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
