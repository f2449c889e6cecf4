"""One recurrent layer that reads a stream step by step and carries its state over."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from recurra.errors import ShapeError
from recurra.kernels._common import check_sequence, check_weights
from recurra.kernels._core import CellName, native
from recurra.kernels._gru import GRUWeights, check_gru_weights, gru_step
from recurra.kernels._lstm import LSTMWeights, lstm_step
from recurra.kernels._schedule import Array
from recurra.kernels._simple_rnn import (
    Activation,
    SimpleRNNWeights,
    check_activation,
    simple_rnn_step,
)

__all__ = ["Stream"]

Weights: TypeAlias = LSTMWeights | GRUWeights | SimpleRNNWeights


class Stream:
    """One recurrent layer that reads streams step by step.

    On the core a step costs no more than reading the weights: they are copied and packed once, when
    the stream is made, and the states' arrays are written in place.
    """

    def __init__(self, weights: Weights, batch: int = 1, *, activation: Activation = "tanh"):
        """Start with a state of zeros.

        Args:
            weights: Weights of one cell; float32 runs on the core, other floats on the reference.
            batch: Streams that are read side by side.
            activation: Of a SimpleRNN.

        Raises:
            ShapeError: If the weights' shapes or dtypes disagree, or `batch` is negative.
            UnknownNameError: If the activation is another one.
        """
        if batch < 0:
            raise ShapeError(f"batch is {batch}, expected 0 or more")
        check_activation(activation)
        units = _checked_units(weights)
        self._activation = activation
        self._weights = weights = _copied(weights)
        self._h: Array = np.zeros((batch, units), weights.kernel.dtype)
        self._c = np.zeros_like(self._h) if isinstance(weights, LSTMWeights) else None
        self._stepper = None
        if native is not None and self._h.dtype == np.float32:
            self._stepper = native.Stepper(
                _cell(weights), activation, *weights[:3], self._h, self._c
            )

    @property
    def h(self) -> Array:
        """The state `(batch, units)`; the next step overwrites it."""
        return self._h

    @property
    def c(self) -> Array | None:
        """The cell state `(batch, units)` of an LSTM, else None; the next step overwrites it."""
        return self._c

    def step(self, x: Array) -> Array:
        """Read one step.

        Args:
            x: Input `(batch, features)` of the weights' dtype.

        Returns:
            `h`, the stream's own array `(batch, units)`: copy it to keep it beyond the next step.

        Raises:
            ShapeError: If shape or dtype differ; the state is then as it was.
        """
        if self._stepper is None:
            self._step_by_reference(self._fit_input(x))
            return self.h
        try:
            self._stepper.step(x)
        except (TypeError, ValueError):  # another shape or dtype, or not row-major
            self._stepper.step(np.ascontiguousarray(self._fit_input(x)))
        return self.h

    def reset(self, h: Array | None = None, c: Array | None = None) -> None:
        """Start again from given states.

        Args:
            h: State `(batch, units)`; None: zeros.
            c: Cell state `(batch, units)` of an LSTM; None: zeros.

        Raises:
            ShapeError: If shapes or dtypes disagree, or `c` is given without an LSTM.
        """
        if c is not None and self.c is None:
            raise ShapeError("c was given, but only an LSTM has a cell state")
        for name, state in (("h", h), ("c", c)):
            if state is not None:
                self._fit(name, state, self.h.shape)
        self.h[...] = 0 if h is None else h
        if self.c is not None:
            self.c[...] = 0 if c is None else c

    def _fit(self, name: str, given: Any, shape: tuple[int, ...]) -> Array:
        array: Array = np.asarray(given)
        if array.shape != shape:
            raise ShapeError(f"{name} has shape {array.shape}, expected {shape}")
        if array.dtype != self.h.dtype:
            raise ShapeError(
                f"{name} is {array.dtype}, the weights are {self.h.dtype}; convert it with astype"
            )
        return array

    def _fit_input(self, x: Any) -> Array:
        return self._fit("x", x, (len(self.h), len(self._weights.kernel)))

    def _step_by_reference(self, x: Array) -> None:
        weights = self._weights
        if isinstance(weights, LSTMWeights):
            assert self.c is not None  # noqa: S101 - an LSTM has it
            self.h[...], self.c[...] = lstm_step(x, self.h, self.c, weights)
        elif isinstance(weights, GRUWeights):
            self.h[...] = gru_step(x, self.h, weights)
        else:
            self.h[...] = simple_rnn_step(x, self.h, weights, activation=self._activation)


def _copied(weights: Weights) -> Weights:
    return weights._replace(
        kernel=np.array(weights.kernel, order="C"),
        recurrent_kernel=np.array(weights.recurrent_kernel, order="C"),
        bias=None if weights.bias is None else np.array(weights.bias, order="C"),
    )


def _cell(weights: Weights) -> CellName:
    if isinstance(weights, LSTMWeights):
        return "lstm"
    if isinstance(weights, GRUWeights):
        return "gru" if weights.reset_after else "gru_before"
    return "simple_rnn"


def _checked_units(weights: Weights) -> int:
    """Return the units of weights whose shapes and dtypes agree."""
    if weights.kernel.ndim != 2:
        raise ShapeError(
            f"kernel has shape {weights.kernel.shape}, expected (features, gates * units)"
        )
    like = np.empty((0, weights.kernel.shape[0]), weights.kernel.dtype)
    check_sequence(like, axes=2)
    if isinstance(weights, GRUWeights):
        return check_gru_weights(like, weights)
    gates = 4 if isinstance(weights, LSTMWeights) else 1
    return check_weights(like, *weights[:2], weights.bias, gates=gates)
