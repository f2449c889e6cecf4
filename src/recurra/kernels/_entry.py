"""The cells by the fastest kernel that can compute them: the core, or else the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recurra.kernels import _gru, _lstm, _simple_rnn
from recurra.kernels._common import check_sequence, check_weights
from recurra.kernels._core import (
    CoreCache,
    Options,
    core_backward,
    core_forward,
    instruction_set,
    native,
)
from recurra.kernels._gru import GRUCache, GRUGradients, GRUOutput, GRUWeights
from recurra.kernels._lstm import LSTMCache, LSTMGradients, LSTMOutput, LSTMWeights
from recurra.kernels._schedule import Array, BoolArray
from recurra.kernels._simple_rnn import (
    Activation,
    SimpleRNNCache,
    SimpleRNNGradients,
    SimpleRNNOutput,
    SimpleRNNWeights,
)

__all__ = [
    "gru",
    "gru_backward",
    "kernel_for",
    "lstm",
    "lstm_backward",
    "simple_rnn",
    "simple_rnn_backward",
]


def kernel_for(dtype: npt.DTypeLike = np.float32) -> str:
    """Say which kernel computes a call and, where it is the reference, why.

    Args:
        dtype: Floating-point dtype of the call.

    Returns:
        For example `"native (avx512)"`, or `"reference: the core computes float32, not float64"`.
    """
    if native is None:
        return "reference: the native core was not built when the package was installed"
    if np.dtype(dtype) != np.float32:
        return f"reference: the core computes float32, not {np.dtype(dtype)}"
    return f"native ({instruction_set()})"


def _fused(x: Array) -> bool:
    return native is not None and isinstance(x, np.ndarray) and x.dtype == np.float32


def lstm(
    x: Array,
    weights: LSTMWeights,
    h0: Array | None = None,
    c0: Array | None = None,
    *,
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
    threads: int = 0,
) -> LSTMOutput:
    """Run an LSTM over whole sequences; arguments and result as for `lstm_forward`.

    Args:
        x: Input, shape `(batch, time, features)`.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        c0: Initial cell state, `(batch, units)`; None: zeros.
        mask: Valid steps, boolean, `(batch, time)`.
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros.
        dropout_mask: Multiplies the input, `(batch, features)` or `(4, batch, features)`.
        recurrent_dropout_mask: Multiplies the state, `(batch, units)` or `(4, batch, units)`.
        keep_cache: Keep what `lstm_backward` needs.
        threads: Threads of the core at most; 0: every processor. Results do not depend on it.

    Returns:
        Sequence, last states and cache.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UsageError: If both `mask` and `lengths` are given.
    """
    given: dict[str, Any] = {
        "mask": mask,
        "lengths": lengths,
        "go_backwards": go_backwards,
        "zero_output_for_mask": zero_output_for_mask,
        "dropout_mask": dropout_mask,
        "recurrent_dropout_mask": recurrent_dropout_mask,
    }
    if not _fused(x):
        return _lstm.lstm_forward(x, weights, h0, c0, **given, keep_cache=keep_cache)
    check_weights(check_sequence(x), *weights, gates=4)
    options = Options(**given, threads=threads)
    sequence, ends, cache = core_forward(
        "lstm", x, (*weights[:2], weights.bias), (h0, c0), options, keep_cache=keep_cache
    )
    return LSTMOutput(sequence, ends[0], ends[1], cache)


def lstm_backward(
    cache: LSTMCache | CoreCache,
    d_sequence: Array | None = None,
    d_h: Array | None = None,
    d_c: Array | None = None,
) -> LSTMGradients:
    """Propagate gradients back through a whole sequence, by the kernel that went forward.

    Args:
        cache: From `lstm` or `lstm_forward` with `keep_cache=True`.
        d_sequence: Gradient of `LSTMOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `LSTMOutput.h`, `(batch, units)`; None: zeros.
        d_c: Gradient of `LSTMOutput.c`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial states and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    if not isinstance(cache, CoreCache):
        return _lstm.lstm_backward(cache, d_sequence, d_h, d_c)
    got = core_backward(cache, d_sequence, d_h, d_c)
    c0 = np.empty(0) if got.c0 is None else got.c0
    weights = LSTMWeights(got.kernel, got.recurrent_kernel, got.bias)
    return LSTMGradients(got.x, got.h0, c0, weights)


def gru(
    x: Array,
    weights: GRUWeights,
    h0: Array | None = None,
    *,
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
    threads: int = 0,
) -> GRUOutput:
    """Run a GRU over whole sequences; arguments and result as for `gru_forward`.

    Args:
        x: Input, shape `(batch, time, features)`.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        mask: Valid steps, boolean, `(batch, time)`.
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros.
        dropout_mask: Multiplies the input, `(batch, features)` or `(3, batch, features)`.
        recurrent_dropout_mask: Multiplies the state, `(batch, units)` or `(3, batch, units)`.
        keep_cache: Keep what `gru_backward` needs.
        threads: Threads of the core at most; 0: every processor. Results do not depend on it.

    Returns:
        Sequence, last state and cache.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UsageError: If both `mask` and `lengths` are given.
    """
    given: dict[str, Any] = {
        "mask": mask,
        "lengths": lengths,
        "go_backwards": go_backwards,
        "zero_output_for_mask": zero_output_for_mask,
        "dropout_mask": dropout_mask,
        "recurrent_dropout_mask": recurrent_dropout_mask,
    }
    if not _fused(x):
        return _gru.gru_forward(x, weights, h0, **given, keep_cache=keep_cache)
    _gru.check_gru_weights(check_sequence(x), weights)
    sequence, ends, cache = core_forward(
        "gru" if weights.reset_after else "gru_before", x, weights[:3], (h0,),
        Options(**given, threads=threads), keep_cache=keep_cache,
    )  # fmt: skip
    return GRUOutput(sequence, ends[0], cache)


def gru_backward(
    cache: GRUCache | CoreCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> GRUGradients:
    """Propagate gradients back through a whole sequence, by the kernel that went forward.

    Args:
        cache: From `gru` or `gru_forward` with `keep_cache=True`.
        d_sequence: Gradient of `GRUOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `GRUOutput.h`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial state and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    if not isinstance(cache, CoreCache):
        return _gru.gru_backward(cache, d_sequence, d_h)
    got = core_backward(cache, d_sequence, d_h, None)
    weights = GRUWeights(got.kernel, got.recurrent_kernel, got.bias, cache.cell == "gru")
    return GRUGradients(got.x, got.h0, weights)


