"""`recurra evaluate`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.evaluations import evaluation_commands
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import print_json
from recurra.cli.requests import Evaluation
from recurra.cli.series_options import CollectionOptions
from recurra.cli.speech_options import TranscriptColumn
from recurra.cli.translate_options import PairColumns, SearchOptions
from recurra.errors import UsageError

__all__ = ["evaluate"]


@takes_groups
def evaluate(
    model: o.ModelFile,
    source: Annotated[
        str | None,
        typer.Argument(
            help="Data as for training, or a named dataset.", metavar="SOURCE", show_default=False
        ),
    ] = None,
    *,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    column: Annotated[
        str | None, typer.Option(help="Column of the tags, as for training.", metavar="COL")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(help="How names of sound files are made, as for training.", metavar="P"),
    ] = None,
    transcript: TranscriptColumn = None,
    reading: CollectionOptions,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="First time to measure a forecast at; by default after the training.",
            metavar="TIME",
        ),
    ] = None,
    columns: PairColumns,
    search: SearchOptions,
    score: Annotated[
        str | None,
        typer.Option(
            help="Instead of SOURCE: the log-probability of a text by token; for a translator of "
            "'TEXT ||| TRANSLATION'.",
            metavar="TEXT",
        ),
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Measure a model on other data.

    Of a classifier: accuracy, macro F1, per-class figures, log loss, calibration. Of a regressor:
    errors beside those of the mean. Of a forecaster: errors beside those of the naive forecasts,
    coverage of the intervals. Of a tagger: accuracy, of unknown words too, entities. Of a language
    model: nats, perplexity, bits per character. Of a translator: BLEU with its signature, chrF,
    exact match, perplexity, all by length too. Of a recognizer: word and character error rate,
    speed.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import read_artifact

    if (source is None) == (score is None):
        raise UsageError(_WANTED if source is None else "give data or --score TEXT, not both")
    artifact = read_artifact(check_model(model))
    task = artifact.manifest.get("task")
    refuse_rolls(artifact.path, task)
    given = {"text": text, "label": label, "column": column, "pattern": pattern}
    given["transcript"] = transcript
    given |= {"from": since, "score": score, **given_options(reading)}
    for group in (columns, search):
        for name, value in given_options(group).items():
            given[name.removesuffix("_column")] = value
    commands = evaluation_commands()
    command = commands.get(task if isinstance(task, str) else "", commands["text-classification"])
    refuse_other_options(model, task, command.takes, given)
    asked = Evaluation(artifact, source, given, {"pairs": columns, "search": search})
    measured, show = command.run(asked)
    if as_json:
        print_json({"model": str(model), "source": source, **measured})
        return
    show(measured)


_WANTED = "Missing argument 'SOURCE': the data to measure on; or give --score TEXT"
