"""Answers to a sequence of raw values while it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recurra.errors import DataError
from recurra.runtime.predictor import Prediction
from recurra.runtime.series.streaming import SequenceStream
from recurra.sequences.collections import as_sequences

if TYPE_CHECKING:
    from recurra.runtime.series.predictor import SequencePredictor

__all__ = ["PredictionStream"]


class PredictionStream:
    """One sequence of raw values that comes in chunks; made by `SequencePredictor.stream`."""

    def __init__(self, predictor: SequencePredictor, stream: SequenceStream) -> None:
        """Begin before the first step."""
        self._predictor = predictor
        self._stream = stream

    @property
    def steps(self) -> int:
        """Steps that have come."""
        return self._stream.steps

    def push(self, values: Any) -> None:
        """Read further steps.

        Args:
            values: As measured, shape `(time, channels)` or `(time,)`.

        Raises:
            DataError: If a value is missing: a gap is filled by what comes after it.
            ShapeError: If the channels are others.
        """
        scaler = self._predictor.scaler
        if not np.size(values):
            return
        chunk = as_sequences([values], scaler.channels)[0]
        if np.isnan(chunk).any():
            raise DataError("a value of the stream is missing; fill it before it is pushed")
        self._stream.push(scaler.transform(chunk))

    def answer(self) -> Prediction | float:
        """Return the answer to the steps so far.

        Raises:
            DataError: Before the first step.
        """
        outputs, target = self._stream.answer(), self._predictor.target
        return (
            self._predictor.describe(outputs)
            if target is None
            else float(target.restore(outputs)[0])
        )
