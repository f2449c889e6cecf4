"""How `recurra evaluate` measures the models of each task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recurra.cli.evaluate_audio import measure_sounds
from recurra.cli.evaluate_classify import measure_classifier, show_classifier
from recurra.cli.evaluate_forecast import measure_forecaster, show_forecaster
from recurra.cli.evaluate_generate import measure_generator, score_text, show_generator, show_score
from recurra.cli.evaluate_series import measure_sequences, show_regressor
from recurra.cli.evaluate_speech import measure_transcripts, show_transcripts
from recurra.cli.evaluate_tag import measure_tagger, show_tagger
from recurra.cli.evaluate_translate import measure_translator, score_pair, show_translator
from recurra.cli.requests import Evaluation, TaskCommand
from recurra.cli.series_options import COLLECTION_NAMES

__all__ = ["evaluation_commands"]

Measured = dict[str, Any]
Result = tuple[Measured, Callable[[Measured], None]]

_SPEECH = ("pattern", "files", "transcript", "beam", "length_bonus")
_PAIRS = ("source", "target", "target_file", "beam", "length_penalty", "score")


def evaluation_commands() -> dict[str, TaskCommand]:
    """Return what measures, by task as manifests name it."""
    from recurra import runtime

    return {
        "text-classification": TaskCommand(("text", "label"), _classifier),
        runtime.AUDIO_CLASSIFICATION_TASK: TaskCommand(("pattern", "files", "label"), _sounds),
        runtime.FORECAST_TASK: TaskCommand(("from",), _forecaster),
        runtime.GENERATION_TASK: TaskCommand(("text", "score"), _generator),
        runtime.SEQUENCE_CLASSIFICATION_TASK: TaskCommand(
            (*COLLECTION_NAMES, "label"), _sequence_classifier
        ),
        runtime.SEQUENCE_REGRESSION_TASK: TaskCommand(
            (*COLLECTION_NAMES, "target"), _sequence_regressor
        ),
        runtime.SPEECH_TASK: TaskCommand(_SPEECH, _transcripts),
        runtime.TAGGING_TASK: TaskCommand(("column",), _tagger),
        runtime.TRANSLATION_TASK: TaskCommand(_PAIRS, _translator),
    }


def _classifier(asked: Evaluation) -> Result:
    options = asked.options
    measured = measure_classifier(
        asked.artifact, str(asked.source), options["text"], options["label"]
    )
    return measured, show_classifier


def _sounds(asked: Evaluation) -> Result:
    return measure_sounds(asked), show_classifier


def _forecaster(asked: Evaluation) -> Result:
    measured = measure_forecaster(asked.artifact, str(asked.source), asked.options["from"])
    return measured, show_forecaster


def _generator(asked: Evaluation) -> Result:
    if asked.options["score"] is not None:
        return score_text(asked.artifact, asked.options["score"]), show_score
    measured = measure_generator(asked.artifact, str(asked.source), asked.options["text"])
    return measured, show_generator


def _translator(asked: Evaluation) -> Result:
    if asked.options["score"] is not None:
        return score_pair(asked.artifact, asked.options["score"]), show_score
    groups = asked.groups
    measured = measure_translator(
        asked.artifact, str(asked.source), groups["pairs"], groups["search"]
    )
    return measured, show_translator


def _tagger(asked: Evaluation) -> Result:
    return measure_tagger(asked.artifact, str(asked.source), asked.options["column"]), show_tagger


def _transcripts(asked: Evaluation) -> Result:
    return measure_transcripts(asked), show_transcripts


def _sequence_classifier(asked: Evaluation) -> Result:
    return measure_sequences(asked), show_classifier


def _sequence_regressor(asked: Evaluation) -> Result:
    return measure_sequences(asked), show_regressor
