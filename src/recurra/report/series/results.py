"""What a record of a comparison of classifiers of series or sound has to hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recurra.report.checks import first_problem, is_list, is_number
from recurra.report.texts.results import problem as classifier_problem
from recurra.study.summary import Record

__all__ = ["problem", "values_problem"]


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    return first_problem(record, (classifier_problem, values_problem))


def values_problem(record: Record) -> str | None:
    """Say what is wrong with the sequences that are drawn, or None; there may be none."""
    for where, shown in _shown(record):
        if not isinstance(shown, Mapping):
            return f"{where!r} should hold objects"
        values = shown.get("values")
        if values is not None and not _channels(values):
            return f"{where!r} should hold under 'values' lists of numbers, as long as each other"
    return None


def _shown(record: Record) -> Iterator[tuple[str, Any]]:
    for where, holder in (("examples", record["data"]), ("mistakes", record)):
        found = holder.get(where) or ()
        yield from ((where, one) for one in (found if is_list(found) else (None,)))
    example = (record.get("insight") or {}).get("example")
    if example is not None:
        yield "insight", example


def _channels(values: Any) -> bool:
    return (
        is_list(values)
        and len(values) > 0
        and all(is_list(one) and len(one) == len(values[0]) > 0 for one in values)
        and all(number is None or is_number(number) for one in values for number in one)
    )
