"""Which kernel computes each recurrent layer of a model, and why."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras

from recurra.layers._accelerate import CELLS, is_accelerated
from recurra.layers._eligible import why_not

__all__ = ["LayerKernel", "explain_kernels"]


class LayerKernel(NamedTuple):
    """The path of one recurrent layer.

    Attributes:
        layer: Name of the layer.
        kind: Its class.
        fused: Whether the native core computes it.
        reason: Why not; empty where it does.
    """

    layer: str
    kind: str
    fused: bool
    reason: str


def explain_kernels(model: Any) -> list[LayerKernel]:
    """Say for every recurrent layer of a model which path it takes and why.

    Args:
        model: A `keras.Model` or one layer, `Bidirectional` and nested models included.

    Returns:
        One record for each recurrent layer, in the model's order.
    """
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]
    program = _why_not_program(model)
    return [_explained(layer, program) for layer in layers]


def _why_not_program(model: Any) -> str | None:
    """Say why no layer of a model can run on the core, as the model is compiled."""
    if keras.backend.backend() != "tensorflow" or not getattr(model, "compiled", False):
        return None
    return "the model is compiled with jit_compile=True (XLA)" if model.jit_compile else None


def _explained(layer: Any, program: str | None) -> LayerKernel:
    reason: str | None
    if not isinstance(layer, tuple(getattr(keras.layers, name) for name in CELLS)):
        reason = f"a generic RNN around {type(layer.cell).__name__}"
    elif not is_accelerated():
        reason = "recurra.accelerate() is not in force"
    else:
        reason = why_not(layer) or program
    return LayerKernel(layer.name, type(layer).__name__, reason is None, reason or "")
