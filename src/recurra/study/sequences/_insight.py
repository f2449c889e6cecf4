"""What a comparison keeps of the inside of each network over sequences, as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.models import named_weights
from recurra.study.insight._frame_steps import frame_times, step_numbers
from recurra.study.insight._series_subject import classified_frames, regressor_subject
from recurra.study.insight.comparison import looked_into, memory_values
from recurra.study.insight.subject import Subject
from recurra.study.sequences._data import drawn_values
from recurra.tasks import AudioClassifier, SequenceClassifier
from recurra.tasks.comparable_sequences import SequenceExamples, sequence_context

__all__ = ["sequence_insight"]

_SEQUENCES = 32
_STEPS = 60  # that a picture of one sequence has room for


def sequence_insight(
    estimator: Any,
    test: SequenceExamples,
    derive: Callable[[NDArray[Any]], NDArray[Any]],
    seed: int = 0,
) -> dict[str, Any]:
    """Look into a network while it reads one sequence, and measure its memory on several.

    Args:
        estimator: A fitted classifier or regressor of series, or classifier of sound.
        test: Held-out sequences.
        derive: Makes of one what the estimator scales.
        seed: Fixes the choice, and what steps are exchanged for.

    Returns:
        As `network_insight`, without `negation`; the `example` has the sequence's `values` too.
    """
    generator = np.random.default_rng([seed, *b"sequences to look into"])
    rows = np.sort(generator.permutation(len(test))[:_SEQUENCES])
    lengths = np.array([len(test.values[row]) for row in rows]) / estimator.specification_.stride
    example = int(rows[np.abs(lengths - min(_STEPS, np.median(lengths))).argmin()])
    values = derive(test.values[example])
    scaled = estimator.scaler_.transform(values)
    label = _label(test, example)
    seen = looked_into(_subject(estimator, values, scaled, label), label, "", seed)
    seen["example"]["values"] = drawn_values(test.values[example])
    seen["memory"] = _memory(estimator, [derive(test.values[row]) for row in rows])
    return seen


def _subject(estimator: Any, values: NDArray[Any], scaled: NDArray[Any], label: str) -> Subject:
    if not isinstance(estimator, SequenceClassifier):
        return regressor_subject(estimator, values, label)
    stride, predictor = estimator.specification_.stride, estimator.predictor_
    what = "sequence classifier"
    if not isinstance(estimator, AudioClassifier):
        names = step_numbers(len(scaled), stride)
        return classified_frames(estimator, predictor, scaled, names, label, what=what)
    features = estimator.features_
    seconds = stride * features.hop_samples / features.rate
    names = frame_times(-(-len(scaled) // stride), seconds)
    return classified_frames(
        estimator, estimator.predictor_.sequences, scaled, names, label, what="classifier of sound"
    )


def _memory(estimator: Any, sequences: list[NDArray[Any]]) -> dict[str, Any] | None:
    if estimator.specification_.cell == "dense":
        return None
    curve = sequence_context(
        estimator.predictor_.predict_frames,
        [estimator.scaler_.transform(row) for row in sequences],
        named_weights(estimator.model_),
        regression=not isinstance(estimator, SequenceClassifier),
    )
    return memory_values(curve)


def _label(test: SequenceExamples, row: int) -> str:
    target = test.targets[row]
    return f"{target:.6g}" if test.classes is None else str(test.classes[target])
