"""How `recurra predict` answers with the models of each task."""

from __future__ import annotations

from recurra.cli.predict_audio import predict_sounds
from recurra.cli.predict_classify import predict_labels
from recurra.cli.predict_forecast import predict_forecast
from recurra.cli.predict_series import predict_sequences
from recurra.cli.predict_speech import transcribe_sounds
from recurra.cli.predict_tag import predict_tags
from recurra.cli.predict_translate import predict_translations
from recurra.cli.requests import Prediction, TaskCommand
from recurra.cli.series_options import COLLECTION_NAMES
from recurra.errors import UsageError

__all__ = ["prediction_commands"]

_SPEECH = ("files", "stream", "rate", "beam", "length_bonus")


def prediction_commands() -> dict[str, TaskCommand]:
    """Return what answers, by task as manifests name it."""
    from recurra import runtime

    search = ("beam", "length_penalty", "n_best", "show_attention")
    return {
        "text-classification": TaskCommand(("text",), _labels),
        runtime.AUDIO_CLASSIFICATION_TASK: TaskCommand(("files", "stream", "rate"), predict_sounds),
        runtime.FORECAST_TASK: TaskCommand(("horizon", "out", "plot"), _forecast),
        runtime.SEQUENCE_CLASSIFICATION_TASK: TaskCommand(COLLECTION_NAMES, predict_sequences),
        runtime.SEQUENCE_REGRESSION_TASK: TaskCommand(COLLECTION_NAMES, predict_sequences),
        runtime.SPEECH_TASK: TaskCommand(_SPEECH, transcribe_sounds),
        runtime.TAGGING_TASK: TaskCommand(("text", "column"), _tags),
        runtime.TRANSLATION_TASK: TaskCommand(("text", *search), _translations),
    }


def _labels(asked: Prediction) -> None:
    predict_labels(asked.artifact, asked.texts(), as_json=asked.as_json)


def _tags(asked: Prediction) -> None:
    column = asked.options["column"]
    predict_tags(asked.artifact, asked.texts(), column, as_json=asked.as_json)


def _translations(asked: Prediction) -> None:
    predict_translations(
        asked.artifact,
        asked.texts(),
        asked.search,
        asked.options["n_best"],
        asked.options["show_attention"],
        as_json=asked.as_json,
    )


def _forecast(asked: Prediction) -> None:
    sources = asked.sources()
    if len(sources) > 1:
        raise UsageError(
            f"{asked.model} continues the series of one table; give one file or dataset"
        )
    options = [asked.options[name] for name in ("horizon", "out", "plot")]
    predict_forecast(
        asked.artifact, sources[0] if sources else None, *options, as_json=asked.as_json
    )
