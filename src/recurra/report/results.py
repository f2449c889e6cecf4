"""Reading `results.json` and refusing what is none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import DataError, SourceError
from recurra.study.summary import Record

__all__ = ["check_results", "load_results"]

_TEXTS = ("model", "name", "kernel")
_COUNTS = ("repeat", "seed")
_OPTIONAL_NUMBERS = (
    "accuracy_in_order",
    "accuracy_shuffled",
    "calibration_error",
    "log_loss",
    "macro_f1",
    "parameters",
    "peak_memory_mb",
    "prediction_milliseconds",
    "seconds_per_epoch",
    "training_seconds",
)
_HISTORY = ("loss", "accuracy", "val_loss", "val_accuracy")


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
    for check in (_simple_problem, _matrix_problem, _history_problem, _data_problem):
        problem = check(record)
        if problem:
            return problem
    return None


def _simple_problem(record: Record) -> str | None:
    for key in _TEXTS:
        if not isinstance(record.get(key), str):
            return f"{key!r} should be a text, got {record.get(key)!r}"
    for key in _COUNTS:
        if not _is_count(record.get(key)):
            return f"{key!r} should be a whole number, got {record.get(key)!r}"
    if not _is_number(record.get("accuracy")) or not 0 <= record["accuracy"] <= 1:
        return f"'accuracy' should be from 0 to 1, got {record.get('accuracy')!r}"
    for key in _OPTIONAL_NUMBERS:
        if record.get(key) is not None and not _is_number(record[key]):
            return f"{key!r} should be a number or null, got {record[key]!r}"
    return None


def _matrix_problem(record: Record) -> str | None:
    classes, matrix = record.get("classes"), record.get("confusion_matrix")
    if not isinstance(classes, Sequence) or len(classes) < 2:
        return f"'classes' should be a list of two or more, got {classes!r}"
    if not isinstance(matrix, Sequence) or len(matrix) != len(classes):
        return f"'confusion_matrix' should have {len(classes)} rows, one for each class"
    if any(not isinstance(row, Sequence) or len(row) != len(classes) for row in matrix):
        return f"'confusion_matrix' should have {len(classes)} columns, one for each class"
    if any(not _is_number(cell) or cell < 0 for row in matrix for cell in row):
        return "'confusion_matrix' should hold counts"
    scores = record.get("per_class")
    if not isinstance(scores, Mapping) or any(name not in scores for name in classes):
        return "'per_class' should hold an entry for each class"
    return None


def _history_problem(record: Record) -> str | None:
    history = record.get("history")
    if history is None:
        return None
    if not isinstance(history, Mapping):
        return "'history' should be an object or null"
    for key in _HISTORY:
        values = history.get(key)
        if not isinstance(values, Sequence) or not values or not all(map(_is_number, values)):
            return f"'history' should hold a list of numbers under {key!r}"
        if len(values) != len(history["loss"]):
            return (
                f"'history' has {len(values)} values under {key!r}, its 'loss' has another number"
            )
    return None


def _data_problem(record: Record) -> str | None:
    data = record.get("data")
    if not isinstance(data, Mapping):
        return "'data' should be an object that describes the data"
    rows = data.get("rows")
    if not isinstance(rows, Mapping) or not _is_count(rows.get("test")) or rows["test"] < 1:
        return "'data' should hold 'rows' with a count of 'test' rows"
    histogram = data.get("length_histogram")
    if histogram is not None:
        edges, counts = histogram.get("edges", ()), histogram.get("counts", ())
        if not counts or len(edges) != len(counts) + 1:
            return "'data' should hold a 'length_histogram' with one more edge than counts"
    return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
