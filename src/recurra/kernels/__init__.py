"""The recurrences: SimpleRNN, LSTM and GRU over whole sequences, forward, backward and by step.

The NumPy reference here is the written definition of each cell. Arrays are `batch, time,
features`; weights have the layout of Keras. `lstm`, `gru` and `simple_rnn` use the native core
where it is built and can compute the call; `kernel_for` says which runs. What runs inside JAX
programs is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from recurra.kernels._core import instruction_set, instruction_sets, use_instruction_set
from recurra.kernels._entry import (
    gru,
    gru_backward,
    kernel_for,
    lstm,
    lstm_backward,
    simple_rnn,
    simple_rnn_backward,
)
from recurra.kernels._gru import (
    GRUCache,
    GRUGradients,
    GRUOutput,
    GRUWeights,
    gru_forward,
    gru_step,
)
from recurra.kernels._lstm import (
    LSTMCache,
    LSTMGradients,
    LSTMOutput,
    LSTMState,
    LSTMWeights,
    lstm_forward,
    lstm_step,
)
from recurra.kernels._simple_rnn import (
    Activation,
    SimpleRNNCache,
    SimpleRNNGradients,
    SimpleRNNOutput,
    SimpleRNNWeights,
    simple_rnn_forward,
    simple_rnn_step,
)

if TYPE_CHECKING:
    from recurra.kernels._jax import JaxCall, JaxOperands, jax_recurrence, why_not_jax

__all__ = [
    "Activation",
    "GRUCache",
    "GRUGradients",
    "GRUOutput",
    "GRUWeights",
    "JaxCall",
    "JaxOperands",
    "LSTMCache",
    "LSTMGradients",
    "LSTMOutput",
    "LSTMState",
    "LSTMWeights",
    "SimpleRNNCache",
    "SimpleRNNGradients",
    "SimpleRNNOutput",
    "SimpleRNNWeights",
    "gru",
    "gru_backward",
    "gru_forward",
    "gru_step",
    "instruction_set",
    "instruction_sets",
    "jax_recurrence",
    "kernel_for",
    "lstm",
    "lstm_backward",
    "lstm_forward",
    "lstm_step",
    "simple_rnn",
    "simple_rnn_backward",
    "simple_rnn_forward",
    "simple_rnn_step",
    "use_instruction_set",
    "why_not_jax",
]

_JAX = ("JaxCall", "JaxOperands", "jax_recurrence", "why_not_jax")


def __getattr__(name: str) -> Any:
    if name in _JAX:
        return getattr(importlib.import_module("recurra.kernels._jax"), name)
    raise AttributeError(f"module 'recurra.kernels' has no attribute {name!r}")
