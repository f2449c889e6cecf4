"""The layers of a model in order, with what flows between them: the drawing on a board."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from recurra.study.insight.trace import Block

__all__ = ["blocks_of"]


def blocks_of(model: Any) -> tuple[Block, ...]:
    """Describe every layer of a model.

    Args:
        model: A built `keras.Model`; the layers of models inside of it stand in their place.

    Returns:
        The layers in the model's order. Of a layer that is called more than once, the shapes are
        those of its first call; they are empty where the model does not tell them (subclassed
        models).
    """
    return tuple(_block(layer) for layer in _layers(model))


def _layers(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            inner = _layers(layer)  # it reads what the layers before it put out
            yield from (one for one in inner if not isinstance(one, keras.layers.InputLayer))
        else:
            yield layer


def _block(layer: Any) -> Block:
    wrapped = isinstance(layer, keras.layers.Bidirectional)
    inner = layer.forward_layer if wrapped else layer
    return Block(
        name=layer.name,
        kind=type(inner).__name__,
        shape_in=_shapes(layer, "input"),
        shape_out=_shapes(layer, "output"),
        parameters=int(layer.count_params()) if layer.built else 0,
        recurrent=isinstance(inner, keras.layers.RNN),
        directions=2 if wrapped else 1,
    )


def _shapes(layer: Any, side: str) -> str:
    """Return the shapes of all inputs or outputs of a first call, such as `"(time, 64), (32)"`."""
    if not layer._inbound_nodes:  # never called symbolically
        return ""
    tensors = getattr(layer._inbound_nodes[0], f"{side}_tensors")
    ranks = [len(tensor.shape) for tensor in tensors]
    # Masks and initial states come beside what a layer reads, with fewer axes.
    main = (tensor for tensor, rank in zip(tensors, ranks, strict=True) if rank >= ranks[0])
    return ", ".join(_shape(tensor) for tensor in main)


def _shape(tensor: Any) -> str:
    """Write a shape without its batch axis; the first free axis is that of time."""
    names = iter(["time"])
    axes = [next(names, "any") if length is None else str(length) for length in tensor.shape[1:]]
    return f"({', '.join(axes)})"
