"""A sequence of numbers that a classifier labels or a regressor measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UnknownNameError, UsageError
from recurra.runtime.series import SequencePredictor, SequenceSpecification
from recurra.sequences.collections import as_sequences
from recurra.study.insight._frame_steps import FrameSteps, from_frames, step_numbers
from recurra.study.insight._subject_parts import (
    best_first,
    cross_entropy,
    log_odds,
    network_name,
)
from recurra.study.insight.subject import Subject
from recurra.tasks.series import SequenceClassifier, SequenceRegressor

__all__ = ["classified_frames", "classifier_subject", "regressor_subject"]

Array = NDArray[np.float32]


def classifier_subject(
    classifier: SequenceClassifier, sequence: Any, target: Any = None
) -> Subject:
    """Return a sequence of numbers as a trained classifier reads it.

    Args:
        classifier: A fitted `SequenceClassifier`.
        sequence: Shape `(time, channels)` or `(time,)`, NaN where a value is missing.
        target: The label whose log-odds are explained and that the loss compares with; the
            predicted one when `None`.

    Raises:
        DataError: If the sequence cannot be used.
        ShapeError: If it has other channels than those of the training.
        UnknownNameError: If there is no such label.
    """
    scaled = _scaled(classifier.predictor_, sequence)
    labels = step_numbers(len(scaled), classifier.specification_.stride)
    return classified_frames(
        classifier, classifier.predictor_, scaled, labels, target, what="sequence classifier"
    )


def classified_frames(
    classifier: SequenceClassifier,
    predictor: SequencePredictor,
    scaled: Array,
    labels: Sequence[str],
    target: Any,
    *,
    what: str,
) -> Subject:
    """Return scaled steps as a classifier reads them.

    The model of the subject gives logits, its softmax is left out: a log-odds computed from
    probabilities would lose what a network is sure of.

    Args:
        classifier: A fitted classifier of sequences or of sound.
        predictor: What answers for it without Keras.
        scaled: Shape `(time, features)`.
        labels: Names of the frames.
        target: As for `classifier_subject`.
        what: What the network is, in words.

    Raises:
        UnknownNameError: If there is no such label.
    """
    probabilities = predictor.predict_frames([scaled])[0]
    classes = [str(label) for label in classifier.classes_]
    place = int(probabilities.argmax()) if target is None else _place(str(target), classes)
    spec, model = classifier.specification_, classifier.model_
    steps = FrameSteps.of(scaled, predictor.scaler.channels, spec.stride)
    return Subject(
        model=from_frames(model, model.get_layer("logits").output, spec.stride),
        inputs=steps.inputs,
        labels=tuple(labels),
        task=classifier.task,
        name=network_name(spec.cell, spec.units, bidirectional=spec.bidirectional, what=what),
        answer=best_first(classes, probabilities),
        explained=f"log-odds of {classes[place]!r}",
        score=lambda logits: log_odds(logits, place),
        loss=lambda logits: cross_entropy(logits, place),
        replace=steps.exchanged,
        sequence=0,
        empty=np.zeros_like(steps.frames),
        attention=lambda: _attention(predictor, spec, scaled),
    )


def regressor_subject(regressor: SequenceRegressor, sequence: Any, target: Any = None) -> Subject:
    """Return a sequence of numbers as a trained regressor reads it.

    Args:
        regressor: A fitted `SequenceRegressor`.
        sequence: As for `classifier_subject`.
        target: The true number, which the loss compares with; the mean of the training when `None`.

    Raises:
        DataError: If the sequence cannot be used.
        ShapeError: If it has other channels than those of the training.
        UsageError: If the target is no number.
    """
    predictor, spec, model = regressor.predictor_, regressor.specification_, regressor.model_
    scaled, scaling = _scaled(predictor, sequence), regressor.target_
    true = (scaling.mean if target is None else _number(target)) - scaling.mean
    steps = FrameSteps.of(scaled, predictor.scaler.channels, spec.stride)
    answer = float(scaling.restore(predictor.predict_frames([scaled]))[0, 0])
    return Subject(
        model=from_frames(model, model.output, spec.stride),
        inputs=steps.inputs,
        labels=step_numbers(len(scaled), spec.stride),
        task=regressor.task,
        name=network_name(
            spec.cell, spec.units, bidirectional=spec.bidirectional, what="sequence regressor"
        ),
        answer=(("number", answer),),
        explained="the number",
        score=lambda outputs: outputs[:, 0] * scaling.spread + scaling.mean,
        loss=lambda outputs: (outputs[:, 0] - true / scaling.spread) ** 2,
        replace=steps.exchanged,
        sequence=0,
        empty=np.zeros_like(steps.frames),
        attention=lambda: _attention(predictor, spec, scaled),
    )


def _scaled(predictor: SequencePredictor, sequence: Any) -> Array:
    return predictor.scaler.transform(as_sequences([sequence], predictor.scaler.channels)[0])


def _attention(
    predictor: SequencePredictor, spec: SequenceSpecification, scaled: Array
) -> Array | None:
    if spec.cell == "dense" or spec.pooling != "attention":
        return None
    weights: Array = predictor.network.attention(scaled[None], np.array([len(scaled)]))[0]
    return weights


def _place(label: str, classes: list[str]) -> int:
    if label not in classes:
        raise UnknownNameError("label", label, classes)
    return classes.index(label)


def _number(target: Any) -> float:
    try:
        number = float(target)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise UsageError(f"the target of a regressor is the true number, not {target!r}")
    return number
