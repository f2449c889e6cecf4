"""The rows of the tables of a comparison of forecasters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from recurra.report.numbers import (
    compact,
    duration,
    percent,
    signed_percent,
    significant,
)
from recurra.report.tables import Column, ModelRow, best_network, model_rows
from recurra.report.theme import model_colours
from recurra.study.forecast_summary import ForecastSummary, summarise_forecasts
from recurra.study.summary import Record

__all__ = ["COLUMNS", "TargetRow", "comparison_rows", "target_rows", "tiles"]

_MOST_TARGETS = 30


def _interval(one: ForecastSummary) -> str:
    if one.low is None or one.high is None or one.scaled_by != "MASE":
        return ""
    return f"{significant(one.low, 3)}–{significant(one.high, 3)}"


def _milliseconds(value: float | None) -> str:
    return significant(value, 2) + ("" if value is None else "\u00a0ms")


def _skill(one: ForecastSummary, baseline: str) -> float | None:
    """Return the skill against a baseline; nothing is measured against itself."""
    value: float | None = getattr(one, f"skill_{baseline}")
    return None if one.model == baseline else value


COLUMNS: tuple[Column[ForecastSummary], ...] = (
    Column(
        "MASE",
        "lower is better",
        lambda one: one.mase,
        lambda value: significant(value, 3),
        below=_interval,
    ),
    Column("MAE", "", lambda one: one.mae, significant),
    Column("RMSE", "", lambda one: one.rmse, significant),
    Column("sMAPE", "%", lambda one: one.smape, lambda value: significant(value, 3)),
    Column("MSE", "training scale", lambda one: one.mse_scaled, lambda v: significant(v, 3)),
    Column("Pinball", "loss", lambda one: one.pinball, significant),
    Column(
        "Coverage",
        "of the interval",
        lambda one: one.coverage,
        percent,
        best=None,
    ),
    Column("Skill", "naive", lambda one: _skill(one, "naive"), signed_percent, max),
    Column("Skill", "seasonal naive", lambda one: _skill(one, "snaive"), signed_percent, max),
    Column("Skill", "linear", lambda one: _skill(one, "linear"), signed_percent, max),
    Column("Parameters", "", lambda one: one.parameters, compact, best=None),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration, best=None),
    Column(
        "Forecast",
        "one window",
        lambda one: one.prediction_milliseconds,
        _milliseconds,
        best=None,
    ),
)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first.
    """
    summaries = summarise_forecasts(records)
    return model_rows(summaries, COLUMNS, model_colours(record["model"] for record in records))


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        Up to four tiles: what it is, the number, a word on it.
    """
    summaries = summarise_forecasts(records)
    leader, network = summaries[0], best_network(summaries)
    found = [("Lowest error", significant(leader.error, 3), f"{leader.scaled_by}, {leader.name}")]
    for model, title, words in (
        ("snaive", "Against seasonal naive", "the seasonal naive forecast's"),
        ("linear", "Against linear", "the linear map's"),
    ):
        other = next((one for one in summaries if one.model == model), None)
        if other is not None and other.error and not network.baseline:
            gap = 1 - network.error / other.error
            side = "below" if gap >= 0 else "above"
            found.append((title, percent(abs(gap)), f"{network.name}, its error {side} {words}"))
    if network.coverage is not None and network.nominal is not None:
        words = f"of the values in the {percent(network.nominal, 0)} intervals of {network.name}"
        found.append(("Coverage", percent(network.coverage), words))
    return found


class TargetRow(NamedTuple):
    """Errors of one target: the best network, and the baselines beside it."""

    target: str
    mase: str
    seasonal: str
    linear: str
    mae: str
    coverage: str


def target_rows(records: Sequence[Record]) -> list[TargetRow]:
    """Write the errors of each target; none for a single one."""
    network = best_network(summarise_forecasts(records))
    by_model = {r["model"]: r["metrics"].get("by_target") or {} for r in reversed(records)}
    own = by_model[network.model]
    if len(own) < 2:
        return []
    return [
        TargetRow(
            target,
            _of(own, target, "mase"),
            _of(by_model.get("snaive", {}), target, "mase"),
            _of(by_model.get("linear", {}), target, "mase"),
            _of(own, target, "mae"),
            percent(figures.get("coverage")),
        )
        for target, figures in list(own.items())[:_MOST_TARGETS]
    ]


def _of(by_target: dict[str, Any], target: str, key: str) -> str:
    return significant(by_target.get(target, {}).get(key), 3 if key == "mase" else 4)
