"""A recurrent layer and a linear readout on the fused kernels: forward, backward, no compiling.

A probe trains some twenty small networks for a few seconds each. A step compiled for every cell,
task and length would cost more than the training; here a step is two calls of the kernels and a
few products.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recurra.kernels import (
    GRUWeights,
    LSTMWeights,
    SimpleRNNWeights,
    gru,
    gru_backward,
    lstm,
    lstm_backward,
    simple_rnn,
    simple_rnn_backward,
)

__all__ = ["CELLS", "ProbeNetwork"]

Floats = npt.NDArray[np.float32]


class _Cell(NamedTuple):
    """What is particular to a cell.

    Attributes:
        name: The name to show.
        gates: Blocks of `units` columns in its weights.
        biases: Rows of its bias.
        weights: Holds kernel, recurrent kernel and bias.
        forward: Runs it over sequences.
        backward: Propagates gradients back.
    """

    name: str
    gates: int
    biases: int
    weights: Callable[[Floats, Floats, Floats], Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]


CELLS = {
    "rnn": _Cell(
        "SimpleRNN",
        1,
        1,
        lambda kernel, recurrent, bias: SimpleRNNWeights(kernel, recurrent, bias[0]),
        simple_rnn,
        simple_rnn_backward,
    ),
    "lstm": _Cell(
        "LSTM",
        4,
        1,
        lambda kernel, recurrent, bias: LSTMWeights(kernel, recurrent, bias[0]),
        lstm,
        lstm_backward,
    ),
    "gru": _Cell("GRU", 3, 2, GRUWeights, gru, gru_backward),
}


class ProbeNetwork:
    """One recurrent layer with a dense readout of its states at the last steps.

    Attributes:
        parameters: Every weight in one vector; changing it in place changes the network.
    """

    def __init__(
        self, cell: str, features: int, units: int, outputs: int, generator: np.random.Generator
    ) -> None:
        """Draw the weights.

        Input kernel and readout uniform as in Glorot & Bengio 2010; recurrent kernels orthogonal,
        one for each gate (Saxe, McClelland & Ganguli 2014); biases zero but for an LSTM's forget
        gate, whose are 1 (Gers, Schmidhuber & Cummins 2000; Jozefowicz et al. 2015).

        Args:
            cell: Key of `CELLS`.
            features: Width of a step's input.
            units: Width of the state.
            outputs: Width of an answer.
            generator: Source of the initial weights.
        """
        self._cell = CELLS[cell]
        columns = self._cell.gates * units
        shapes = (features, columns), (units, columns), (self._cell.biases, columns)
        self._shapes = (*shapes, (units, outputs), (outputs,))
        self.parameters = np.zeros(sum(map(_size, self._shapes)), np.float32)
        kernel, recurrent, bias, readout, offset = self._split(self.parameters)
        kernel[:] = _glorot(generator, kernel.shape)
        readout[:] = _glorot(generator, readout.shape)
        for gate in range(self._cell.gates):
            recurrent[:, gate * units : (gate + 1) * units] = _orthogonal(generator, units)
        if cell == "lstm":
            bias[0, units : 2 * units] = 1  # gate order i, f, c, o
        self._weights = self._cell.weights(kernel, recurrent, bias)
        self._readout, self._offset = readout, offset

    def predict(self, inputs: Floats, answers: int) -> Floats:
        """Return the readout at the last steps.

        Args:
            inputs: Shape `(batch, time, features)`.
            answers: How many of the last steps are read.

        Returns:
            Shape `(batch, answers, outputs)`.
        """
        states = self._cell.forward(inputs, self._weights).sequence[:, -answers:]
        return np.asarray(states @ self._readout + self._offset, np.float32)

    def gradient(
        self, inputs: Floats, answers: int, loss: Callable[[Floats], tuple[float, Floats]]
    ) -> tuple[float, Floats]:
        """Return a loss and its gradient by every parameter.

        Args:
            inputs: Shape `(batch, time, features)`.
            answers: How many of the last steps are read.
            loss: Maps the readout `(batch, answers, outputs)` to the loss and its gradient.

        Returns:
            The loss, and a vector like `parameters`.
        """
        run = self._cell.forward(inputs, self._weights, keep_cache=True)
        states = run.sequence[:, -answers:]
        value, d_answers = loss(np.asarray(states @ self._readout + self._offset, np.float32))
        d_sequence = np.zeros_like(run.sequence)
        d_sequence[:, -answers:] = d_answers @ self._readout.T
        found = self._cell.backward(run.cache, d_sequence).weights
        gradient = np.empty_like(self.parameters)
        kernel, recurrent, bias, readout, offset = self._split(gradient)
        kernel[:], recurrent[:], bias[:] = found.kernel, found.recurrent_kernel, found.bias
        readout[:] = np.tensordot(states, d_answers, ((0, 1), (0, 1)))
        offset[:] = d_answers.sum((0, 1))
        return value, gradient

    def _split(self, vector: Floats) -> list[Floats]:
        """Return views of a vector in the shapes of the weights."""
        ends = np.cumsum([_size(shape) for shape in self._shapes])[:-1]
        parts = np.split(vector, ends)
        return [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape))


def _glorot(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    limit = np.sqrt(6 / sum(shape))
    return generator.uniform(-limit, limit, shape).astype(np.float32)


def _orthogonal(generator: np.random.Generator, units: int) -> Floats:
    """Draw an orthogonal matrix, uniformly: the signs make the factorisation unique."""
    q, r = np.linalg.qr(generator.normal(size=(units, units)))
    return np.asarray(q * np.sign(np.diag(r)), np.float32)
