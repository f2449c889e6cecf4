"""The rows of the tables of a comparison of regressors."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.report.numbers import compact, count, duration, fixed, megabytes, significant
from recurra.report.tables import Column, ModelRow, best_network, model_rows
from recurra.report.theme import model_colours
from recurra.study.sequences.summary import RegressionSummary, summarise_regressors
from recurra.study.summary import Record

__all__ = ["COLUMNS", "comparison_rows", "tiles"]


def _three(value: float | None) -> str:
    return significant(value, 3)


COLUMNS: tuple[Column[RegressionSummary], ...] = (
    Column(
        "RMSE",
        "root mean squared error",
        lambda one: one.rmse,
        _three,
        min,
        lambda one: f"{_three(one.low)} to {_three(one.high)}",
    ),
    Column("MAE", "mean absolute error", lambda one: one.mae, _three),
    Column("R²", "share of the variance", lambda one: one.r2, fixed, max),
    Column("Parameters", "", lambda one: one.parameters, count),
    Column("Per epoch", "", lambda one: one.seconds_per_epoch, duration),
    Column("Training", "all epochs", lambda one: one.training_seconds, duration),
    Column("Prediction", "one sequence, ms", lambda one: one.prediction_milliseconds, _three),
    Column("Peak memory", "", lambda one: one.peak_memory_mb, megabytes),
    Column("Context", "steps that count", lambda one: one.effective_context, _three, None),
)


def comparison_rows(records: Sequence[Record]) -> list[ModelRow]:
    """Write every figure of every model, the best of each column marked.

    Args:
        records: Records of one comparison.

    Returns:
        One row per model, lowest error first.
    """
    colours = model_colours(record["model"] for record in records)
    return model_rows(summarise_regressors(records), COLUMNS, colours)


def tiles(records: Sequence[Record]) -> list[tuple[str, str, str]]:
    """Pick the headline numbers.

    Args:
        records: Records of one comparison.

    Returns:
        What it is, the number, a word on it.
    """
    summaries = summarise_regressors(records)
    leader, network = summaries[0], best_network(summaries)
    found = [("Lowest error", _three(leader.rmse), f"RMSE, {leader.name}")]
    if network.r2 is not None:
        found.append(("Variance explained", fixed(network.r2), f"R², {network.name}"))
    constant = next((one for one in summaries if one.model == "mean"), None)
    if constant is not None and constant.rmse and network is not constant:
        share = f"{100 * (network.rmse / constant.rmse - 1):+.0f} %".replace("-", "−")
        found.append(("Against the mean", share, f"RMSE of {network.name}"))
    if network.parameters is not None:
        found.append(("Size", compact(network.parameters), f"parameters, {network.name}"))
    return found
