"""`recurra inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import console, print_json
from recurra.cli.series_options import COLLECTION_NAMES, CollectionOptions
from recurra.errors import UsageError

__all__ = ["inspect"]


@takes_groups
def inspect(
    model: Annotated[
        Path,
        typer.Argument(
            help="A .recurra file, or a .keras file with recurrent layers.",
            metavar="MODEL",
            show_default=False,
        ),
    ],
    *,
    given: Annotated[
        str | None,
        typer.Option(
            "--input",
            help="The text or sentence to look at; for a .keras file token ids, such as '4 17 8'.",
            metavar="TEXT",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Instead of --input: a file with the text; a sound file; for a .keras file "
            "numbers, a step on each line, or an array (.npy).",
            metavar="F",
        ),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            help="Of models of sequences: a file, folder or dataset of them; of a forecaster: data "
            "whose end is looked at, by default those of the training.",
            metavar="FILE",
        ),
    ] = None,
    series_name: Annotated[
        str | None,
        typer.Option(
            "--name",
            help="Of a forecaster: which of several series; by default the first.",
            metavar="ID",
        ),
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(help="Which of several sequences; by default the first.", min=1, metavar="N"),
    ] = None,
    reading: CollectionOptions,
    target: Annotated[
        str | None,
        typer.Option(
            help="What to explain instead of the model's own answer: a label, a target column, "
            "what comes next, a translation, a transcript, a token and its tag (4=NOUN), the "
            "number of an output; for a regressor the true number.",
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
    options = {"input": given, "file": file, "series": series, "name": series_name, "row": row}
    options |= given_options(reading)
    task = _check_options(model, options)
    check_folder(out)
    check_optional_output(trace, (".trace", ".safetensors"))
    with hold_interrupts():
        from recurra.cli.inspecting import look_into, read_input

    inputs, place = read_input(model, task, options)
    found = look_into(model, inputs, target, series_name, out, trace, seed)
    found["input"] = place
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
    if model.suffix == ".keras":
        task, wanted = "keras", "--input '4 17 8' or --file F"
        odd = [name for name, value in given.items() if value is not None]
        flags = [f"--{name.replace('_', '-')}" for name in odd if name not in ("input", "file")]
        if flags:
            raise UsageError(f"{model} is a Keras model; leave out {' and '.join(flags)}")
    else:
        from recurra.runtime import read_artifact

        task = str(read_artifact(model).manifest.get("task"))
        refuse_rolls(model, task)
        takes, wanted = _taken(task)
        refuse_other_options(model, task, takes, given)
    if wanted and all(given[name] is None for name in ("input", "file", "series")):
        raise UsageError(f"say what {model} shall read: {wanted}")
    return task


def _taken(task: str) -> tuple[tuple[str, ...], str]:
    """Return the options of a task, and what to ask for when none was given."""
    from recurra import runtime

    sequences = ("series", "row", *COLLECTION_NAMES), "--series FILE"
    sound = ("file",), "--file SOUND"
    return {
        runtime.AUDIO_CLASSIFICATION_TASK: sound,
        runtime.FORECAST_TASK: (("series", "name"), ""),
        runtime.SEQUENCE_CLASSIFICATION_TASK: sequences,
        runtime.SEQUENCE_REGRESSION_TASK: sequences,
        runtime.SPEECH_TASK: sound,
    }.get(task, (("input", "file"), "--input TEXT or --file F"))
