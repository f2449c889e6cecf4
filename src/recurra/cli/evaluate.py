"""`recurra evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, print_json

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["evaluate"]

_SHOWN_CLASSES = 12


def evaluate(
    model: o.ModelFile,
    source: o.Source,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    as_json: o.Json = False,
) -> None:
    """Measure a model: accuracy, macro F1, per-class figures, log loss, calibration."""
    from recurra.cli.paths import check_model

    check_model(model)
    with hold_interrupts():
        from recurra.cli.caching import use_compilation_cache
        from recurra.tasks import TextClassifier

    use_compilation_cache()
    classifier = TextClassifier.load(model)
    measured = classifier.evaluate_source(source, text=text, label=label)
    if as_json:
        print_json({"model": str(model), "source": source, **measured})
        return
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
