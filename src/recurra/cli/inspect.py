"""`recurra inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.output import console, print_json
from recurra.errors import UsageError

__all__ = ["inspect"]


def inspect(
    model: Annotated[
        Path,
        typer.Argument(
            help="A .recurra file, or a .keras file with recurrent layers.",
            metavar="MODEL",
            show_default=False,
        ),
    ],
    given: Annotated[
        str | None,
        typer.Option(
            "--input",
            help="The text to look at; for a .keras file token ids, such as '4 17 8'.",
            metavar="TEXT",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Instead of --input: a file with the text; for a .keras file numbers, a step on "
            "each line, or an array (.npy).",
            metavar="F",
        ),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            help="Of a forecaster: data whose end is looked at, by default the data of the "
            "training.",
            metavar="FILE",
        ),
    ] = None,
    series_name: Annotated[
        str | None,
        typer.Option("--name", help="Which of several series; by default the first.", metavar="ID"),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="What to explain instead of the model's own answer: a label, a target column, "
            "what comes next, a translation, the number of an output.",
            metavar="LABEL",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where to write the page and the pictures.", metavar="DIR")
    ] = Path("recurra-inspect"),
    trace: Annotated[
        Path | None,
        typer.Option(
            help="Keep all arrays in one file too; recurra.study.insight.Trace reads it.",
            metavar="FILE.trace",
        ),
    ] = None,
    seed: o.Seed = 0,
    as_json: o.Json = False,
) -> None:
    """Look into a network while it reads one input.

    States, gates, gradients through time, memory and attributions go into a page, inspect.html,
    and into pictures beside it.
    """
    from recurra.cli.paths import check_folder, check_model, check_optional_output

    check_model(model)
    if given is not None and file is not None:
        raise UsageError("give --input or --file, not both")
    options = {"input": given, "file": file, "series": series, "name": series_name}
    task = _check_options(model, options)
    check_folder(out)
    check_optional_output(trace, (".trace", ".safetensors"))
    with hold_interrupts():
        from recurra.cli.inspecting import look_into, read_input

    inputs = read_input(model, task, given, file, series)
    found = look_into(model, inputs, target, series_name, out, trace, seed)
    if as_json:
        print_json(found)
        return
    from recurra.cli.inspecting import summary_lines

    for line in summary_lines(found):
        console().print(line)


def _check_options(model: Path, given: dict[str, Any]) -> str:
    """Refuse options for other models, and ask for what there is to look at; return the task.

    Raises:
        UsageError: If an option does not fit, or the input is missing.
        ArtifactError: If the file cannot be used.
    """
    task: Any = "keras"
    if model.suffix == ".keras":
        wanted = "--input '4 17 8' or --file F"
        odd = [f"--{name}" for name in ("series", "name") if given[name] is not None]
        if odd:
            raise UsageError(f"{model} is a Keras model; leave out {' and '.join(odd)}")
    else:
        from recurra.runtime import FORECAST_TASK, read_artifact

        task = read_artifact(model).manifest.get("task")
        refuse_rolls(model, task)
        takes, wanted = {"input", "file"}, "--input TEXT or --file F"
        if task == FORECAST_TASK:
            takes, wanted = {"series", "name"}, ""
        refuse_other_options(model, task, takes, given)
    if wanted and given["input"] is None and given["file"] is None:
        raise UsageError(f"say what {model} shall read: {wanted}")
    return str(task)
