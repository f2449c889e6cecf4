"""One view of the three cells, for the tests that hold for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recurra import kernels

GATES = {"lstm": 4, "gru": 3, "gru_before": 3, "tanh": 1, "relu": 1, "linear": 1}
CELLS = tuple(GATES)


@dataclass
class Problem:
    """Random inputs of one call of one cell."""

    cell: str
    x: np.ndarray
    weights: Any
    states: list[np.ndarray]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return self.weights.recurrent_kernel.shape[0]


def problem(
    cell, batch=3, time=5, features=4, units=3, *, seed=0, dtype=np.float64, bias=True, **options
):
    r = np.random.default_rng(seed)
    n = GATES[cell]

    def draw(*shape, scale=0.6):
        return (r.normal(size=shape) * scale).astype(dtype)

    # A wider spread makes the dynamics chaotic: then any rounding grows step by step.
    spread = min(0.6, 1.0 / np.sqrt(units))
    shape = (2, n * units) if cell == "gru" else (n * units,)
    arrays = (
        draw(features, n * units),
        draw(units, n * units, scale=spread),
        draw(*shape) if bias else None,
    )
    if cell == "lstm":
        weights = kernels.LSTMWeights(*arrays)
    elif cell in ("gru", "gru_before"):
        weights = kernels.GRUWeights(*arrays, reset_after=cell == "gru")
    else:
        weights = kernels.SimpleRNNWeights(*arrays)
    states = [draw(batch, units) for _ in range(2 if cell == "lstm" else 1)]
    return Problem(cell, draw(batch, time, features, scale=1.0), weights, states, options)


def forward(p, **changes):
    options = {**p.options, **changes}
    if p.cell == "lstm":
        return kernels.lstm_forward(p.x, p.weights, *p.states, **options)
    if p.cell in ("gru", "gru_before"):
        return kernels.gru_forward(p.x, p.weights, *p.states, **options)
    return kernels.simple_rnn_forward(p.x, p.weights, *p.states, activation=p.cell, **options)


def last_states(p, out):
    return [out.h, out.c] if p.cell == "lstm" else [out.h]


def backward(p, cache, d_sequence, d_states):
    function = {"lstm": kernels.lstm_backward, "gru": kernels.gru_backward}.get(
        p.cell.split("_")[0], kernels.simple_rnn_backward
    )
    return function(cache, d_sequence, *d_states)


def step(p, x, states):
    if p.cell == "lstm":
        return list(kernels.lstm_step(x, *states, p.weights))
    if p.cell in ("gru", "gru_before"):
        return [kernels.gru_step(x, *states, p.weights)]
    return [kernels.simple_rnn_step(x, *states, p.weights, activation=p.cell)]


def dropout(p, *, gates=True, seed=9):
    """Return dropout masks for the input and the state, at a rate of one half."""
    r = np.random.default_rng(seed)
    lead = (GATES[p.cell],) if gates else ()
    batch, _, features = p.x.shape
    masks = [r.integers(0, 2, (*lead, batch, n)) * 2.0 for n in (features, p.units)]
    return {
        "dropout_mask": masks[0].astype(p.x.dtype),
        "recurrent_dropout_mask": masks[1].astype(p.x.dtype),
    }


MASKS = {
    "right": [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]],
    "left": [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]],
    "holes": [[1, 0, 1, 0, 1], [0, 1, 1, 0, 0], [1, 1, 0, 0, 1]],
    "empty row": [[0, 0, 0, 0, 0], [1, 1, 0, 1, 0], [1, 1, 1, 1, 1]],
    "all masked": [[0, 0, 0, 0, 0]] * 3,
}
MASKS = {name: np.array(rows, bool) for name, rows in MASKS.items()}
