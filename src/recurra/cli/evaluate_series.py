"""`recurra evaluate` with a classifier or regressor of sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console
from recurra.cli.series_options import collection_arguments

if TYPE_CHECKING:
    from recurra.cli.requests import Evaluation

__all__ = ["measure_sequences", "regressor_line", "show_regressor"]


def measure_sequences(asked: Evaluation) -> dict[str, Any]:
    """Answer for the sequences of a source and compare.

    Raises:
        RecurraError: If the model or the sequences cannot be used.
    """
    from recurra.runtime import SEQUENCE_REGRESSION_TASK

    with hold_interrupts():
        from recurra.tasks import SequenceClassifier, SequenceRegressor

    reading = collection_arguments(dict(asked.options))
    for role in ("label", "target"):
        if asked.options.get(role) is not None:
            reading[role] = asked.options[role]
    regression = asked.artifact.manifest["task"] == SEQUENCE_REGRESSION_TASK
    model = (SequenceRegressor if regression else SequenceClassifier).load(asked.artifact)
    measured: dict[str, Any] = model.evaluate_source(str(asked.source), **reading)
    return measured


def regressor_line(measured: dict[str, Any]) -> str:
    """Return the main figures in one line."""
    r2 = "undefined" if measured["r2"] is None else f"{measured['r2']:.4f}"
    return (
        f"MAE {measured['mae']:.6g} (median {measured['baseline_mae']:.6g})  "
        f"RMSE {measured['rmse']:.6g} (mean {measured['baseline_rmse']:.6g})  "
        f"R2 {r2}  on {measured['rows']:,} sequences"
    )


def show_regressor(measured: dict[str, Any]) -> None:
    """Print the figures beside those of the training's mean and median."""
    console().print(regressor_line(measured))
