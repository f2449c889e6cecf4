"""What a record of a comparison of translators has to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

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
    "pairs_per_second", "parameters", "peak_memory_mb", "seconds_per_epoch", "training_seconds",
)  # fmt: skip
_SCORES = ("bleu", "chrf", "perplexity")
_EXAMPLE = ("source", "reference", "translation")


def problem(record: Record) -> str | None:
    """Say what is wrong with one record, or None."""
    checks = (
        _metrics_problem,
        _lengths_problem,
        _attention_problem,
        _examples_problem,
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
        return "'metrics' should be an object with the scores"
    if not _is_share(metrics.get("exact_match")):
        found = metrics.get("exact_match")
        return f"'metrics' should hold 'exact_match' from 0 to 1, got {found!r}"
    if not is_count(metrics.get("rows")) or metrics["rows"] < 1:
        return "'metrics' should hold a count of 'rows'"
    return numbers_problem(metrics, _SCORES)


def _lengths_problem(record: Record) -> str | None:
    lengths = record["metrics"].get("by_length")
    if lengths is None:
        return None
    if not isinstance(lengths, Mapping) or not isinstance(lengths.get("unit"), str):
        return "'by_length' should be an object with a 'unit', or null"
    bins = lengths.get("bins")
    if not is_list(bins) or not all(isinstance(one, Mapping) for one in bins):
        return "'by_length' should hold a list of objects under 'bins'"
    return next((found for one in bins if (found := _bin_problem(one))), None)


def _bin_problem(one: Mapping[str, Any]) -> str | None:
    if not all(is_count(one.get(key)) for key in ("shortest", "longest", "rows")):
        return "'by_length' should hold counts of 'shortest', 'longest' and 'rows'"
    if not _is_share(one.get("exact_match")):
        return "'by_length' should hold 'exact_match' from 0 to 1"
    return numbers_problem(one, ("bleu", "chrf"))


def _attention_problem(record: Record) -> str | None:
    matrices = record.get("attention")
    if not is_list(matrices):
        return "'attention' should be a list of matrices"
    return next((found for one in matrices if (found := _matrix_problem(one))), None)


def _matrix_problem(one: Any) -> str | None:
    if not isinstance(one, Mapping):
        return "'attention' should hold objects"
    sources, targets, weights = (
        one.get(key) for key in ("source_tokens", "target_tokens", "weights")
    )
    if not _are_texts(sources) or not _are_texts(targets):
        return "'attention' should hold tokens under 'source_tokens' and 'target_tokens'"
    if not is_list(weights) or len(weights) != len(targets):
        return "'attention' should hold a row of 'weights' for each target token"
    if any(not is_list(row) or len(row) != len(sources) for row in weights):
        return "'attention' should hold a weight for each source token"
    if not all(_is_share(value) for row in weights for value in row):
        return "'attention' should hold weights from 0 to 1"
    return None


def _examples_problem(record: Record) -> str | None:
    examples = record.get("examples")
    if not isinstance(examples, Mapping):
        return "'examples' should be an object with 'best' and 'worst'"
    for kind in ("best", "worst"):
        if not is_list(examples.get(kind)):
            return f"'examples' should hold a list under {kind!r}"
        for one in examples[kind]:
            if not isinstance(one, Mapping) or not _are_texts([one.get(key) for key in _EXAMPLE]):
                return "'examples' should hold 'source', 'reference' and 'translation'"
    return None


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1


def _are_texts(values: Any) -> TypeGuard[Sequence[str]]:
    return is_list(values) and bool(values) and all(isinstance(one, str) for one in values)
