"""What a record of a probe has to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.report.checks import (
    data_problem,
    first_problem,
    is_count,
    is_list,
    is_number,
    numbers_problem,
)
from recurra.study.probes import PROBLEMS
from recurra.study.summary import Record

__all__ = ["problem"]

_NUMBERS = ("value", "chance", "skill", "seconds")


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    return first_problem(record, (_names_problem, _costs_problem, data_problem, _points_problem))


def _names_problem(record: Record) -> str | None:
    if record.get("probe") not in PROBLEMS:
        return f"'probe' should be one of {', '.join(PROBLEMS)}, got {record.get('probe')!r}"
    if not isinstance(record.get("cell"), str):
        return f"'cell' should be a text, got {record.get('cell')!r}"
    return None


def _costs_problem(record: Record) -> str | None:
    if not is_count(record.get("parameters")):
        return f"'parameters' should be a whole number, got {record.get('parameters')!r}"
    if not is_number(record.get("training_seconds")):
        return f"'training_seconds' should be a number, got {record.get('training_seconds')!r}"
    return None


def _points_problem(record: Record) -> str | None:
    points, lengths = record.get("points"), _lengths(record)
    if not is_list(points) or not all(isinstance(point, Mapping) for point in points):
        return "'points' should be a list of objects, one for each length"
    if not points or [point.get("length") for point in points] != lengths:
        return "'points' should have the lengths that 'data' names for the task"
    return next((found for point in points if (found := _point_problem(point))), None)


def _lengths(record: Record) -> list[Any] | None:
    """Return the lengths of the record's task, whole numbers from 1 up; None where there are none.

    They are the same for all records of a task, which the figures rely on.
    """
    named = record["data"].get("lengths")
    lengths = named.get(record["probe"]) if isinstance(named, Mapping) else None
    if not is_list(lengths) or not all(is_count(one) and one > 0 for one in lengths):
        return None
    return list(lengths) if sorted(set(lengths)) == [*lengths] else None


def _point_problem(point: Mapping[str, Any]) -> str | None:
    for key in _NUMBERS:
        if not is_number(point.get(key)):
            return f"'points' should hold numbers under {key!r}, got {point.get(key)!r}"
    if not is_count(point.get("updates")) or not isinstance(point.get("learnt"), bool):
        return "'points' should hold a count of 'updates' and whether it was 'learnt'"
    return numbers_problem(point, _NUMBERS)
