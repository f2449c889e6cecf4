"""Which of Keras's recurrent layers the core computes, and why not the others."""

from __future__ import annotations

from typing import Any

import keras

from recurra.kernels import why_not_backend

__all__ = ["FLOATS", "activation_name", "why_not"]

FLOATS = ("float32", "bfloat16", "float16")


def why_not(layer: Any) -> str | None:
    """Say why the core does not compute a recurrent layer; None if it does.

    Args:
        layer: A `keras.layers.SimpleRNN`, `LSTM`, `GRU` or a subclass of theirs.

    Returns:
        A clause such as `"the activation is 'elu'"`, or None.
    """
    backend = keras.backend.backend()
    return (
        why_not_backend(backend)
        or (_why_not_device(layer) if backend == "torch" else None)
        or _why_not_cell(layer.cell)
        or _why_not_layer(layer)
    )


def _why_not_device(layer: Any) -> str | None:
    """Say where PyTorch keeps a layer, or would keep it, if that is not the CPU."""
    tensor = layer.cell.kernel.value if layer.cell.built else keras.ops.zeros(())
    device = tensor.device.type
    return None if device == "cpu" else f"it is on the device {device!r}, the core on the CPU"


def _why_not_cell(cell: Any) -> str | None:
    gated = type(cell) in (keras.layers.LSTMCell, keras.layers.GRUCell)
    if not gated and type(cell) is not keras.layers.SimpleRNNCell:
        return f"the cell is a {type(cell).__name__}"
    wanted = ("tanh",) if gated else ("tanh", "relu", "linear")
    if activation_name(cell.activation) not in wanted:
        return f"the activation is {_described(cell.activation)}"
    if gated and activation_name(cell.recurrent_activation) != "sigmoid":
        return f"the recurrent activation is {_described(cell.recurrent_activation)}"
    return None


def _why_not_layer(layer: Any) -> str | None:
    if layer.unroll:
        return "unroll is True"
    if layer.compute_dtype not in FLOATS:
        return f"it computes in {layer.compute_dtype}"
    if getattr(layer, "use_cudnn", "auto") is True:
        return "use_cudnn is True"
    return None


def activation_name(function: Any) -> str | None:
    """Return `"tanh"`, `"relu"`, `"linear"` or `"sigmoid"` for Keras's own, None for others."""
    names = ("tanh", "relu", "linear", "sigmoid")
    return next((n for n in names if function is getattr(keras.activations, n)), None)


def _described(function: Any) -> str:
    return repr(getattr(function, "__name__", type(function).__name__))
