"""What networks on NumPy arrays share: named weights, their shapes, and the layers they make.

A layer's weights are named as in `recurra.models.named_weights`: `logits/kernel`,
`recurrent_0/forward/recurrent_kernel`, ...
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra import kernels
from recurra.errors import CorruptArtifactError

__all__ = [
    "Array",
    "Run",
    "Shapes",
    "Weights",
    "add_cell",
    "add_dense",
    "add_recurrent",
    "checked_weights",
    "dense",
    "joined_sequence",
    "joined_states",
    "run_cell",
    "run_recurrent",
    "softmax",
]

Array = NDArray[np.float32]
Shapes = dict[str, tuple[int, ...]]
Weights = Mapping[str, Array]
Run = tuple[Array, tuple[Array, ...]]  # outputs of all steps, last states

_GATES = {"rnn": 1, "gru": 3, "lstm": 4}
_CELLS: dict[str, Any] = {
    "rnn": (kernels.simple_rnn, kernels.SimpleRNNWeights),
    "lstm": (kernels.lstm, kernels.LSTMWeights),
    "gru": (kernels.gru, kernels.GRUWeights),
}


def checked_weights(weights: Mapping[str, NDArray[Any]], shapes: Shapes) -> dict[str, Array]:
    """Return the weights as float32.

    Raises:
        CorruptArtifactError: If names, shapes or dtypes are not the expected ones.
    """
    odd = sorted(set(weights) ^ set(shapes))
    if odd:
        raise CorruptArtifactError(f"the weights do not fit the specification: {odd[:4]}")
    for name, shape in shapes.items():
        array = weights[name]
        if array.shape != shape or not np.issubdtype(array.dtype, np.floating):
            raise CorruptArtifactError(
                f"weight {name} is {array.dtype}{list(array.shape)}, expected float{list(shape)}"
            )
    return {name: np.asarray(array, np.float32) for name, array in weights.items()}


def add_cell(shapes: Shapes, name: str, cell: str, features: int, units: int) -> None:
    """Add the weights of one direction of a recurrent layer."""
    columns = _GATES[cell] * units
    shapes[f"{name}/kernel"] = (features, columns)
    shapes[f"{name}/recurrent_kernel"] = (units, columns)
    shapes[f"{name}/bias"] = (2, columns) if cell == "gru" else (columns,)


def add_recurrent(
    shapes: Shapes, name: str, cell: str, features: int, units: int, *, bidirectional: bool
) -> int:
    """Add the weights of a recurrent layer or of both its directions; return its output's width."""
    names = [f"{name}/forward", f"{name}/backward"] if bidirectional else [name]
    for part in names:
        add_cell(shapes, part, cell, features, units)
    return units * len(names)


def add_dense(shapes: Shapes, name: str, rows: int, columns: int, *, bias: bool = True) -> None:
    """Add the weights of a dense layer."""
    shapes[f"{name}/kernel"] = (rows, columns)
    if bias:
        shapes[f"{name}/bias"] = (columns,)


def dense(weights: Weights, name: str, features: Array) -> Array:
    """Compute a dense layer, with its bias where it has one."""
    kernel, bias = weights[f"{name}/kernel"], weights.get(f"{name}/bias")
    # One product of two matrices: NumPy multiplies further axes one slice at a time.
    result: Array = features.reshape(-1, len(kernel)) @ kernel
    if bias is not None:
        result += bias
    return result.reshape(*features.shape[:-1], kernel.shape[1])


def run_cell(
    weights: Weights,
    name: str,
    cell: str,
    x: Array,
    states: tuple[Array, ...] = (),
    **options: Any,
) -> Run:
    """Run one direction of a recurrent layer by the fastest kernel there is.

    Args:
        weights: All weights of the network.
        name: The layer's name.
        cell: `rnn`, `lstm` or `gru`.
        x: Input, shape `(batch, time, features)`.
        states: Initial states, each `(batch, units)`, two for an LSTM; empty for zeros.
        **options: As for `kernels.lstm`: `mask` or `lengths`, `go_backwards`.

    Returns:
        Outputs `(batch, time, units)` in the order of processing, last states.
    """
    run, weights_of = _CELLS[cell]
    parts = (weights[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    output = run(x, weights_of(*parts), *states, **options)
    return output.sequence, (output.h, output.c) if cell == "lstm" else (output.h,)


def run_recurrent(
    weights: Weights, name: str, cell: str, x: Array, *, bidirectional: bool, **padding: Any
) -> list[Run]:
    """Run a recurrent layer or both its directions.

    Args:
        weights: All weights of the network.
        name: The layer's name.
        cell: `rnn`, `lstm` or `gru`.
        x: Input, shape `(batch, time, features)`.
        bidirectional: Whether there are two directions.
        **padding: `mask` or `lengths`, as for `kernels.lstm`.

    Returns:
        What `run_cell` returns for each direction; `joined_sequence` and `joined_states` join
        them.
    """
    if not bidirectional:
        return [run_cell(weights, name, cell, x, **padding)]
    return [
        run_cell(weights, f"{name}/forward", cell, x, **padding),
        run_cell(weights, f"{name}/backward", cell, x, go_backwards=True, **padding),
    ]


def joined_sequence(runs: list[Run]) -> Array:
    """Return `(batch, time, features)`: the directions side by side, both in the order of time."""
    if len(runs) == 1:
        return runs[0][0]
    return np.concatenate([runs[0][0], runs[1][0][:, ::-1]], axis=-1)


def joined_states(runs: list[Run]) -> tuple[Array, ...]:
    """Return the last states, each with the directions side by side."""
    if len(runs) == 1:
        return runs[0][1]
    pairs = zip(runs[0][1], runs[1][1], strict=True)
    return tuple(np.concatenate(pair, axis=-1) for pair in pairs)


def softmax(logits: Array) -> Array:
    """Return the softmax over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return result
