"""What encoder-decoders share on NumPy arrays; each part is written out in `recurra.models`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._parts import (
    Array,
    Shapes,
    Weights,
    add_dense,
    add_recurrent,
    dense,
    joined_sequence,
    joined_states,
    run_recurrent,
    softmax,
)

__all__ = [
    "add_attention_scores",
    "add_bridge",
    "add_stack",
    "attention_keys",
    "attention_weights",
    "bridged",
    "encode_stack",
]

_FAR_BELOW = np.float32(-1e9)
_LARGEST_HIDDEN = 1 << 18  # values of additive attention at a time; 4 million took a fifth longer


def encode_stack(
    weights: Weights,
    x: Array,
    layers: int,
    *,
    cell: str,
    bidirectional: bool,
    name: str,
    **padding: Any,
) -> tuple[Array, list[tuple[Array, ...]]]:
    """Return the top layer's outputs `(batch, time, width)` and every layer's last states."""
    ends = []
    for index in range(layers):
        runs = run_recurrent(
            weights, f"{name}_{index}", cell, x, bidirectional=bidirectional, **padding
        )
        x = joined_sequence(runs)
        ends.append(joined_states(runs))
    return x, ends


def bridged(weights: Weights, name: str, states: tuple[Array, ...]) -> tuple[Array, ...]:
    """Bring both directions' states to the decoder's width."""
    h = np.tanh(dense(weights, f"{name}_h", states[0]))
    return (h, *(dense(weights, f"{name}_c", c) for c in states[1:]))


def attention_keys(weights: Weights, attention: str, states: Array) -> Array:
    """Return what queries are compared with, `(batch, time, width)`; once for all queries."""
    return dense(weights, "attention_key", states) if attention == "additive" else states


def attention_weights(
    weights: Weights,
    attention: str,
    queries: Array,
    keys: Array,
    mask: NDArray[np.bool_] | None,
) -> Array:
    """Return how much each query `(batch, steps, width)` reads of each step.

    Returns:
        Shape `(batch, steps, time)`; rows sum to 1, and are 0 where `mask` `(batch, time)` is
        false.
    """
    if attention == "additive" or "attention_query/kernel" in weights:
        queries = dense(weights, "attention_query", queries)
    if attention == "additive":
        scores = _additive_scores(weights, queries, keys)
    else:
        scores = queries @ keys.transpose(0, 2, 1)
    if mask is not None:
        scores += np.where(mask[:, None], np.float32(0), _FAR_BELOW)
    return softmax(scores)


def _additive_scores(weights: Weights, queries: Array, keys: Array) -> Array:
    (batch, steps, width), time = queries.shape, keys.shape[1]
    scores = np.empty((batch, steps, time), np.float32)
    rows = max(1, _LARGEST_HIDDEN // (steps * time * width))
    for start in range(0, batch, rows):
        part = slice(start, start + rows)
        hidden = queries[part, :, None] + keys[part, None]
        np.tanh(hidden, out=hidden)
        scores[part] = dense(weights, "attention_scores", hidden)[..., 0]
    return scores


def add_stack(
    shapes: Shapes,
    name: str,
    cell: str,
    width: int,
    units: tuple[int, ...],
    *,
    bidirectional: bool,
) -> int:
    """Add the weights of a stack of recurrent layers; return its output's width."""
    for index, columns in enumerate(units):
        width = add_recurrent(
            shapes, f"{name}_{index}", cell, width, columns, bidirectional=bidirectional
        )
    return width


def add_bridge(shapes: Shapes, name: str, cell: str, units: int) -> None:
    """Add the weights of `bridged`."""
    for kind in ("h", "c") if cell == "lstm" else ("h",):
        add_dense(shapes, f"{name}_{kind}", 2 * units, units)


def add_attention_scores(shapes: Shapes, attention: str, query: int, states: int) -> None:
    """Add the weights of `attention_weights`, for queries and states of these widths."""
    if attention == "additive":
        add_dense(shapes, "attention_query", query, query, bias=False)
        add_dense(shapes, "attention_key", states, query)
        add_dense(shapes, "attention_scores", query, 1, bias=False)
    elif query != states:
        add_dense(shapes, "attention_query", query, states, bias=False)
