"""The kernels against Keras's own on this machine: correctness first, then times in turns.

Two paths take turns at the same work, so that whatever else the machine does meets both; what
counts are the ratios of their medians.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from recurra import kernels
from recurra.errors import UsageError
from recurra.study._machine import machine_facts
from recurra.study.bench_cases import BATCHES, BENCH_CASES, GATES, BenchSizes
from recurra.study.bench_checks import Check
from recurra.study.bench_entry import EntryCall, check_entry, entry_calls
from recurra.study.bench_networks import (
    Pair,
    build_pair,
    check_pair,
    predict_batch,
    step_seconds,
)
from recurra.study.bench_results import BenchResult, EntryTimes, NetworkTimes, Race, Times
from recurra.study.cells import parse_cells

__all__ = ["BenchObserver", "bench_kernels"]

Samples: TypeAlias = dict[str, list[float]]

DEFAULT_ROUNDS = 10
_TURN = 0.25  # seconds of training in a turn, where the limits on its steps allow it
_FEWEST_STEPS = 3
_LONG_STEP = 0.5  # seconds; of such steps one is enough
_SPINNING = 0.3  # seconds
_WARMING = 0.1  # seconds
_SAMPLE = 2e-3  # seconds; calls of the NumPy entry are counted together up to this


class BenchObserver:
    """Told how a benchmark goes on; the base does nothing."""

    def planned(self, checks: int, turns: int) -> None:
        """So many groups of checks and then so many turns follow."""

    def check_started(self, subject: str) -> None:
        """A group of checks starts."""

    def check_ended(self, subject: str) -> None:
        """A group of checks has been passed."""

    def turn_ended(self, subject: str) -> None:
        """A turn of both paths is done."""


def bench_kernels(
    cells: str | Sequence[str] = tuple(BENCH_CASES),
    sizes: BenchSizes | None = None,
    *,
    rounds: int = DEFAULT_ROUNDS,
    observer: BenchObserver | None = None,
) -> BenchResult:
    """Measure the core against Keras's own path, training and prediction, and the NumPy entry.

    First every case is computed on both paths, which must agree; only then times are taken.

    Args:
        cells: Names of `BENCH_CASES`, or one string with commas.
        sizes: Sizes of the networks.
        rounds: Turns of each path.
        observer: Told how it goes on.

    Returns:
        Medians and ratios, and the checks that were passed.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is nothing to measure; says why.
        KernelMismatchError: If the core computes something else than Keras or the reference.
    """
    names = parse_cells(cells if isinstance(cells, str) else list(cells), BENCH_CASES)
    sizes, observer = sizes or BenchSizes(), observer or BenchObserver()
    if rounds < 1:
        raise UsageError(f"rounds must be 1 or more, not {rounds}")
    if not kernels.instruction_sets():
        raise UsageError(f"there is nothing to measure: {kernels.kernel_for()}")
    entry_cells = [cell for cell in GATES if any(BENCH_CASES[n].layer == cell for n in names)]
    calls = [call for cell in entry_cells for call in entry_calls(cell, sizes)]
    observer.planned(len(entry_cells) + len(names), len(names) * rounds + len(calls))
    pairs, checks = _checked(names, entry_cells, sizes, observer)
    networks = [_time_network(n, pairs[n], sizes, rounds, observer) for n in names]
    entries = [_time_entry(call, sizes, rounds, observer) for call in calls]
    return BenchResult(machine_facts(), sizes, rounds, checks, networks, entries)


def _checked(
    names: Sequence[str], entry_cells: Sequence[str], sizes: BenchSizes, observer: BenchObserver
) -> tuple[dict[str, Pair], list[Check]]:
    """Build every pair of networks and compare all results."""
    checks: list[Check] = []
    for cell in entry_cells:
        with _told(observer, f"NumPy entry, {cell}"):
            checks += check_entry(cell, sizes)
    pairs = {}
    for name in names:
        with _told(observer, BENCH_CASES[name].title(sizes)):
            pairs[name] = build_pair(BENCH_CASES[name], sizes)
            checks += check_pair(pairs[name])
    return pairs, checks


@contextlib.contextmanager
def _told(observer: BenchObserver, subject: str) -> Iterator[None]:
    observer.check_started(subject)
    yield
    observer.check_ended(subject)


def _time_network(
    name: str, pair: Pair, sizes: BenchSizes, rounds: int, observer: BenchObserver
) -> NetworkTimes:
    steps = _steps_in_a_turn(pair)
    training: Samples = {"theirs": [], "ours": []}
    prediction: Samples = {"theirs": [], "ours": []}
    for _ in range(rounds):
        for who in ("theirs", "ours"):
            network = getattr(pair, who)
            with pair.path(network):
                training[who].append(step_seconds(network, pair.batches, steps))
                calls = [partial(predict_batch, network, pair.batches, k) for k in range(steps)]
                prediction[who] += map(_seconds, calls)
        observer.turn_ended(pair.title)
    units = BENCH_CASES[name].units_at(sizes)
    return NetworkTimes(name, pair.title, units, _race(training), _race(prediction))


def _steps_in_a_turn(pair: Pair) -> int:
    """Return how many steps Keras's own path takes in a turn's time; the core takes as many."""
    with pair.path(pair.theirs):
        seconds = step_seconds(pair.theirs, pair.batches, 1)
    fewest = _FEWEST_STEPS if seconds < _LONG_STEP else 1
    return int(np.clip(_TURN / max(seconds, _SAMPLE), fewest, BATCHES))


def _time_entry(
    call: EntryCall, sizes: BenchSizes, rounds: int, observer: BenchObserver
) -> EntryTimes:
    # Not in turns: for a while after each product of matrices, NumPy's threads wait by spinning.
    seconds: Samples = {}
    for who, path in {"ours": call.core, "theirs": call.reference}.items():
        time.sleep(_SPINNING)
        count = _calls_in_a_sample(path)
        seconds[who] = [_seconds(path, count) / count for _ in range(rounds)]
    observer.turn_ended(f"NumPy entry, {call.cell}")
    return EntryTimes(call.cell, sizes.units, call.batch, call.steps, _race(seconds))


def _calls_in_a_sample(path: Callable[[], Any]) -> int:
    """Return how many calls make a sample, once new threads have found processors of their own."""
    end = time.perf_counter() + _WARMING
    while time.perf_counter() < end:
        path()
    return int(np.clip(_SAMPLE / _seconds(path), 1, 1000))


def _seconds(call: Callable[[], Any], times: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - started


def _race(seconds: Samples) -> Race:
    return Race(Times.of(seconds["theirs"]), Times.of(seconds["ours"]))
