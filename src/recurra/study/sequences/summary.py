"""Repeats of each regressor reduced to one line: means, and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from recurra.errors import UsageError
from recurra.study.summary import Record, mean_interval, mean_of

__all__ = ["BASELINES", "RegressionSummary", "summarise_regressors"]

BASELINES = ("mean", "linear")
"""Models that are there to measure the networks against."""


@dataclass(frozen=True, slots=True)
class RegressionSummary:
    """One regressor over all of its repeats.

    Attributes:
        model: The short key, for example `"gru"`.
        name: The name to show.
        baseline: Whether it is a baseline, an order-blind network included.
        repeats: How many records were averaged.
        test_rows: Rows of the test part.
        rmses: Root mean squared error of each repeat, in the order of the repeats.
        rmse: Their mean; models are ranked by it, the lowest first.
        low: Lower end of its 95 % interval.
        high: Upper end.
        interval_kind: `"t"` over the repeats (two or more), `"bootstrap"` over the test rows.
        mae: This and all that follow are means over the repeats, `None` where not measured.
        r2: Coefficient of determination.
        parameters: Trained numbers.
        seconds_per_epoch: Seconds.
        training_seconds: Seconds.
        prediction_milliseconds: For one sequence.
        peak_memory_mb: Megabytes.
        effective_context: Last steps that hold 95 % of what exchanged steps change.
    """

    model: str
    name: str
    baseline: bool
    repeats: int
    test_rows: int
    rmses: tuple[float, ...]
    rmse: float
    low: float
    high: float
    interval_kind: Literal["t", "bootstrap"]
    mae: float | None
    r2: float | None
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    prediction_milliseconds: float | None
    peak_memory_mb: float | None
    effective_context: float | None

    def overlaps(self, other: RegressionSummary) -> bool:
        """Whether the two 95 % intervals share a value."""
        return self.low <= other.high and other.low <= self.high


def summarise_regressors(records: Sequence[Record]) -> list[RegressionSummary]:
    """Reduce the records of a comparison of regressors to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, lowest error first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `compare_regressors`")
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    return sorted(map(_summary, groups.values()), key=lambda one: one.rmse)


_MEANS = (
    "mae", "r2", "parameters", "seconds_per_epoch", "training_seconds",
    "prediction_milliseconds", "peak_memory_mb",
)  # fmt: skip


def _summary(group: Sequence[Record]) -> RegressionSummary:
    runs = sorted(group, key=lambda record: int(record["repeat"]))
    rmses = tuple(float(run["rmse"]) for run in runs)
    repeated = len(runs) > 1
    low, high = mean_interval(rmses) if repeated else runs[0]["rmse_interval"]
    memories = [(run.get("insight") or {}).get("memory") or {} for run in runs]
    return RegressionSummary(
        model=runs[0]["model"],
        name=runs[0]["name"],
        baseline=runs[0]["model"] in (*BASELINES, "dense"),
        repeats=len(runs),
        test_rows=int(runs[0]["data"]["rows"]["test"]),
        rmses=rmses,
        rmse=fmean(rmses),
        low=max(0.0, low),
        high=high,
        interval_kind="t" if repeated else "bootstrap",
        effective_context=mean_of(memories, "effective_context"),
        **{name: mean_of(runs, name) for name in _MEANS},
    )
