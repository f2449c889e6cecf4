"""`recurra evaluate` with a forecaster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.forecast_figures import figures_line, skill_line, step_table, target_table
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes

if TYPE_CHECKING:
    from recurra.runtime import Artifact

__all__ = ["measure_forecaster", "show_forecaster"]


def measure_forecaster(artifact: Artifact, source: str, since: str | None) -> dict[str, Any]:
    """Measure at every origin whose targets lie at or after a time.

    Raises:
        RecurraError: If the model or the data cannot be used.
    """
    with hold_interrupts():
        from recurra.cli.forecasting import evaluate_forecaster
    return evaluate_forecaster(artifact, source, since, notes())


def show_forecaster(measured: dict[str, Any]) -> None:
    """Print the figures beside those of the naive forecasts."""
    screen = console()
    screen.print(figures_line(measured))
    screen.print(skill_line(measured))
    screen.print(target_table(measured))
    screen.print(step_table(measured, "forecast"))
