"""Models that read inner values out of a classifier."""

from __future__ import annotations

import keras

from recurra.errors import UsageError


def attention_weights_model(model: keras.Model) -> keras.Model:
    """Return a model from the same input to the attention weights.

    Args:
        model: A classifier built with `pooling="attention"`.

    Returns:
        A model whose output has shape `(batch, time, 1)`; each row sums to 1 over time, and
        padding has weight 0.

    Raises:
        UsageError: If the model has no attention.
    """
    for layer in model.layers:
        if layer.name == "attention_weights":
            return keras.Model(model.input, layer.output, name="attention_weights")
    raise UsageError(f"model {model.name!r} has no attention; build it with pooling='attention'")
