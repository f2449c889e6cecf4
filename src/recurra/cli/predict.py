"""`recurra predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.forecast_options import Horizon
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.predictions import prediction_commands
from recurra.cli.requests import Prediction
from recurra.cli.series_options import CollectionOptions
from recurra.cli.stream_options import StreamOptions
from recurra.cli.translate_options import SearchOptions
from recurra.errors import UsageError

__all__ = ["predict"]


@takes_groups
def predict(
    model: o.ModelFile,
    given: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts to label, tag or translate; files of sequences or sound; or the data whose "
            "end is continued, by default the data of the training.",
            metavar="TEXT...|SOURCE...",
        ),
    ] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option(help="A table, or a file with one text on each line.", metavar="F"),
    ] = None,
    text: o.TextColumn = None,
    column: Annotated[
        str | None, typer.Option(help="Where a file's tags are filled in.", metavar="COL")
    ] = None,
    reading: CollectionOptions,
    streaming: StreamOptions,
    horizon: Horizon = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the forecast: .csv, .json or .parquet.", metavar="FILE"),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the forecast.", metavar="FILE.png")
    ] = None,
    search: SearchOptions,
    n_best: Annotated[
        int | None,
        typer.Option(help="Translations of each text, best first.", min=1, metavar="K"),
    ] = None,
    show_attention: Annotated[
        Path | None,
        typer.Option(help="Draw what a translation reads of its text.", metavar="FILE.png"),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Label texts, sequences or sound, tag or translate texts, or continue time series.

    Texts are arguments, a file, or standard input line by line.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import GENERATION_TASK, read_artifact

    if given and file:
        raise UsageError("give texts or --file, not both")
    artifact = read_artifact(check_model(model))
    task = artifact.manifest.get("task")
    refuse_rolls(model, task)
    if task == GENERATION_TASK:
        raise UsageError(f"{model} writes text: recurra generate {model} --prompt TEXT")
    options = {"text": text, "column": column, "horizon": horizon, "out": out, "plot": plot}
    options |= {"n_best": n_best, "show_attention": show_attention}
    for group in (search, reading, streaming):
        options |= given_options(group)
    commands = prediction_commands()
    command = commands.get(task if isinstance(task, str) else "", commands["text-classification"])
    refuse_other_options(model, task, command.takes, options)
    command.run(Prediction(artifact, model, given, file, options, search, as_json))
