"""Repeats of each forecaster reduced to one line: means, and an interval over the repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from recurra.errors import UsageError
from recurra.study.forecast_cells import BASELINES
from recurra.study.summary import Record, mean_interval, mean_of

__all__ = ["ForecastSummary", "summarise_forecasts"]


@dataclass(frozen=True, slots=True)
class ForecastSummary:
    """One forecaster over all of its repeats.

    Attributes:
        model: The short key, for example `"gru"`.
        name: The name to show.
        baseline: Whether it is there to measure the networks against.
        repeats: How many records were averaged.
        windows: Test windows.
        kept_start: Whether no epoch was better than the start in any repeat; networks with a
            linear part start from the linear forecast.
        scaled_by: What `error` is: `"MASE"`, or `"MAE on the training scale"` where the MASE of a
            model is not known, as for series that never change.
        errors: The error of each repeat, in the order of the repeats.
        error: Their mean; models are ranked by it.
        low: Lower end of its 95 % interval over the repeats (Student t); `None` for one repeat.
        high: Upper end.
        mase: Mean absolute scaled error; this and all that follow are means over the repeats,
            `None` where not measured.
        mae: Mean absolute error, the user's units.
        rmse: Root of the mean squared error, the user's units.
        smape: Symmetric mean absolute percentage error, per cent.
        mse_scaled: Mean squared error on the training scale.
        mae_scaled: Mean absolute error on the training scale.
        pinball: Mean pinball loss, the user's units.
        coverage: Share of values inside the widest interval.
        nominal: The share that should be.
        width: Mean width of that interval, the user's units.
        skill_naive: 1 - ratio of the absolute errors, against the naive forecast.
        skill_snaive: The same against the seasonal naive forecast.
        skill_linear: The same against the linear map.
        parameters: Trained or fitted numbers.
        seconds_per_epoch: Seconds.
        training_seconds: Seconds.
        prediction_milliseconds: Milliseconds for one window.
        peak_memory_mb: Megabytes.
    """

    model: str
    name: str
    baseline: bool
    repeats: int
    windows: int
    kept_start: bool
    scaled_by: str
    errors: tuple[float, ...]
    error: float
    low: float | None
    high: float | None
    mase: float | None
    mae: float | None
    rmse: float | None
    smape: float | None
    mse_scaled: float | None
    mae_scaled: float | None
    pinball: float | None
    coverage: float | None
    nominal: float | None
    width: float | None
    skill_naive: float | None
    skill_snaive: float | None
    skill_linear: float | None
    parameters: float | None
    seconds_per_epoch: float | None
    training_seconds: float | None
    prediction_milliseconds: float | None
    peak_memory_mb: float | None

    def overlaps(self, other: ForecastSummary) -> bool:
        """Whether the two 95 % intervals share a value; one repeat is a point."""
        own, its = self.ends, other.ends
        return own[0] <= its[1] and its[0] <= own[1]

    @property
    def ends(self) -> tuple[float, float]:
        """The interval's ends; the error itself for one repeat."""
        if self.low is None or self.high is None:
            return self.error, self.error
        return self.low, self.high


def summarise_forecasts(records: Sequence[Record]) -> list[ForecastSummary]:
    """Reduce the records of a comparison of forecasters to one summary per model.

    Args:
        records: Records of one comparison, in any order.

    Returns:
        One summary per model, lowest error first; equal ones in the order given.

    Raises:
        UsageError: If there are no records.
    """
    if not records:
        raise UsageError("no records to summarise: expected some of `recurra.compare_forecasts`")
    known = all(record["metrics"].get("mase") is not None for record in records)
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record["model"], []).append(record)
    summaries = [_summary(group, "mase" if known else "mae_scaled") for group in groups.values()]
    return sorted(summaries, key=lambda one: one.error)


_WORDS = {"mase": "MASE", "mae_scaled": "MAE on the training scale"}
_METRICS = (
    "mase", "mae", "rmse", "smape", "mse_scaled", "mae_scaled", "pinball", "coverage", "nominal",
    "width",
)  # fmt: skip
_COSTS = (
    "parameters", "seconds_per_epoch", "training_seconds", "prediction_milliseconds",
    "peak_memory_mb",
)  # fmt: skip


def _summary(group: Sequence[Record], figure: str) -> ForecastSummary:
    """Average the repeats of one model."""
    runs = sorted(group, key=lambda record: int(record["repeat"]))
    errors = tuple(float(run["metrics"][figure]) for run in runs)
    low, high = mean_interval(errors) if len(runs) > 1 else (None, None)
    return ForecastSummary(
        model=runs[0]["model"],
        name=runs[0]["name"],
        baseline=runs[0]["model"] in BASELINES,
        repeats=len(runs),
        windows=int(runs[0]["metrics"]["windows"]),
        kept_start=all(run.get("best_epoch") == 0 for run in runs),
        scaled_by=_WORDS[figure],
        errors=errors,
        error=fmean(errors),
        low=None if low is None else max(0.0, low),
        high=high,
        **{name: mean_of([run["metrics"] for run in runs], name) for name in _METRICS},
        **{f"skill_{name}": mean_of([run["skill"] for run in runs], name) for name in BASELINES},
        **{name: mean_of(runs, name) for name in _COSTS},
    )
