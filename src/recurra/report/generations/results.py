"""What a record of a comparison of language models has to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.report.checks import (
    data_problem,
    first_problem,
    history_problem,
    is_count,
    is_list,
    is_number,
    numbers_problem,
)
from recurra.study.summary import Record

__all__ = ["problem"]

_NUMBERS = (
    "generated_per_second", "parameters", "peak_memory_mb", "seconds_per_epoch",
    "tokens_per_second", "training_seconds",
)  # fmt: skip
_METRICS = ("nats_per_token", "perplexity", "accuracy")


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    checks = (
        _metrics_problem,
        _positions_problem,
        _samples_problem,
        _surprise_problem,
        data_problem,
    )
    return (
        first_problem(record, checks)
        or numbers_problem(record, _NUMBERS)
        or history_problem(record.get("history"), ("loss", "val_loss"))
    )


def _metrics_problem(record: Record) -> str | None:
    metrics = record.get("metrics")
    if not isinstance(metrics, Mapping):
        return "'metrics' should be an object with the losses"
    bits = metrics.get("bits_per_character")
    if not is_number(bits) or bits < 0:
        return f"'metrics' should hold 'bits_per_character' from 0 up, got {bits!r}"
    if not is_count(metrics.get("tokens")) or metrics["tokens"] < 1:
        return "'metrics' should hold a count of 'tokens'"
    return numbers_problem(metrics, _METRICS)


def _positions_problem(record: Record) -> str | None:
    positions = record.get("positions")
    if positions is None:
        return None
    if not isinstance(positions, Mapping):
        return "'positions' should be an object or null"
    starts, nats = positions.get("starts"), positions.get("nats")
    if not is_list(starts) or not all(map(is_count, starts)) or sorted(set(starts)) != [*starts]:
        return "'positions' should hold rising whole numbers under 'starts'"
    if not is_list(nats) or len(nats) != len(starts) or not all(map(is_number, nats)):
        return "'positions' should hold a number for each start under 'nats'"
    return None


def _samples_problem(record: Record) -> str | None:
    samples = record.get("samples")
    if not isinstance(samples, Mapping) or not isinstance(samples.get("prompt"), str):
        return "'samples' should be an object with a 'prompt'"
    texts = samples.get("texts")
    if not is_list(texts):
        return "'samples' should hold a list under 'texts'"
    for one in texts:
        if not isinstance(one, Mapping) or not isinstance(one.get("text"), str):
            return "'samples' should hold objects with a 'text'"
        if not is_number(one.get("temperature")) or one["temperature"] < 0:
            return f"'temperature' should be from 0 up, got {one.get('temperature')!r}"
    return None


def _surprise_problem(record: Record) -> str | None:
    surprise = record.get("surprise")
    if surprise is None:
        return None
    if not isinstance(surprise, Mapping):
        return "'surprise' should be an object or null"
    tokens, nats, expected = (surprise.get(key) for key in ("tokens", "nats", "expected"))
    if not is_list(tokens) or not all(isinstance(one, str) for one in tokens):
        return "'surprise' should hold a list of texts under 'tokens'"
    if not is_list(nats) or len(nats) != len(tokens) or not all(map(is_number, nats)):
        return "'surprise' should hold a number for each token under 'nats'"
    if not is_list(expected) or len(expected) != len(tokens) or not all(map(_is_guess, expected)):
        return "'surprise' should hold a guess for each token under 'expected'"
    return None


def _is_guess(value: Any) -> bool:
    """Say whether a value is a token with its probability, or null."""
    if value is None:
        return True
    return is_list(value) and len(value) == 2 and isinstance(value[0], str) and is_number(value[1])
