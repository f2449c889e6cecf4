"""Repeats of each model reduced to one line: means, an interval, and which kind of interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Any, Literal, TypeAlias

from recurra.errors import UsageError

__all__ = ["ModelSummary", "Record", "family", "mean_interval", "mean_of", "summarise"]
__all__ += ["t_interval", "wilson_interval"]

Record: TypeAlias = Mapping[str, Any]
"""One record of a comparison: one model, one repeat (see `recurra.compare`)."""

Family: TypeAlias = Literal["linear", "neighbour", "frequent", "dense", "recurrent"]
IntervalKind: TypeAlias = Literal["t", "wilson"]

LEVEL = 0.95
_BASELINES: dict[str, Family] = {
    "linear": "linear",
    "nearest": "neighbour",
    "frequent": "frequent",
}


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """One model over all of its repeats.

    Attributes:
        model: The short key, for example `"lstm"`.
        name: The name to show, for example `"LSTM"`.
        family: `"linear"` (n-grams, statistics), `"neighbour"`, `"frequent"` (the most frequent
            tag), `"dense"` (blind to order) or `"recurrent"`.
        repeats: How many records were averaged.
        test_rows: Rows of the test split.
        accuracies: Accuracy of each repeat, in the order of the repeats.
        accuracy: Mean accuracy.
        low: Lower end of the 95 % interval of the accuracy.
        high: Upper end of the 95 % interval of the accuracy.
        interval_kind: `"t"` for Student t over the repeats (two or more), `"wilson"` for the
            Wilson score interval over the test rows (one repeat).
        macro_f1: Mean over the repeats; this and all that follow are None where not measured.
        log_loss: Mean cross-entropy in nats.
        calibration_error: Mean expected calibration error.
        accuracy_shuffled: Mean accuracy with the tokens of each text in random order.
        accuracy_in_order: Mean accuracy on those same rows as they are: `accuracy_in_order` of
            the records where only some test rows were shuffled, else their accuracy.
        parameters: Mean number of trained parameters.
        seconds_per_epoch: Mean seconds.
        training_seconds: Mean seconds.
        prediction_milliseconds: Mean milliseconds for one text.
        peak_memory_mb: Mean megabytes.
        effective_context: Mean number of last tokens that hold 95 % of what exchanged tokens
            change, of the runs that were looked into.
    """

    model: str
    name: str
    family: Family
    repeats: int
    test_rows: int
    accuracies: tuple[float, ...]
    accuracy: float
    low: float
    high: float
    interval_kind: IntervalKind
    macro_f1: float | None
    log_loss: float | None
    calibration_error: float | None
    accuracy_shuffled: float | None
    accuracy_in_order: float
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    prediction_milliseconds: float | None
    peak_memory_mb: float | None
    effective_context: float | None

    @property
    def baseline(self) -> bool:
        """Whether this model is there to measure the others against."""
        return self.family != "recurrent"

    @property
    def network(self) -> bool:
        """Whether this model is a network, order-blind or not."""
        return self.family in ("dense", "recurrent")

    def overlaps(self, other: ModelSummary) -> bool:
        """Whether the two 95 % intervals share a value."""
        return self.low <= other.high and other.low <= self.high


def summarise(records: Sequence[Record]) -> list[ModelSummary]:
    """Reduce the records of a comparison to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, highest mean accuracy first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected at least one, from `recurra.compare`")
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    summaries = [_summary(group) for group in groups.values()]
    return sorted(summaries, key=lambda summary: -summary.accuracy)


def family(record: Record) -> Family:
    """Tell the baselines, the order-blind network and recurrent networks apart.

    Args:
        record: One record of a comparison.

    Returns:
        `"linear"`, `"neighbour"`, `"frequent"`, `"dense"` or `"recurrent"`.
    """
    if record["model"] in _BASELINES:
        return _BASELINES[record["model"]]
    specification = record.get("specification") or {}
    if "dense" in (record["model"], specification.get("cell")):
        return "dense"
    return "recurrent"


def t_interval(values: Sequence[float]) -> tuple[float, float]:
    """Student's 95 % interval of the mean of a share, cut at 0 and 1.

    Args:
        values: Two or more shares, one per repeat.

    Returns:
        Lower and upper end.

    Raises:
        UsageError: If there are fewer than two values.
    """
    low, high = mean_interval(values)
    return max(0.0, low), min(1.0, high)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Student's 95 % interval of a mean.

    Args:
        values: Two or more figures, one per repeat.

    Returns:
        Lower and upper end.

    Raises:
        UsageError: If there are fewer than two values.
    """
    if len(values) < 2:
        raise UsageError(f"a t interval needs two or more repeats, {len(values)} came")
    from scipy.special import stdtrit  # scipy.stats would cost a second of start-up

    quantile = float(stdtrit(len(values) - 1, 0.5 + LEVEL / 2))
    mean, half = fmean(values), quantile * stdev(values) / math.sqrt(len(values))
    return mean - half, mean + half


def wilson_interval(share: float, rows: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share of independent rows.

    Args:
        share: The share that was observed, 0 to 1.
        rows: How many rows it was observed on.

    Returns:
        Lower and upper end.

    Raises:
        UsageError: If there are no rows or the share is no share.

    Source: Wilson 1927; Brown, Cai & DasGupta 2001 recommend it over the normal interval.
    """
    if rows < 1 or not 0 <= share <= 1:
        raise UsageError(f"a share from 0 to 1 of 1 or more rows expected, {share} of {rows} came")
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    shrink = 1 + z * z / rows
    centre = (share + z * z / (2 * rows)) / shrink
    half = z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)) / shrink
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def _summary(group: Sequence[Record]) -> ModelSummary:
    """Average the repeats of one model."""
    runs = sorted(group, key=lambda record: int(record["repeat"]))
    accuracies = tuple(float(run["accuracy"]) for run in runs)
    test_rows = int(runs[0]["data"]["rows"]["test"])
    repeated = len(runs) > 1
    accuracy = fmean(accuracies)
    low, high = t_interval(accuracies) if repeated else wilson_interval(accuracy, test_rows)
    return ModelSummary(
        model=runs[0]["model"],
        name=runs[0]["name"],
        family=family(runs[0]),
        repeats=len(runs),
        test_rows=test_rows,
        accuracies=accuracies,
        accuracy=accuracy,
        low=low,
        high=high,
        interval_kind="t" if repeated else "wilson",
        macro_f1=mean_of(runs, "macro_f1"),
        log_loss=mean_of(runs, "log_loss"),
        calibration_error=mean_of(runs, "calibration_error"),
        accuracy_shuffled=mean_of(runs, "accuracy_shuffled"),
        accuracy_in_order=mean_of(runs, "accuracy_in_order") or accuracy,
        parameters=mean_of(runs, "parameters"),
        seconds_per_epoch=mean_of(runs, "seconds_per_epoch"),
        training_seconds=mean_of(runs, "training_seconds"),
        prediction_milliseconds=mean_of(runs, "prediction_milliseconds"),
        peak_memory_mb=mean_of(runs, "peak_memory_mb"),
        effective_context=mean_of(_memories(runs), "effective_context"),
    )


def _memories(runs: Sequence[Record]) -> list[Record]:
    """Return what is known of the memory of each run; see `network_insight`."""
    return [(run.get("insight") or {}).get("memory") or {} for run in runs]


def mean_of(runs: Sequence[Record], key: str) -> float | None:
    """Average over the runs that measured `key`; None if none did."""
    values = [float(run[key]) for run in runs if run.get(key) is not None]
    return fmean(values) if values else None
