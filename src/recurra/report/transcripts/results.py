"""What a record of a comparison of recognizers has to hold."""

from __future__ import annotations

from collections.abc import Mapping

from recurra.report.checks import (
    data_problem,
    first_problem,
    history_problem,
    is_list,
    is_number,
    numbers_problem,
)
from recurra.study.summary import Record

__all__ = ["problem"]

_NUMBERS = (
    "character_error_rate", "clip_accuracy", "parameters", "peak_memory_mb",
    "real_time_factor", "seconds_per_epoch", "training_seconds",
)  # fmt: skip


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    checks = (_errors_problem, _transcripts_problem, data_problem)
    return (
        first_problem(record, checks)
        or numbers_problem(record, _NUMBERS)
        or history_problem(record.get("history"), ("loss", "val_loss"))
    )


def _errors_problem(record: Record) -> str | None:
    rate = record.get("word_error_rate")
    if not is_number(rate) or rate < 0:
        return f"'word_error_rate' should be a number from 0 up, got {rate!r}"
    ends = record.get("word_error_rate_interval")
    if not is_list(ends) or len(ends) != 2 or not all(map(is_number, ends)):
        return "'word_error_rate_interval' should be two numbers"
    return None


def _transcripts_problem(record: Record) -> str | None:
    shown = record.get("transcripts")
    if shown is None:
        return None
    if isinstance(shown, Mapping) and all(map(_are_texts, shown.values())):
        return None
    return "'transcripts' should hold lists of what was said and what was written"


def _are_texts(pairs: object) -> bool:
    return is_list(pairs) and all(
        isinstance(pair, Mapping)
        and isinstance(pair.get("said"), str)
        and isinstance(pair.get("written"), str)
        for pair in pairs
    )
