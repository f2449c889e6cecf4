"""Figures of forecasts in words and tables, with the naive forecasts beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "baseline_table",
    "figures_line",
    "shown_steps",
    "skill_line",
    "step_table",
    "target_table",
]

Metrics = Mapping[str, Any]
_TITLES = {"mase": "MASE", "mae": "MAE", "rmse": "RMSE", "smape": "sMAPE %"}
_MOST_TARGETS = 12


def figures_line(metrics: Metrics, where: str = "") -> str:
    """Return the figures in one line.

    Args:
        metrics: As `Forecaster.evaluate` returns them.
        where: What was measured on, for example `"of the test rows"`.
    """
    parts = [f"{name} {_number(metrics[key])}" for key, name in _LINE if metrics[key] is not None]
    if metrics.get("coverage") is not None:
        parts.append(f"coverage {metrics['coverage']:.1%} of nominal {metrics['nominal']:.0%}")
    windows = f"{metrics['windows']:,} window{'s' if metrics['windows'] != 1 else ''}"
    return "  ".join([*parts, f"on {windows} {where}".rstrip()])


def skill_line(metrics: Metrics) -> str:
    """Say how much smaller the errors are than those of the naive forecasts.

    Where the forecaster is not better than the seasonal naive forecast, the line says so plainly.
    """
    parts = [
        f"{'no skill figure' if value is None else f'{value:+.1%}'} against {_words(name)}"
        for name, value in metrics["skill"].items()
    ]
    return f"skill {', '.join(parts)}{_verdict(metrics)}"


def target_table(metrics: Metrics) -> Table:
    """Return the figures of each target; of the first 12 where there are more."""
    names = [key for key in ("mase", "mae", "smape", "coverage", "width") if key in metrics]
    table = _table("target", [_TITLES.get(name, name) for name in names])
    by_target = metrics["by_target"]
    for target in list(by_target)[:_MOST_TARGETS]:
        table.add_row(target, *(_cell(name, by_target[target][name]) for name in names))
    if len(by_target) > _MOST_TARGETS:
        table.add_row(f"and {len(by_target) - _MOST_TARGETS} more")
    return table


def step_table(metrics: Metrics, name: str) -> Table:
    """Return the errors a few steps ahead, beside those of the naive forecasts.

    Args:
        metrics: As `Forecaster.evaluate` returns them.
        name: What the forecaster is called.
    """
    key = "mae" if metrics["mase"] is None else "mase"
    own, others = metrics["by_step"], metrics["baselines"]
    covered = "coverage" in own
    titles = [name, *map(_words, others), *(["coverage"] if covered else [])]
    table = _table(f"{_TITLES[key]} at step", titles)
    for step in shown_steps(len(own[key])):
        by_step = [own, *(other["by_step"] for other in others.values())]
        cells = [_cell(key, values[key][step - 1]) for values in by_step]
        if covered:
            cells.append(_cell("coverage", own["coverage"][step - 1]))
        table.add_row(str(step), *cells)
    return table


def baseline_table(metrics: Metrics, name: str) -> Table:
    """Return the forecaster and the naive forecasts, an error a column."""
    keys = ("mase", "mae", "smape")
    table = _table("forecast", [_TITLES[key] for key in keys])
    for title, figures in {name: metrics, **metrics["baselines"]}.items():
        table.add_row(_words(title), *(_cell(key, figures[key]) for key in keys))
    return table


def shown_steps(horizon: int) -> Sequence[int]:
    """Return all of a few steps; of many the first, the last and three between."""
    if horizon <= 6:
        return range(1, horizon + 1)
    return [1, *(round(horizon * quarter / 4) for quarter in (1, 2, 3)), horizon]


_LINE = (("mase", "MASE"), ("mae", "MAE"), ("smape", "sMAPE"))


def _verdict(metrics: Metrics) -> str:
    key = "mae" if metrics["mase"] is None else "mase"
    own, reference = metrics[key], metrics["baselines"]["seasonal_naive"][key]
    if own is None or reference is None:
        return ""
    against = f"{_TITLES[key]} {_number(own)} against {_number(reference)}"
    if own >= reference:
        return f": NOT better than the seasonal naive forecast ({against})"
    if (metrics["skill"]["seasonal_naive"] or 0) < 0:  # series of different scales
        return f": better than the seasonal naive forecast by {key.upper()} alone ({against})"
    return ""


def _table(first: str, others: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(first, box=None, pad_edge=False)
    for title in others:
        table.add_column(title, justify="right")
    return table


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if name == "coverage" else _number(value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:.4g}"


def _words(name: str) -> str:
    return name.replace("_", " ")
