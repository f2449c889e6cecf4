"""`recurra evaluate` with a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console

if TYPE_CHECKING:
    from rich.table import Table

    from recurra.runtime import Artifact

__all__ = ["measure_classifier", "show_classifier"]

_SHOWN_CLASSES = 12


def measure_classifier(
    artifact: Artifact, source: str, text: str | None, label: str | None
) -> dict[str, Any]:
    """Label and compare.

    Raises:
        RecurraError: If the model or the data cannot be used.
    """
    with hold_interrupts():
        from recurra.cli.caching import use_compilation_cache
        from recurra.tasks import TextClassifier

    use_compilation_cache()
    return TextClassifier.load(artifact).evaluate_source(source, text=text, label=label)


def show_classifier(measured: dict[str, Any]) -> None:
    """Print the figures, those of each class, and the confusion matrix of a few classes."""
    screen = console()
    screen.print(
        f"accuracy {measured['accuracy']:.4f}  macro F1 {measured['macro_f1']:.4f}  "
        f"log loss {measured['log_loss']:.4f}  calibration error "
        f"{measured['calibration_error']:.4f}  on {measured['rows']:,} rows"
    )
    screen.print(_classes(measured["per_class"]))
    if len(measured["classes"]) <= _SHOWN_CLASSES:
        screen.print(_confusion(measured))


def _classes(per_class: dict[str, dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table("class", box=None, pad_edge=False)
    for name in ("precision", "recall", "F1", "rows"):
        table.add_column(name, justify="right")
    for name, figures in per_class.items():
        table.add_row(
            name,
            *(f"{figures[key]:.4f}" for key in ("precision", "recall", "f1")),
            f"{figures['support']:,}",
        )
    return table


def _confusion(measured: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table("true \\ predicted", box=None, pad_edge=False)
    for name in measured["classes"]:
        table.add_column(name, justify="right", overflow="ellipsis", no_wrap=True)
    for name, row in zip(measured["classes"], measured["confusion_matrix"], strict=True):
        table.add_row(name, *(f"{count:,}" for count in row))
    return table
