"""`recurra evaluate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.evaluate_classify import measure_classifier, show_classifier
from recurra.cli.evaluate_forecast import measure_forecaster, show_forecaster
from recurra.cli.evaluate_generate import measure_generator, score_text, show_generator, show_score
from recurra.cli.evaluate_translate import measure_translator, score_pair, show_translator
from recurra.cli.model_kinds import refuse_other_options, refuse_rolls
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import print_json
from recurra.cli.translate_options import PairColumns, SearchOptions
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.runtime import Artifact

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

    Of a classifier: accuracy, macro F1, per-class figures, log loss, calibration. Of a
    forecaster: errors beside those of the naive forecasts, coverage of the intervals. Of a
    language model: nats, perplexity, bits per character. Of a translator: BLEU with its
    signature, chrF, exact match, perplexity, all by length too.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import read_artifact

    if (source is None) == (score is None):
        raise UsageError(_WANTED if source is None else "give data or --score TEXT, not both")
    artifact = read_artifact(check_model(model))
    given = {"text": text, "label": label, "from": since, "score": score}
    for name, value in {**given_options(columns), **given_options(search)}.items():
        given[name.removesuffix("_column")] = value
    kind = _kind(artifact)
    refuse_other_options(model, artifact.manifest.get("task"), _TAKES[kind], given)
    show = _SHOW[kind]
    if score is not None:
        measured = score_text(artifact, score) if kind == "text" else score_pair(artifact, score)
        show = show_score
    elif kind == "series":
        measured = measure_forecaster(artifact, str(source), since)
    elif kind == "text":
        measured = measure_generator(artifact, str(source), text)
    elif kind == "pairs":
        measured = measure_translator(artifact, str(source), columns, search)
    else:
        measured = measure_classifier(artifact, str(source), text, label)
    if as_json:
        print_json({"model": str(model), "source": source, **measured})
        return
    show(measured)


def _kind(artifact: Artifact) -> str:
    """Return what a model is measured on."""
    from recurra import runtime

    task = artifact.manifest.get("task")
    refuse_rolls(artifact.path, task)
    kinds = {
        runtime.FORECAST_TASK: "series",
        runtime.GENERATION_TASK: "text",
        runtime.TRANSLATION_TASK: "pairs",
    }
    return kinds.get(task, "classes") if isinstance(task, str) else "classes"


_WANTED = "Missing argument 'SOURCE': the data to measure on; or give --score TEXT"
_TAKES = {
    "classes": {"text", "label"},
    "series": {"from"},
    "text": {"text", "score"},
    "pairs": {"source", "target", "target_file", "beam", "length_penalty", "score"},
}
_SHOW: dict[str, Callable[[dict[str, Any]], None]] = {
    "classes": show_classifier,
    "series": show_forecaster,
    "text": show_generator,
    "pairs": show_translator,
}
