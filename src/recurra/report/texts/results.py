"""What a record of a comparison of classifiers has to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recurra.report.checks import (
    first_problem,
    history_problem,
    is_count,
    is_number,
    numbers_problem,
)
from recurra.report.texts.insight_results import insight_problem
from recurra.study.summary import Record

__all__ = ["problem"]

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


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    return first_problem(record, _CHECKS)


def _simple_problem(record: Record) -> str | None:
    if not is_number(record.get("accuracy")) or not 0 <= record["accuracy"] <= 1:
        return f"'accuracy' should be from 0 to 1, got {record.get('accuracy')!r}"
    return numbers_problem(record, _OPTIONAL_NUMBERS)


def _matrix_problem(record: Record) -> str | None:
    classes, matrix = record.get("classes"), record.get("confusion_matrix")
    if not isinstance(classes, Sequence) or len(classes) < 2:
        return f"'classes' should be a list of two or more, got {classes!r}"
    if not isinstance(matrix, Sequence) or len(matrix) != len(classes):
        return f"'confusion_matrix' should have {len(classes)} rows, one for each class"
    if any(not isinstance(row, Sequence) or len(row) != len(classes) for row in matrix):
        return f"'confusion_matrix' should have {len(classes)} columns, one for each class"
    if any(not is_number(cell) or cell < 0 for row in matrix for cell in row):
        return "'confusion_matrix' should hold counts"
    scores = record.get("per_class")
    if not isinstance(scores, Mapping) or any(name not in scores for name in classes):
        return "'per_class' should hold an entry for each class"
    return None


def _history_problem(record: Record) -> str | None:
    return history_problem(record.get("history"), _HISTORY, may_lack_validation=True)


def _data_problem(record: Record) -> str | None:
    data = record.get("data")
    if not isinstance(data, Mapping):
        return "'data' should be an object that describes the data"
    rows = data.get("rows")
    if not isinstance(rows, Mapping) or not is_count(rows.get("test")) or rows["test"] < 1:
        return "'data' should hold 'rows' with a count of 'test' rows"
    histogram = data.get("length_histogram")
    if histogram is not None:
        edges, counts = histogram.get("edges", ()), histogram.get("counts", ())
        if not counts or len(edges) != len(counts) + 1:
            return "'data' should hold a 'length_histogram' with one more edge than counts"
    return None


_CHECKS = (_simple_problem, _matrix_problem, _history_problem, _data_problem, insight_problem)
