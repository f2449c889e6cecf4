"""Repeats of each recognizer reduced to one line: means, and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from recurra.errors import UsageError
from recurra.study.summary import Record, mean_interval, mean_of

__all__ = ["BASELINES", "TranscriptSummary", "summarise_recognizers"]

BASELINES = ("constant",)
"""Models that are there to measure the networks against."""


@dataclass(frozen=True, slots=True)
class TranscriptSummary:
    """One recognizer over all of its repeats.

    Attributes:
        model: The short key, for example `"gru"`.
        name: The name to show.
        baseline: Whether it is a baseline, a network that hears each step alone included.
        repeats: How many records were averaged.
        test_rows: Clips of the test part.
        error: Mean word error rate; models are ranked by it, the lowest first.
        low: Lower end of its 95 % interval.
        high: Upper end.
        interval_kind: `"t"` over the repeats (two or more), `"bootstrap"` over the test clips.
        character_error_rate: This and all that follow are means over the repeats, `None` where
            not measured.
        clip_accuracy: Share of the clips without any error.
        real_time_factor: Seconds of work for each second of sound.
        parameters: Trained numbers.
        seconds_per_epoch: Seconds.
        training_seconds: Seconds.
        peak_memory_mb: Megabytes.
    """

    model: str
    name: str
    baseline: bool
    repeats: int
    test_rows: int
    error: float
    low: float
    high: float
    interval_kind: Literal["t", "bootstrap"]
    character_error_rate: float | None
    clip_accuracy: float | None
    real_time_factor: float | None
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    peak_memory_mb: float | None

    def overlaps(self, other: TranscriptSummary) -> bool:
        """Whether the two 95 % intervals share a value."""
        return self.low <= other.high and other.low <= self.high


def summarise_recognizers(records: Sequence[Record]) -> list[TranscriptSummary]:
    """Reduce the records of a comparison of recognizers to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, lowest error first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `compare_recognizers`")
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    return sorted(map(_summary, groups.values()), key=lambda one: one.error)


_MEANS = (
    "character_error_rate", "clip_accuracy", "real_time_factor", "parameters",
    "seconds_per_epoch", "training_seconds", "peak_memory_mb",
)  # fmt: skip


def _summary(group: Sequence[Record]) -> TranscriptSummary:
    first = min(group, key=lambda record: int(record["repeat"]))
    rates = tuple(float(run["word_error_rate"]) for run in group)
    repeated = len(group) > 1
    low, high = mean_interval(rates) if repeated else first["word_error_rate_interval"]
    return TranscriptSummary(
        model=first["model"],
        name=first["name"],
        baseline=first["model"] in (*BASELINES, "dense"),
        repeats=len(group),
        test_rows=int(first["data"]["rows"]["test"]),
        error=fmean(rates),
        low=max(0.0, low),
        high=high,
        interval_kind="t" if repeated else "bootstrap",
        **{name: mean_of(group, name) for name in _MEANS},
    )
