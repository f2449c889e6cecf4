"""Keras's recurrent layers in the reference implementation, which keeps what it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from recurra import kernels
from recurra.kernels import RecurrenceSteps, StateGradients
from recurra.study.insight._watching import Call
from recurra.study.insight.trace import CellName

__all__ = ["CELLS", "Cell", "computed", "mask_of", "why_not", "zeroes_masked"]

Array: TypeAlias = NDArray[np.floating[Any]]


class Cell(NamedTuple):
    """One of Keras's cells in the reference implementation."""

    name: CellName
    weights: Callable[..., Any]
    forward: Callable[..., Any]
    steps: Callable[[Any], RecurrenceSteps]
    gradients: Callable[..., StateGradients]


CELLS: dict[str, Cell] = {
    "rnn": Cell(
        "rnn",
        kernels.SimpleRNNWeights,
        kernels.simple_rnn_forward,
        kernels.simple_rnn_states,
        kernels.simple_rnn_state_gradients,
    ),
    "lstm": Cell(
        "lstm",
        kernels.LSTMWeights,
        kernels.lstm_forward,
        kernels.lstm_gates,
        kernels.lstm_state_gradients,
    ),
    "gru": Cell(
        "gru",
        kernels.GRUWeights,
        kernels.gru_forward,
        kernels.gru_gates,
        kernels.gru_state_gradients,
    ),
}


def why_not(call: Call) -> str | None:
    """Say why the reference implementation does not compute a layer; None if it does."""
    cell: Any = getattr(call.layer, "cell", None)
    known = (keras.layers.SimpleRNNCell, keras.layers.LSTMCell, keras.layers.GRUCell)
    if type(cell) not in known or call.inputs.ndim != 3:
        return f"the cell is a {type(cell).__name__}"
    if isinstance(cell, keras.layers.SimpleRNNCell):
        fits = _name(cell.activation) in ("tanh", "relu", "linear")
    else:
        fits = cell.activation is keras.activations.tanh
        if cell.recurrent_activation is not keras.activations.sigmoid:
            return f"the recurrent activation is {_name(cell.recurrent_activation)!r}"
    return None if fits else f"the activation is {_name(cell.activation)!r}"


def _name(function: Any) -> str:
    """Return an activation's name; one of somebody else's with a name of Keras's is marked."""
    name = str(getattr(function, "__name__", type(function).__name__))
    return name if getattr(keras.activations, name, None) is function else f"{name} (custom)"


def computed(call: Call) -> tuple[Cell, Any]:
    """Compute the call again by the reference, in double precision, and keep its cache."""
    layer, inner = call.layer, call.layer.cell
    options: dict[str, Any] = {}
    arrays = [_double(inner.kernel), _double(inner.recurrent_kernel), _double(inner.bias)]
    if isinstance(inner, keras.layers.LSTMCell):
        cell = CELLS["lstm"]
    elif isinstance(inner, keras.layers.GRUCell):
        cell = CELLS["gru"]
        options = {"reset_after": inner.reset_after}
    else:
        cell = CELLS["rnn"]
    more = {"activation": _name(inner.activation)} if cell.name == "rnn" else {}
    out = cell.forward(
        call.inputs[:1].astype(np.float64),
        cell.weights(*arrays, **options),
        *(state[:1].astype(np.float64) for state in call.initial_states),
        mask=mask_of(call),
        go_backwards=layer.go_backwards,
        zero_output_for_mask=zeroes_masked(call),
        keep_cache=True,
        **more,
    )
    return cell, out


def _double(variable: Any) -> Array | None:
    if variable is None:
        return None
    return np.asarray(keras.ops.convert_to_numpy(variable)).astype(np.float64)


def mask_of(call: Call) -> NDArray[np.bool_] | None:
    """Return the valid steps of the first row, `(1, time)`; None: all."""
    return None if call.mask is None else np.ascontiguousarray(call.mask[:1])


def zeroes_masked(call: Call) -> bool:
    """Say whether a layer puts out zeros at masked steps."""
    return bool(call.layer.zero_output_for_mask) and call.mask is not None
