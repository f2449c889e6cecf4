"""Records of a probe, made up."""

from __future__ import annotations

from typing import Any

from recurra.study.probes import PROBLEMS

CELLS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def probe_records(
    tasks: tuple[str, ...] = tuple(PROBLEMS),
    cells: tuple[str, ...] = tuple(CELLS),
    repeats: int = 1,
) -> list[dict[str, Any]]:
    """Make records in which every cell breaks one length later than the one before."""
    lengths = {task: list(PROBLEMS[task].lengths) for task in tasks}
    return [
        _record(task, cell, repeat, lengths)
        for task in tasks
        for cell in cells
        for repeat in range(repeats)
    ]


def _record(task: str, cell: str, repeat: int, lengths: dict[str, list[int]]) -> dict[str, Any]:
    solved = 2 * list(CELLS).index(cell)
    points = [
        {"length": length, "value": 0.02, "chance": 1 / 6, "skill": 0.99 - 0.01 * repeat}
        | {"learnt": place <= solved, "updates": 150, "seconds": 0.5}
        | ({"skill": -3.5, "value": 0.75} if place >= solved else {})
        for place, length in enumerate(lengths[task])
    ]
    return {
        "task": "probe",
        "model": f"{task}/{cell}",
        "name": CELLS[cell],
        "probe": task,
        "cell": cell,
        "repeat": repeat,
        "seed": repeat,
        "kernel": "native (avx2)",
        "training": {"units": 64, "updates": 1500, "batch": 32, "clip": 1.0},
        "specification": {"cell": cell, "units": 64, "learning_rate": 0.01},
        "data": {"name": "classic tests of memory", "lengths": lengths, "rows": {"test": 512}},
        "parameters": 4321,
        "training_seconds": 2.5,
        "points": points,
        "versions": {"recurra": "0.1"},
        "created": "2026-01-01T00:00:00+00:00",
    }
