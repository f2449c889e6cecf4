"""Fits and measures one model of a comparison, whatever it reads."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from recurra.study._memory import PeakMemory
from recurra.study._reading import Reading
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study.cells import CLASSIFIERS, cell_options
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import kernel_name

__all__ = ["compare_reading"]

# The digest is of the file; classes, examples and rows tell one choice of columns from another.
_DATA_IDENTITY = ("sha256", "rows", "classes", "examples")
_LATENCY_ROWS = 20


def compare_reading(
    reading: Reading,
    cells: Sequence[str],
    repeats: int,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    *,
    insight: bool = True,
) -> list[Record]:
    """Run the baselines once and every network as often as asked for.

    Args:
        reading: The data, and how models read them.
        cells: Names of networks, see `CLASSIFIERS`.
        repeats: Trainings of each network.
        finished: Records of an interrupted comparison.
        observer: Told how it goes on.
        insight: Whether to look into each trained network.

    Raises:
        CheckpointError: If `finished` is of another comparison.
    """

    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        if name in reading.baselines:
            return _measure_baseline(reading, name)
        return _measure_network(reading, name, repeat, watchers, insight=insight)

    contest = Contest(
        runs=[
            *((name, 0) for name in reading.baselines),
            *((name, repeat) for name in cells for repeat in range(repeats)),
        ],
        expected=lambda name, repeat: _facts(reading, name, repeat),
        measure=measure,
        data=reading.data,
        identity=_DATA_IDENTITY,
    )
    return run_contest(contest, finished, observer or ComparisonObserver())


def _facts(reading: Reading, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    shown, kernel = reading.baselines.get(name) or (
        CLASSIFIERS[name][0],
        kernel_name(reading.settings.kernels),
    )
    settings = reading.settings.to_dict()
    return {
        "task": reading.task,
        "model": name,
        "name": shown,
        "repeat": repeat,
        "seed": reading.seed + repeat,
        "kernel": kernel,
        "training": {**asdict(reading.settings.training()), "preset_settings": settings},
        "data": reading.data,
    }


def _measure_baseline(reading: Reading, name: str) -> Record:
    started = time.perf_counter()
    with PeakMemory() as memory:
        fitted = reading.fit_baseline(name)
    seconds = time.perf_counter() - started
    return {
        **reading.measure(fitted),
        "parameters": fitted.parameters,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": seconds,
        "prediction_milliseconds": _latency(reading, fitted.single),
        "peak_memory_mb": memory.mib,
        "history": None,
        "specification": fitted.specification(),
    }


def _measure_network(
    reading: Reading,
    name: str,
    repeat: int,
    watchers: Sequence[TrainingObserver],
    *,
    insight: bool,
) -> Record:
    with PeakMemory() as memory:
        trained = reading.fit_network(cell_options(name), reading.seed + repeat, watchers)
    state = trained.state
    return {
        **reading.measure(trained),
        "parameters": trained.parameters,
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": statistics.median(state.seconds),
        "training_seconds": sum(state.seconds),
        "prediction_milliseconds": _latency(reading, trained.single),
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": trained.specification(),
        **({"insight": reading.insight(trained)} if insight else {}),
    }


def _latency(reading: Reading, predict: Callable[[list[Any]], Any]) -> float:
    """Return the median milliseconds for one row, from its raw form to its answer."""
    rows = reading.samples(_LATENCY_ROWS)
    predict(rows[:1])
    times = []
    for row in rows:
        started = time.perf_counter()
        predict([row])
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
