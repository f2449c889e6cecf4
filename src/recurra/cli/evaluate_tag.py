"""`recurra evaluate` with a tagger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console

if TYPE_CHECKING:
    from rich.table import Table

    from recurra.runtime import Artifact

__all__ = ["measure_tagger", "show_tagger", "tagger_line"]


def measure_tagger(artifact: Artifact, source: str, column: str | None) -> dict[str, Any]:
    """Tag and compare.

    Raises:
        RecurraError: If the model or the data cannot be used.
    """
    with hold_interrupts():
        from recurra.tasks import SequenceTagger

    return SequenceTagger.load(artifact).evaluate_source(source, column=column)


def tagger_line(measured: dict[str, Any]) -> str:
    """Return the main figures in one line."""
    unknown = measured["unknown_accuracy"]
    parts = [f"accuracy {measured['accuracy']:.4f}"]
    if unknown is not None:
        parts.append(f"of unknown words {unknown:.4f}")
    if "entity_f1" in measured:
        parts.append(f"entity F1 {measured['entity_f1']:.4f}")
    parts.append(f"whole sentences {measured['sentence_accuracy']:.4f}")
    counts = f"on {measured['tokens']:,} tokens of {measured['rows']:,} held-out sentences"
    return f"{'  '.join(parts)}  {counts}"


def show_tagger(measured: dict[str, Any]) -> None:
    """Print the figures, those of each tag, and those of each kind of entity."""
    screen = console()
    screen.print(tagger_line(measured))
    screen.print(_figures("tag", "tokens", measured["per_class"]))
    if "per_entity" in measured:
        screen.print(_figures("entity", "entities", measured["per_entity"]))


def _figures(title: str, counted: str, rows: dict[str, dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(title, box=None, pad_edge=False)
    for name in ("precision", "recall", "F1", counted):
        table.add_column(name, justify="right")
    for name, figures in rows.items():
        table.add_row(
            name,
            *(f"{figures[key]:.4f}" for key in ("precision", "recall", "f1")),
            f"{figures['support']:,}",
        )
    return table
