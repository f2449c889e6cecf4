"""Weights by names that do not depend on Keras's own naming of variables and cells.

`recurrent_0/forward/recurrent_kernel`, `logits/bias`, ...: the layer, the direction of a
bidirectional layer, the variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError


def named_weights(model: keras.Model) -> dict[str, NDArray[Any]]:
    """Return copies of the model's weights by name."""
    return {
        name: np.array(keras.ops.convert_to_numpy(variable.value))
        for name, variable in named_variables(model)
    }


def assign_weights(model: keras.Model, weights: Mapping[str, NDArray[Any]]) -> None:
    """Set every weight of the model.

    Raises:
        CorruptArtifactError: If names or shapes differ from the model's.
    """
    variables = dict(named_variables(model))
    if set(variables) != set(weights):
        odd = sorted(set(variables) ^ set(weights))
        raise CorruptArtifactError(f"the weights are not this model's; they differ in {odd[:4]}")
    for name, variable in variables.items():
        if tuple(variable.shape) != weights[name].shape:
            raise CorruptArtifactError(
                f"weight {name} has shape {weights[name].shape}, expected {tuple(variable.shape)}"
            )
    for name, variable in variables.items():
        variable.assign(weights[name])


def named_variables(model: keras.Model) -> Iterator[tuple[str, Any]]:
    """Yield the model's variables with their names, in the order of its layers."""
    for layer in model.layers:
        for prefix, part in _directions(layer):
            for variable in part.weights:
                yield f"{prefix}/{variable.name}", variable


def _directions(layer: keras.Layer) -> Iterator[tuple[str, keras.Layer]]:
    if isinstance(layer, keras.layers.Bidirectional):
        yield f"{layer.name}/forward", layer.forward_layer
        yield f"{layer.name}/backward", layer.backward_layer
    else:
        yield layer.name, layer
