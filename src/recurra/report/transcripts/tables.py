"""The rows of the tables of a comparison of recognizers."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.numbers import (
    compact,
    count,
    duration,
    interval,
    megabytes,
    percent,
    significant,
)
from recurra.report.tables import Column, ModelRow, best_network, model_rows
from recurra.report.theme import model_colours
from recurra.study.summary import Record
from recurra.study.transcripts.summary import TranscriptSummary, summarise_recognizers

__all__ = ["COLUMNS", "comparison_rows", "tiles"]


def _two(value: float | None) -> str:
    return significant(value, 2)


COLUMNS: tuple[Column[TranscriptSummary], ...] = (
    Column(
        "Words",
        "error rate",
        lambda one: one.error,
        percent,
        min,
        lambda one: interval(one.low, one.high),
    ),
    Column("Characters", "error rate", lambda one: one.character_error_rate, percent),
    Column("Clips", "without error", lambda one: one.clip_accuracy, percent, max),
    Column("Parameters", "", lambda one: one.parameters or None, count),
    Column("Per epoch", "", lambda one: one.seconds_per_epoch, duration),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration),
    Column("Real time", "work by sound", lambda one: one.real_time_factor, _two),
    Column("Peak memory", "", lambda one: one.peak_memory_mb, megabytes),
)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first.
    """
    colours = model_colours(record["model"] for record in records)
    return model_rows(summarise_recognizers(records), COLUMNS, colours)


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        What it is, the number, a word on it.
    """
    summaries = summarise_recognizers(records)
    leader, network = summaries[0], best_network(summaries)
    found = [("Fewest wrong words", percent(leader.error), f"word error rate, {leader.name}")]
    if network.clip_accuracy is not None:
        found.append(("Without error", percent(network.clip_accuracy), f"clips, {network.name}"))
    if network.real_time_factor is not None:
        found.append(
            (
                "Real-time factor",
                _two(network.real_time_factor),
                f"seconds for a second of sound, {network.name}",
            )
        )
    if network.parameters:
        found.append(("Size", compact(network.parameters), f"parameters, {network.name}"))
    return found
