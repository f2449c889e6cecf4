"""`recurra predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.forecast_options import Horizon
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.predict_classify import predict_labels
from recurra.cli.predict_forecast import predict_forecast
from recurra.cli.predict_translate import predict_translations
from recurra.cli.text_lines import TextInput
from recurra.cli.translate_options import SearchOptions
from recurra.errors import UsageError

__all__ = ["predict"]


@takes_groups
def predict(
    model: o.ModelFile,
    given: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts to label or translate; or the data whose end is continued, by default the "
            "data of the training.",
            metavar="TEXT...|SOURCE",
        ),
    ] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option(help="A table, or a file with one text on each line.", metavar="F"),
    ] = None,
    text: o.TextColumn = None,
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
    """Label texts, translate them, or continue time series.

    Texts are arguments, a file, or standard input line by line.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import FORECAST_TASK, GENERATION_TASK, TRANSLATION_TASK, read_artifact

    if given and file:
        raise UsageError("give texts or --file, not both")
    artifact = read_artifact(check_model(model))
    task = artifact.manifest.get("task")
    refuse_rolls(model, task)
    if task == GENERATION_TASK:
        raise UsageError(f"{model} writes text: recurra generate {model} --prompt TEXT")
    takes = {"text"}
    if task == FORECAST_TASK:
        takes = {"horizon", "out", "plot"}
    elif task == TRANSLATION_TASK:
        takes = {"text", "beam", "length_penalty", "n_best", "show_attention"}
    options = {"text": text, "horizon": horizon, "out": out, "plot": plot}
    options |= {"n_best": n_best, "show_attention": show_attention, **given_options(search)}
    refuse_other_options(model, task, takes, options)
    if task == FORECAST_TASK:
        source = _one_source(model, given, file)
        predict_forecast(artifact, source, horizon, out, plot, as_json=as_json)
        return
    texts = TextInput(given, file, text)
    texts.check()
    if task == TRANSLATION_TASK:
        predict_translations(artifact, texts, search, n_best, show_attention, as_json=as_json)
    else:
        predict_labels(artifact, texts, as_json=as_json)


def _one_source(model: Path, given: list[str] | None, file: Path | None) -> str | None:
    if given and len(given) > 1:
        raise UsageError(f"{model} continues the series of one table; give one file or dataset")
    return given[0] if given else str(file) if file else None
