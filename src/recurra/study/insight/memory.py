"""How far back one input still changes what a model puts out."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.runtime import GENERATION_TASK
from recurra.study.insight._subject_parts import softmax
from recurra.study.insight.subject import Subject
from recurra.study.insight.trace import MemoryCurve
from recurra.tasks import effective_context

__all__ = ["memory_curve"]

_DRAWS = 4  # exchanges of each step
_CLASSES = "text-classification"


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
    steps = np.zeros((len(distances) * _DRAWS, length), bool)
    steps[np.arange(len(steps)), length - 1 - np.repeat(distances, _DRAWS)] = True
    changed = subject.replace(steps, np.random.default_rng([seed, *b"memory"]))
    clean, found = _measured(subject, subject.inputs), _measured(subject, changed)
    if clean.ndim == 2:
        moved = effective_context.total_variation(found, clean)
    else:
        moved = np.abs(found - clean)
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


def _measured(subject: Subject, inputs: Any) -> NDArray[np.float64]:
    """Return probabilities `(rows, classes)`, or scores `(rows,)`."""
    with keras.StatelessScope():
        outputs = subject.model(inputs, training=False)
    if subject.task == _CLASSES:
        return softmax(outputs)
    if subject.task == GENERATION_TASK:
        return softmax(outputs[:, -1])
    return np.asarray(ops.convert_to_numpy(subject.score(outputs)), np.float64)
