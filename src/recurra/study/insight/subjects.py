"""From a model and an input, whatever they are, to a `Subject`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras

from recurra.errors import NotFittedError, UsageError
from recurra.study.insight._audio_subject import audio_subject
from recurra.study.insight._forecast_subject import forecast_subject
from recurra.study.insight._keras_subject import keras_subject
from recurra.study.insight._language_subject import language_subject
from recurra.study.insight._roll_subject import roll_subject
from recurra.study.insight._series_subject import classifier_subject, regressor_subject
from recurra.study.insight._speech_subject import speech_subject
from recurra.study.insight._tagging_subject import tagging_subject
from recurra.study.insight._text_subject import text_subject
from recurra.study.insight._translation_subject import translation_subject
from recurra.study.insight._watching import recurrent_layers
from recurra.study.insight.subject import Subject
from recurra.tasks import (
    AudioClassifier,
    Forecaster,
    RollGenerator,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    SpeechRecognizer,
    TextClassifier,
    TextGenerator,
    Translator,
    open_model,
)

__all__ = ["check_recurrent", "subject_of"]


def subject_of(
    model: Any,
    inputs: Any = None,
    *,
    target: Any = None,
    labels: Sequence[str] | None = None,
    series: str | None = None,
) -> Subject:
    """Return one input of a model, ready to be looked at.

    Args:
        model: A fitted estimator, a built `keras.Model`, or the path of a `.recurra` or `.keras`
            file.
        inputs: A text for a classifier, a language model or a translator; a sentence for a tagger;
            a sequence `(time, channels)`; a sound: a path, samples, or a pair of samples and
            their rate; data as for `Forecaster.predict` (the end of the training data when
            `None`); a piano roll; arrays for a `keras.Model`.
        target: What to explain in place of the model's own answer: a label, the name of a target
            column, what comes next, a translation, a transcript, a token and its tag (`"4=NOUN"`),
            the number of a note or of an output; for a regressor the true number.
        labels: Name of each step, for a `keras.Model`.
        series: Which series of the data, for a forecaster; the first when `None`.

    Raises:
        SourceError: If there is no such file.
        ArtifactError: If it cannot be used.
        UsageError: If the model has no recurrent layer, is of another kind, or nothing was given
            for it to read.
        DataError: If the input is none for this model.
        UnknownNameError: If there is no such label, column or series.
    """
    model = open_model(model) if isinstance(model, (str, Path)) else model
    check_recurrent(_network(model))
    if isinstance(model, Forecaster):
        return forecast_subject(model, inputs, target, series)
    if inputs is None:
        raise UsageError(f"nothing was given for the model to read; give {_wanted(model)}")
    if isinstance(model, keras.Model):
        return keras_subject(model, inputs, target=target, labels=labels)
    build = next(build for kind, (build, _) in _BUILDERS.items() if isinstance(model, kind))
    return build(model, inputs, target)


def check_recurrent(model: Any) -> None:
    """Refuse a model without recurrent layers.

    Raises:
        UsageError: If it is one.
    """
    if not recurrent_layers(model):
        raise UsageError(
            f"{model.name!r} has no recurrent layer: it keeps no state over time that could be "
            "shown; train one with the cell rnn, lstm or gru"
        )


def _network(model: Any) -> Any:
    """Return the Keras model of an estimator, or the model itself."""
    if isinstance(model, keras.Model):
        return model
    if not isinstance(model, (Forecaster, *_BUILDERS)):
        raise UsageError(
            f"expected an estimator of Recurra, a keras.Model or the path of a file, "
            f"got {type(model).__name__}"
        )
    if not hasattr(model, "model_"):
        raise NotFittedError(f"this {type(model).__name__} is not fitted yet; call fit first")
    return model.model_


def _wanted(model: Any) -> str:
    if isinstance(model, keras.Model):
        return "arrays of one sequence"
    return next(wanted for kind, (_, wanted) in _BUILDERS.items() if isinstance(model, kind))


_SEQUENCE, _SOUND, _TEXT = "a sequence (time, channels)", "a sound", "a text"
_BUILDERS: dict[type, tuple[Callable[[Any, Any, Any], Subject], str]] = {  # the first that fits
    AudioClassifier: (audio_subject, _SOUND),
    RollGenerator: (roll_subject, "a piano roll (time, notes)"),
    SequenceClassifier: (classifier_subject, _SEQUENCE),
    SequenceRegressor: (regressor_subject, _SEQUENCE),
    SequenceTagger: (tagging_subject, "a sentence"),
    SpeechRecognizer: (speech_subject, _SOUND),
    TextClassifier: (text_subject, _TEXT),
    TextGenerator: (language_subject, _TEXT),
    Translator: (translation_subject, _TEXT),
}
