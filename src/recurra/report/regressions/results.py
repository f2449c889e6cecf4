"""What a record of a comparison of regressors has to hold."""

from __future__ import annotations

from recurra.report.checks import (
    data_problem,
    first_problem,
    history_problem,
    is_list,
    is_number,
    numbers_problem,
)
from recurra.report.series.results import values_problem
from recurra.report.texts.insight_results import insight_problem
from recurra.study.summary import Record

__all__ = ["problem"]

_NUMBERS = (
    "r2", "parameters", "peak_memory_mb", "prediction_milliseconds", "seconds_per_epoch",
    "training_seconds",
)  # fmt: skip


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    checks = (_errors_problem, _pairs_problem, data_problem, insight_problem, values_problem)
    return (
        first_problem(record, checks)
        or numbers_problem(record, _NUMBERS)
        or history_problem(record.get("history"), ("loss", "val_loss"), may_lack_validation=True)
    )


def _errors_problem(record: Record) -> str | None:
    for name in ("rmse", "mae"):
        if not is_number(record.get(name)) or record[name] < 0:
            return f"{name!r} should be a number from 0 up, got {record.get(name)!r}"
    ends = record.get("rmse_interval")
    if not is_list(ends) or len(ends) != 2 or not all(map(is_number, ends)):
        return "'rmse_interval' should be two numbers"
    return None


def _pairs_problem(record: Record) -> str | None:
    pairs = record.get("pairs")
    if pairs is None:
        return None
    if is_list(pairs) and all(
        is_list(pair) and len(pair) == 2 and all(map(is_number, pair)) for pair in pairs
    ):
        return None
    return "'pairs' should be a list of true and predicted numbers"
