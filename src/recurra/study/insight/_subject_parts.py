"""What the subjects of several tasks share: scores of logits, names, inner values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.study.insight._programs import Program, forward

__all__ = [
    "best_first",
    "cross_entropy",
    "layer_value",
    "log_odds",
    "network_name",
    "softmax",
]

_SHOWN = 20  # answers


def log_odds(logits: Any, place: int) -> Any:
    """Return the logarithm of the odds of one class of a softmax, `(batch,)`.

    Args:
        logits: Shape `(batch, classes)`.
        place: The class.
    """
    others = ops.concatenate([logits[:, :place], logits[:, place + 1 :]], axis=-1)
    return logits[:, place] - ops.logsumexp(others, axis=-1)


def cross_entropy(logits: Any, place: int) -> Any:
    """Return the negative log-probability of one class of a softmax, nats, `(batch,)`."""
    return ops.logsumexp(logits, axis=-1) - logits[:, place]


def softmax(logits: Any) -> NDArray[np.float64]:
    """Return the softmax over the last axis, in double precision."""
    values = np.asarray(ops.convert_to_numpy(logits), np.float64)
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    found: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return found


def best_first(names: Iterable[Any], values: Iterable[float]) -> tuple[tuple[str, float], ...]:
    """Pair names with values, the highest first, twenty at most."""
    pairs = ((str(name), float(value)) for name, value in zip(names, values, strict=True))
    return tuple(sorted(pairs, key=lambda pair: -pair[1])[:_SHOWN])


def network_name(cell: str, units: Iterable[int], *, bidirectional: bool, what: str) -> str:
    """Name a network for people, such as `"bidirectional LSTM classifier, 64 units"`."""
    direction = "bidirectional " if bidirectional else ""
    kind = {"rnn": "SimpleRNN"}.get(cell, cell.upper())
    return f"{direction}{kind} {what}, {' -> '.join(map(str, units))} units"


def layer_value(model: Any, layer: str, inputs: Any) -> NDArray[np.float32] | None:
    """Return what a layer of a model puts out, or None where there is no such layer."""
    if layer not in {one.name for one in model.layers}:
        return None
    inner = keras.Model(model.input, model.get_layer(layer).output)
    found = Program(inner, lambda given: forward(inner, given))(inputs)
    return np.asarray(ops.convert_to_numpy(found), np.float32)
