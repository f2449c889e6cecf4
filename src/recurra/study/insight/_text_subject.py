"""A text that a classifier labels."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UnknownNameError
from recurra.study.insight._subject_parts import (
    best_first,
    cross_entropy,
    log_odds,
    network_name,
)
from recurra.study.insight.subject import Subject
from recurra.tasks.effective_context import exchanged_tokens
from recurra.tasks.text_classifier import TextClassifier

__all__ = ["text_subject"]


def text_subject(classifier: TextClassifier, text: str, target: Any = None) -> Subject:
    """Return a text as a trained classifier reads it.

    The model of the subject gives logits, its softmax is left out: a log-odds computed from
    probabilities would lose what a network is sure of.

    Args:
        classifier: A fitted `TextClassifier`.
        text: The text.
        target: The label whose log-odds are explained and that the loss compares with; the
            predicted one when `None`.

    Raises:
        DataError: If the text is no string, or empty.
        UnknownNameError: If there is no such label.
    """
    if not isinstance(text, str):
        raise DataError(f"a classifier reads a text, got {type(text).__name__}")
    if not text.strip():
        raise DataError("the text is empty: there is nothing to look at")
    ids = classifier.encoder_.encode([text])[0]
    ngrams = classifier.predictor_.ngrams
    probabilities = classifier.predict_proba([text])[0]
    classes = [str(label) for label in classifier.classes_]
    place = int(probabilities.argmax()) if target is None else _place(str(target), classes)
    spec, model = classifier.specification_, _to_logits(classifier.model_)

    def inputs(rows: NDArray[np.int32]) -> Any:
        return rows if ngrams is None else [rows, ngrams.transform(rows, unique=True)]

    def attention() -> NDArray[np.float32] | None:
        if spec.cell == "dense" or spec.pooling != "attention":
            return None
        return np.array([weight for _, weight in classifier.attention(text)], np.float32)

    return Subject(
        model=model,
        inputs=inputs(ids[None]),
        labels=tuple(classifier.encoder_.decode(ids)),
        task=classifier.task,
        name=network_name(
            spec.cell, spec.units, bidirectional=spec.bidirectional, what="classifier"
        ),
        answer=best_first(classes, probabilities),
        explained=f"log-odds of {classes[place]!r}",
        score=lambda logits: log_odds(logits, place),
        loss=lambda logits: cross_entropy(logits, place),
        replace=lambda steps, generator: inputs(exchanged_tokens(ids, steps, generator)),
        vectors=model.get_layer("embedding"),
        sequence=None if ngrams is None else 0,
        attention=attention,
    )


def _place(label: str, classes: list[str]) -> int:
    if label not in classes:
        raise UnknownNameError("label", label, classes)
    return classes.index(label)


def _to_logits(model: Any) -> Any:
    """Return the same network without its softmax; the layers are shared."""
    return keras.Model(model.input, model.get_layer("probabilities").input, name=model.name)
