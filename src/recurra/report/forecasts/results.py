"""What a record of a comparison of forecasters has to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recurra.report.checks import (
    data_problem,
    first_problem,
    history_problem,
    is_count,
    is_number,
    numbers_problem,
)
from recurra.study.summary import Record

__all__ = ["problem"]

_NUMBERS = (
    "parameters", "peak_memory_mb", "prediction_milliseconds", "seconds_per_epoch",
    "training_seconds",
)  # fmt: skip
_METRICS = (
    "mase", "mse", "rmse", "smape", "mse_scaled", "pinball", "coverage", "nominal", "width",
)  # fmt: skip
_LINES = ("history", "actual", "forecast", "low", "high")


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    checks = (_metrics_problem, _skill_problem, _examples_problem, data_problem)
    return (
        first_problem(record, checks)
        or numbers_problem(record, _NUMBERS)
        or history_problem(record.get("history"), ("loss", "val_loss"))
    )


def _metrics_problem(record: Record) -> str | None:
    metrics = record.get("metrics")
    if not isinstance(metrics, Mapping):
        return "'metrics' should be an object with the errors"
    for key in ("mae", "mae_scaled"):
        if not is_number(metrics.get(key)):
            return f"'metrics' should hold a number under {key!r}, got {metrics.get(key)!r}"
    if not is_count(metrics.get("windows")) or metrics["windows"] < 1:
        return "'metrics' should hold a count of 'windows'"
    steps = metrics.get("by_step")
    if not isinstance(steps, Mapping) or not all(_is_line(values) for values in steps.values()):
        return "'metrics' should hold lists of numbers under 'by_step'"
    return numbers_problem(metrics, _METRICS)


def _skill_problem(record: Record) -> str | None:
    skill = record.get("skill")
    if not isinstance(skill, Mapping):
        return "'skill' should be an object with a number for each baseline"
    return numbers_problem(skill, ("naive", "snaive", "linear"))


def _examples_problem(record: Record) -> str | None:
    examples = record.get("examples")
    if not isinstance(examples, Sequence) or isinstance(examples, str):
        return "'examples' should be a list of windows"
    return next((found for one in examples if (found := _example_problem(one))), None)


def _example_problem(example: Any) -> str | None:
    if not isinstance(example, Mapping):
        return f"'examples' should hold objects, got {type(example).__name__}"
    if not all(isinstance(example.get(key), str) for key in ("series", "target")):
        return "'examples' should name 'series' and 'target'"
    for key in _LINES:
        times = example.get("history_times" if key == "history" else "times")
        line = example.get(key)
        if key in ("low", "high") and line is None:
            continue
        if not isinstance(times, Sequence) or not _is_line(line, len(times)):
            return f"'examples' should hold a value for each time under {key!r}"
    return None


def _is_line(values: object, length: int | None = None) -> bool:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return False
    if length is not None and len(values) != length:
        return False
    return all(value is None or is_number(value) for value in values)
