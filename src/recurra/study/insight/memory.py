"""How far back one input still changes what a model puts out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.runtime import (
    AUDIO_CLASSIFICATION_TASK,
    GENERATION_TASK,
    SEQUENCE_CLASSIFICATION_TASK,
)
from recurra.study.insight._programs import Program, forward
from recurra.study.insight._scoring import rows_at_once
from recurra.study.insight._subject_parts import softmax
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import MemoryCurve
from recurra.tasks import effective_context
from recurra.tasks.text_classifier import TextClassifier

__all__ = ["memory_curve"]

_DRAWS = 4  # exchanges of each step
_READ: dict[str, Callable[[Any], Any]] = {  # logits whose probabilities are compared
    AUDIO_CLASSIFICATION_TASK: lambda logits: logits,
    SEQUENCE_CLASSIFICATION_TASK: lambda logits: logits,
    TextClassifier.task: lambda logits: logits,
    GENERATION_TASK: lambda logits: logits[:, -1],
}


def memory_curve(subject: Subject, *, seed: int = 0) -> MemoryCurve:
    """Exchange one step after the other and measure how the output changes.

    For classes and next tokens the change is the total-variation distance of the probabilities,
    for everything else the absolute change of the explained score.

    Args:
        subject: The input and its model.
        seed: Fixes what steps are exchanged for.

    Returns:
        The curve of this one input; a model card's is that of several, see
        `recurra.tasks.effective_context`.
    """
    length = len(subject.labels)
    distances = effective_context.spaced_distances(length)
    steps = np.zeros((1 + len(distances) * _DRAWS, length), bool)  # nothing changes in the first
    steps[np.arange(1, len(steps)), length - 1 - np.repeat(distances, _DRAWS)] = True
    found = _measured(subject, steps, np.random.default_rng([seed, *b"memory"]))
    if found.ndim == 2:
        moved = effective_context.total_variation(found[1:], found[:1])
    else:
        moved = np.abs(found[1:] - found[0])
    by_distance = dict(zip(distances.tolist(), moved.reshape(-1, _DRAWS), strict=True))
    curve = effective_context.memory_curve(
        lambda distance: by_distance[distance].mean(keepdims=True), length
    )
    return MemoryCurve(
        curve.distances.astype(np.float32),
        curve.change.astype(np.float32),
        float(curve.effective_context),
        length,
        inputs=1,
    )


def _measured(
    subject: Subject, steps: NDArray[np.bool_], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return probabilities `(rows, classes)`, or scores `(rows,)`, of a changed input."""
    read = _READ.get(subject.task, subject.score)
    program = Program(subject.model, lambda given: read(forward(subject.model, given)))
    size = rows_at_once(subject, len(steps))
    missing = -len(steps) % size  # batches of one size are compiled once
    padded = np.pad(steps, ((0, missing), (0, 0)))
    parts = [
        keras.ops.convert_to_numpy(
            program(subject.replace(padded[start : start + size], generator))
        )
        for start in range(0, len(padded), size)
    ]
    values = np.concatenate(parts)[: len(steps)]
    return softmax(values) if subject.task in _READ else values.astype(np.float64)
