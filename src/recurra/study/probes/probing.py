"""Stress tests of memory: each cell trained on classic tasks at growing lengths until it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from recurra.errors import UnknownNameError, UsageError
from recurra.kernels import kernel_for
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study.cells import parse_cells
from recurra.study.probes._network import CELLS
from recurra.study.probes._training import MEASURED, SOLVED, Budget, climb
from recurra.study.probes.problem import Problem
from recurra.study.probes.problems import PROBLEMS
from recurra.tasks import TrainingObserver

__all__ = ["ProbeObserver", "parse_problems", "probe"]

_LONGEST = 4096
_BATCH, _CLIP = 32, 1.0
_LEARNING_RATES = {"rnn": 3e-3, "lstm": 1e-2, "gru": 1e-2}


class ProbeObserver(ComparisonObserver):
    """Told how a probe goes on; the base does nothing."""

    def learning(self, run: str, length: int, updates: int, most: int, skill: float) -> None:
        """A network has made some of its steps at a length."""


@dataclass(frozen=True)
class _Setup:
    """What all networks of a probe share."""

    lengths: Mapping[str, tuple[int, ...]]
    units: int
    updates: int
    seed: int

    def budget(self, cell: str) -> Budget:
        rate = _LEARNING_RATES[cell]
        return Budget(self.units, _BATCH, self.updates, learning_rate=rate, clip=_CLIP)


def probe(
    cells: str | Sequence[str] | None = None,
    tasks: str | Sequence[str] | None = None,
    lengths: Sequence[int] | None = None,
    *,
    units: int = 64,
    updates: int = 1500,
    repeats: int = 1,
    seed: int = 0,
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ProbeObserver | None = None,
) -> list[Record]:
    """Train cells on the classic tests of memory, and find the length at which each breaks.

    Every network is one recurrent layer with a linear readout, trained by Adam on fresh examples.
    A length goes on with the weights of the one before; where one is not solved, the longer ones
    are measured without further learning. Steps run on the fused kernels, nothing is compiled.

    Args:
        cells: `rnn`, `lstm`, `gru`; all by default.
        tasks: `adding`, `copy`, `order`, `parity`, `arithmetic`, `digits`; all by default.
        lengths: Lengths of every task but digits, which has its own; each task's by default.
        units: Width of the state.
        updates: The most training steps at one length.
        repeats: Trainings of each network, from different seeds.
        seed: The first seed.
        finished: Records of an interrupted probe with the same settings, which are kept.
        observer: Told how the probe goes on.

    Returns:
        One record for each task, cell and repeat, JSON values: under `points`, for each length,
        `value` (squared error, or share of right answers), `chance`, and `skill`, the share of
        what chance gets wrong that is right.

    Raises:
        UnknownNameError: If a cell or task is unknown.
        UsageError: If a length or number cannot be used.
        CheckpointError: If `finished` is of another probe.
    """
    chosen = parse_cells(tuple(CELLS) if cells is None else tuple(_names(cells)), CELLS)
    names = parse_problems(tasks)
    _check_numbers(units=units, updates=updates, repeats=repeats)
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise UsageError(f"seed must be a whole number from 0 up, not {seed!r}")
    found = {name: _lengths(name, lengths) for name in names}
    watcher = observer or ProbeObserver()
    contest = _contest(_Setup(found, units, updates, int(seed)), chosen, repeats, watcher)
    return run_contest(contest, finished, watcher)


def parse_problems(tasks: str | Sequence[str] | None) -> tuple[str, ...]:
    """Check the names of tasks; all of them for None.

    Raises:
        UnknownNameError: If a name is unknown.
        UsageError: If there is none, or one comes twice.
    """
    chosen = tuple(PROBLEMS) if tasks is None else tuple(_names(tasks))
    for name in chosen:
        if name not in PROBLEMS:
            raise UnknownNameError("task", name, PROBLEMS)
    if not chosen or len(set(chosen)) != len(chosen):
        raise UsageError(f"name each task once, not {','.join(chosen) or 'none'}")
    return chosen


def _names(given: str | Sequence[str]) -> list[str]:
    parts = given.split(",") if isinstance(given, str) else given
    return [part.strip().lower() for part in parts if part.strip()]


def _check_numbers(**numbers: int) -> None:
    for name, value in numbers.items():
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise UsageError(f"{name} must be a whole number from 1 up, not {value!r}")


def _lengths(name: str, given: Sequence[int] | None) -> tuple[int, ...]:
    """Return the lengths of a task, growing."""
    problem = PROBLEMS[name]
    if given is None or not problem.grows:
        return problem.lengths
    lengths = tuple(given)
    for length in lengths:
        _check_numbers(length=length)
    if not lengths or len(set(lengths)) != len(lengths):
        raise UsageError(f"name each length once, not {','.join(map(str, lengths)) or 'none'}")
    if min(lengths) < problem.shortest or max(lengths) > _LONGEST:
        raise UsageError(
            f"lengths of the task {name!r} are from {problem.shortest} to {_LONGEST} "
            f"{problem.unit}, not {', '.join(map(str, sorted(lengths)))}"
        )
    return tuple(sorted(map(int, lengths)))


def _contest(setup: _Setup, cells: Sequence[str], repeats: int, observer: ProbeObserver) -> Contest:
    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        del watchers
        return _measure(setup, name, repeat, observer)

    return Contest(
        runs=[(f"{task}/{cell}", r) for task in setup.lengths for cell in cells
              for r in range(repeats)],
        expected=lambda name, repeat: _facts(setup, name, repeat),
        measure=measure,
        data=_data(setup),
        identity=("lengths",),
    )  # fmt: skip


def _data(setup: _Setup) -> dict[str, Any]:
    return {
        "name": "classic tests of memory",
        "source": "drawn by chance; digits: scikit-learn",
        "lengths": {task: list(lengths) for task, lengths in setup.lengths.items()},
        "rows": {"test": MEASURED},
    }


def _facts(setup: _Setup, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    task, cell = name.split("/")
    shared = {"units": setup.units, "updates": setup.updates, "batch": _BATCH, "clip": _CLIP}
    return {
        "task": "probe",
        "model": name,
        "name": CELLS[cell].name,
        "probe": task,
        "cell": cell,
        "repeat": repeat,
        "seed": setup.seed + repeat,
        "kernel": kernel_for(),
        "training": {**shared, "optimizer": "Adam", "solved": SOLVED, "preset_settings": shared},
        "specification": {
            "cell": cell,
            "units": setup.units,
            "learning_rate": _LEARNING_RATES[cell],
        },
        "data": _data(setup),
    }


def _measure(setup: _Setup, name: str, repeat: int, observer: ProbeObserver) -> Record:
    task, cell = name.split("/")
    problem: Problem = PROBLEMS[task]
    generator = np.random.default_rng([setup.seed + repeat, *name.encode()])
    started = perf_counter()
    parameters, points = climb(
        problem,
        task,
        cell,
        setup.lengths[task],
        setup.budget(cell),
        generator,
        lambda length, updates, skill: observer.learning(
            name, length, updates, setup.updates, skill
        ),
    )
    return {
        "parameters": parameters,
        "training_seconds": perf_counter() - started,
        "points": points,
    }
