"""The loop of every comparison: what is finished is kept, the rest is measured in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recurra.errors import CheckpointError
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import now, versions

__all__ = ["ComparisonObserver", "Contest", "Record", "run_contest"]

Record = dict[str, Any]


class ComparisonObserver:
    """Told how a comparison goes on; the base does nothing."""

    def prepared(self, data: dict[str, Any], runs: int) -> None:
        """The data are read; `runs` models follow."""

    def run_started(self, name: str, repeat: int) -> list[TrainingObserver]:
        """A model starts; returns who is told about its training."""
        del name, repeat
        return []

    def run_ended(self, record: Record, records: list[Record]) -> None:
        """A model is done; `records` holds all so far."""


@dataclass(frozen=True)
class Contest:
    """What a comparison runs.

    Attributes:
        runs: Model and repeat of each run, in order.
        expected: Says what is known of a run before it starts.
        measure: Trains and measures one run.
        data: The `data` of all records.
        identity: Which entries of `data` tell one comparison from another.
    """

    runs: Sequence[tuple[str, int]]
    expected: Callable[[str, int], Record]
    measure: Callable[[str, int, Sequence[TrainingObserver]], Record]
    data: dict[str, Any]
    identity: Sequence[str]


def run_contest(
    contest: Contest, finished: Sequence[Mapping[str, Any]], observer: ComparisonObserver
) -> list[Record]:
    """Measure what is not finished.

    Args:
        contest: What to run.
        finished: Records of an interrupted comparison with the same data and settings.
        observer: Told how it goes on.

    Returns:
        One record for each run, in order.

    Raises:
        CheckpointError: If `finished` is of another comparison.
    """
    records: list[Record] = []
    _check_same_comparison(contest, finished)
    done = {_identity(record): dict(record) for record in finished}
    observer.prepared(contest.data, len(contest.runs))
    for name, repeat in contest.runs:
        expected = contest.expected(name, repeat)
        record = done.get(_identity(expected))
        if record is None:
            measured = contest.measure(name, repeat, observer.run_started(name, repeat))
            record = {**expected, **measured, "versions": versions(), "created": now()}
        records.append(record)
        observer.run_ended(record, records)
    return records


def _check_same_comparison(contest: Contest, finished: Sequence[Mapping[str, Any]]) -> None:
    """Refuse records of other data, settings or seed, which would stand beside the new ones."""
    if not finished:
        return
    was = _conditions(finished[0], contest.identity)
    now_is = _conditions(contest.expected(*contest.runs[0]), contest.identity)
    odd = sorted(name for name in was.keys() | now_is if was.get(name) != now_is.get(name))
    if odd:
        raise CheckpointError(
            f"the finished trainings are of another comparison: {', '.join(odd)} differ; give the "
            "same data and options, or start again without --resume"
        )


def _conditions(record: Mapping[str, Any], identity: Sequence[str]) -> dict[str, str]:
    """Return what all records of a comparison share, as JSON."""
    shared: dict[str, Any] = dict(_part(_part(record, "training"), "preset_settings"))
    shared["task"] = record.get("task", "classify")
    shared["seed"] = record["seed"] - record["repeat"]
    shared["data"] = {name: _part(record, "data").get(name) for name in identity}
    return {name: json.dumps(value, sort_keys=True) for name, value in shared.items()}


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _identity(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return (record["model"], record["repeat"], record["kernel"])