def simple_rnn(
    x: Array,
    weights: SimpleRNNWeights,
    h0: Array | None = None,
    *,
    activation: Activation = "tanh",
    mask: BoolArray | None = None,
    lengths: npt.ArrayLike | None = None,
    go_backwards: bool = False,
    zero_output_for_mask: bool = False,
    dropout_mask: Array | None = None,
    recurrent_dropout_mask: Array | None = None,
    keep_cache: bool = False,
    threads: int = 0,
) -> SimpleRNNOutput:
    """Run a SimpleRNN over whole sequences; arguments and result as for `simple_rnn_forward`.

    Args:
        x: Input, shape `(batch, time, features)`.
        weights: Weights of the dtype of `x`.
        h0: Initial state, `(batch, units)`; None: zeros.
        activation: `"tanh"`, `"relu"` or `"linear"`.
        mask: Valid steps, boolean, `(batch, time)`.
        lengths: Valid steps from the start of each row, `(batch,)`; instead of `mask`.
        go_backwards: Process time from its end; outputs come in the order of processing.
        zero_output_for_mask: Outputs at masked steps are zeros.
        dropout_mask: Multiplies the input, `(batch, features)`.
        recurrent_dropout_mask: Multiplies the state, `(batch, units)`.
        keep_cache: Keep what `simple_rnn_backward` needs.
        threads: Threads of the core at most; 0: every processor. Results do not depend on it.

    Returns:
        Sequence, last state and cache.

    Raises:
        ShapeError: If shapes or dtypes disagree.
        UnknownNameError: If the activation is another one.
        UsageError: If both `mask` and `lengths` are given.
    """
    given: dict[str, Any] = {
        "mask": mask,
        "lengths": lengths,
        "go_backwards": go_backwards,
        "zero_output_for_mask": zero_output_for_mask,
        "dropout_mask": dropout_mask,
        "recurrent_dropout_mask": recurrent_dropout_mask,
        "activation": activation,
    }
    if not _fused(x):
        return _simple_rnn.simple_rnn_forward(x, weights, h0, **given, keep_cache=keep_cache)
    _simple_rnn.check_activation(activation)
    check_weights(check_sequence(x), *weights, gates=1)
    sequence, ends, cache = core_forward(
        "simple_rnn", x, (*weights[:2], weights.bias), (h0,),
        Options(**given, threads=threads), keep_cache=keep_cache,
    )  # fmt: skip
    return SimpleRNNOutput(sequence, ends[0], cache)


def simple_rnn_backward(
    cache: SimpleRNNCache | CoreCache, d_sequence: Array | None = None, d_h: Array | None = None
) -> SimpleRNNGradients:
    """Propagate gradients back through a whole sequence, by the kernel that went forward.

    Args:
        cache: From `simple_rnn` or `simple_rnn_forward` with `keep_cache=True`.
        d_sequence: Gradient of `SimpleRNNOutput.sequence`, `(batch, time, units)`; None: zeros.
        d_h: Gradient of `SimpleRNNOutput.h`, `(batch, units)`; None: zeros.

    Returns:
        Gradients of input, initial state and weights; zeros for a masked step's input.

    Raises:
        ShapeError: If shapes or dtypes disagree.
    """
    if not isinstance(cache, CoreCache):
        return _simple_rnn.simple_rnn_backward(cache, d_sequence, d_h)
    got = core_backward(cache, d_sequence, d_h, None)
    weights = SimpleRNNWeights(got.kernel, got.recurrent_kernel, got.bias)
    return SimpleRNNGradients(got.x, got.h0, weights)
