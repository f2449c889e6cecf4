"""Reading `results.json` and refusing what is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import DataError, SourceError
from recurra.report.checks import is_count
from recurra.report.kinds import KINDS, kind_of
from recurra.study.summary import Record

__all__ = ["check_results", "load_results"]

_TEXTS = ("model", "name", "kernel")
_COUNTS = ("repeat", "seed")


def load_results(path: str | Path) -> list[Record]:
    """Read the records of a comparison.

    Args:
        path: A `results.json`, as a comparison writes it.

    Returns:
        The records, checked.

    Raises:
        SourceError: If the file cannot be found or read.
        DataError: If it holds something else than the records of one comparison.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SourceError(
            f"{file}: no such file; expected the results.json of a comparison"
        ) from None
    except UnicodeDecodeError:
        raise DataError(
            f"{file}: not UTF-8 text; expected the results.json of a comparison"
        ) from None
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from None
    try:
        records = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise DataError(f"{file}: not JSON; expected the results.json of a comparison") from None
    check_results(records, str(file))
    return list(records)


def check_results(records: Any, where: str = "records") -> None:
    """Check that a value is the records of one comparison.

    Args:
        records: Any value.
        where: What to call it in an error: a path, or `"records"`.

    Raises:
        DataError: If it is no list of records, a record lacks something, or the records come
            from different data.
    """
    if isinstance(records, str | bytes) or not isinstance(records, Sequence):
        raise DataError(f"{where}: expected a list of records, got {type(records).__name__}")
    if not records:
        raise DataError(f"{where}: holds no records; run the comparison again")
    for place, record in enumerate(records):
        problem = _problem(record)
        if problem:
            raise DataError(f"{where}, record {place + 1}: {problem}")
    _check_together(records, where)


def _check_together(records: Sequence[Record], where: str) -> None:
    """Refuse records that cannot stand in one table."""
    tasks = sorted({str(record.get("task", "classify")) for record in records})
    if len(tasks) > 1:
        raise DataError(f"{where}: the records are of different tasks ({', '.join(tasks)})")
    for key, what in (("sha256", "data"), ("max_length", "maximum lengths")):
        values = {str(record["data"].get(key)) for record in records}
        if len(values) > 1:
            raise DataError(
                f"{where}: the records come from different {what} ({', '.join(sorted(values))}); "
                "report each comparison by itself"
            )
    seen = set()
    for record in records:
        run = (record["model"], record["repeat"])
        if run in seen:
            raise DataError(f"{where}: repeat {run[1]} of model {run[0]!r} occurs twice")
        seen.add(run)


def _problem(record: Any) -> str | None:
    """Say what is wrong with one record, or None."""
    if not isinstance(record, Mapping):
        return f"expected an object, got {type(record).__name__}"
    for key in _TEXTS:
        if not isinstance(record.get(key), str):
            return f"{key!r} should be a text, got {record.get(key)!r}"
    for key in _COUNTS:
        if not is_count(record.get(key)):
            return f"{key!r} should be a whole number, got {record.get(key)!r}"
    if str(record.get("task", "classify")) not in KINDS:
        return f"'task' should be one of {', '.join(KINDS)}, got {record['task']!r}"
    return kind_of(record).problem(record)
