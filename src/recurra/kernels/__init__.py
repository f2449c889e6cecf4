"""The recurrences: SimpleRNN, LSTM and GRU over whole sequences, forward, backward and by step.

The NumPy reference here is the written definition of each cell. Arrays are `batch, time,
features`; weights have the layout of Keras. `lstm`, `gru` and `simple_rnn` use the native core
where it is built and can compute the call; `kernel_for` says which runs. `backend_recurrence` runs
them inside programs of JAX, PyTorch and TensorFlow, which are loaded on first use.
"""

from __future__ import annotations

from recurra.kernels._backends import (
    backend_recurrence,
    can_call_core,
    connections,
    why_not_backend,
)
from recurra.kernels._core import (
    instruction_set,
    instruction_sets,
    peak_rate,
    use_instruction_set,
)
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
from recurra.kernels._recurrence import RecurrenceCall, RecurrenceOperands
from recurra.kernels._simple_rnn import (
    Activation,
    SimpleRNNCache,
    SimpleRNNGradients,
    SimpleRNNOutput,
    SimpleRNNWeights,
    simple_rnn_forward,
    simple_rnn_step,
)
from recurra.kernels._stream import Stream
from recurra.kernels._trace import (
    RecurrenceSteps,
    StateGradients,
    gru_gates,
    gru_state_gradients,
    lstm_gates,
    lstm_state_gradients,
    simple_rnn_state_gradients,
    simple_rnn_states,
)

__all__ = [
    "Activation",
    "GRUCache",
    "GRUGradients",
    "GRUOutput",
    "GRUWeights",
    "LSTMCache",
    "LSTMGradients",
    "LSTMOutput",
    "LSTMState",
    "LSTMWeights",
    "RecurrenceCall",
    "RecurrenceOperands",
    "RecurrenceSteps",
    "SimpleRNNCache",
    "SimpleRNNGradients",
    "SimpleRNNOutput",
    "SimpleRNNWeights",
    "StateGradients",
    "Stream",
    "backend_recurrence",
    "can_call_core",
    "connections",
    "gru",
    "gru_backward",
    "gru_forward",
    "gru_gates",
    "gru_state_gradients",
    "gru_step",
    "instruction_set",
    "instruction_sets",
    "kernel_for",
    "lstm",
    "lstm_backward",
    "lstm_forward",
    "lstm_gates",
    "lstm_state_gradients",
    "lstm_step",
    "peak_rate",
    "simple_rnn",
    "simple_rnn_backward",
    "simple_rnn_forward",
    "simple_rnn_state_gradients",
    "simple_rnn_states",
    "simple_rnn_step",
    "use_instruction_set",
    "why_not_backend",
]
