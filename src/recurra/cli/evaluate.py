"""`recurra evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.forecast_figures import figures_line, skill_line, step_table, target_table
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json
from recurra.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from recurra.runtime import Artifact

__all__ = ["evaluate"]

_SHOWN_CLASSES = 12


def evaluate(
    model: o.ModelFile,
    source: o.Source,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="First time to measure a forecast at; by default after the training.",
            metavar="TIME",
        ),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Measure a model on other data.

    Of a classifier: accuracy, macro F1, per-class figures, log loss, calibration. Of a
    forecaster: errors beside those of the naive forecasts, coverage of the intervals.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import FORECAST_TASK, read_artifact

    artifact = read_artifact(check_model(model))
    if artifact.manifest.get("task") == FORECAST_TASK:
        if text is not None or label is not None:
            raise UsageError(f"{model} forecasts series; leave out --text and --label")
        measured = _measure_forecaster(artifact, source, since)
        show = _show_forecaster
    else:
        if since is not None:
            raise UsageError(f"{model} labels texts; leave out --from")
        measured = _measure_classifier(artifact, source, text, label)
        show = _show_classifier
    if as_json:
        print_json({"model": str(model), "source": source, **measured})
        return
    show(measured)


def _measure_forecaster(artifact: Artifact, source: str, since: str | None) -> dict[str, Any]:
    with hold_interrupts():
        from recurra.cli.forecasting import evaluate_forecaster
    return evaluate_forecaster(artifact, source, since, notes())


def _show_forecaster(measured: dict[str, Any]) -> None:
    screen = console()
    screen.print(figures_line(measured))
    screen.print(skill_line(measured))
    screen.print(target_table(measured))
    screen.print(step_table(measured, "forecast"))


def _measure_classifier(
    artifact: Artifact, source: str, text: str | None, label: str | None
) -> dict[str, Any]:
    with hold_interrupts():
        from recurra.cli.caching import use_compilation_cache
        from recurra.tasks import TextClassifier

    use_compilation_cache()
    return TextClassifier.load(artifact).evaluate_source(source, text=text, label=label)


def _show_classifier(measured: dict[str, Any]) -> None:
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
