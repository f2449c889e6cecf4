"""Streams of numbers: the state, and what is pooled so far, carried from chunk to chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from recurra.errors import DataError, ShapeError
from recurra.runtime._encoding import EncoderSpecification, attention_scores
from recurra.runtime._parts import Array, Weights

__all__ = ["RunningPool", "SequenceStream"]

Step: TypeAlias = Callable[[Array, Any], tuple[Array, Any]]


@dataclass(frozen=True, eq=False)
class RunningPool:
    """What pooling over time knows of the steps so far, arrays `(batch, width)` or `(batch, 1)`.

    Attributes:
        last: The last step.
        total: Sum of the steps; for attention weighted by `exp(score - highest)`, as in the
            online softmax of Milakov & Gimelshein 2018.
        weight: How many steps; for attention the sum of those weights.
        maximum: Largest value of each feature.
        highest: Highest score of attention so far.
    """

    last: Array
    total: Array
    weight: Array
    maximum: Array
    highest: Array

    @classmethod
    def empty(cls, batch: int, width: int) -> RunningPool:
        """Return what is known before the first step."""
        zeros, one = np.zeros((batch, width), np.float32), np.zeros((batch, 1), np.float32)
        lowest = np.float32(-1e9)
        return cls(zeros, zeros, one, zeros + lowest, one + lowest)

    def read(self, weights: Weights, spec: EncoderSpecification, steps: Array) -> RunningPool:
        """Take in further steps, `(batch, time, width)`, at least one."""
        attends = spec.cell != "dense" and spec.pooling == "attention"
        scores = np.zeros((*steps.shape[:2], 1), np.float32)
        if attends:
            scores = attention_scores(weights, steps)[..., None]
        highest = np.maximum(self.highest, scores.max(axis=1))
        before, now = np.exp(self.highest - highest), np.exp(scores - highest[:, None])
        return RunningPool(
            last=steps[:, -1],
            total=self.total * before + (now * steps).sum(axis=1),
            weight=self.weight * before + now.sum(axis=1),
            maximum=np.maximum(self.maximum, steps.max(axis=1)),
            highest=highest,
        )

    def pooled(self, spec: EncoderSpecification) -> Array:
        """Return what the head reads, `(batch, width)`; `mean_max` has both side by side."""
        pooling = "mean" if spec.cell == "dense" else spec.pooling
        if pooling == "last":
            return self.last
        if pooling == "max":
            return self.maximum
        mean = self.total / self.weight
        return np.concatenate([mean, self.maximum], axis=-1) if pooling == "mean_max" else mean


class SequenceStream:
    """One sequence that comes in chunks; made by `SequenceNetwork.stream`.

    Attributes:
        steps: Steps that have come.
    """

    def __init__(self, step: Step, features: int) -> None:
        """Begin before the first step."""
        self.steps = 0
        self._step = step
        self._features = features
        self._state: Any = None
        self._answer: Array | None = None

    def push(self, values: Array) -> None:
        """Read further steps.

        Args:
            values: Scaled steps, shape `(time, features)`; `time` may be 0.

        Raises:
            ShapeError: If the shape is another.
        """
        if values.ndim != 2 or values.shape[1] != self._features:
            raise ShapeError(f"a chunk has shape {values.shape}, expected (time, {self._features})")
        if len(values):
            self._answer, self._state = self._step(values[None], self._state)
            self.steps += len(values)

    def answer(self) -> Array:
        """Return what the network says to the steps so far, shape `(outputs,)`, float32.

        Raises:
            DataError: Before the first step.
        """
        if self._answer is None:
            raise DataError("no step has come yet; give at least one")
        answer: Array = self._answer[0]
        return answer
