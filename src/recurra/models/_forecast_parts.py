"""The parts of forecasters: encoders, attention over their states, learned vectors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from recurra.models._blocks import dense, recurrent
from recurra.models._seeds import Seeds
from recurra.runtime.forecast_specification import ForecasterSpecification

_FAR_BELOW = -1e9  # added to the scores of steps that do not count


def encode(
    x: Any, mask: Any, spec: ForecasterSpecification, seeds: Seeds
) -> tuple[Any, list[list[Any]]]:
    """Read the look-back with a stack of recurrent layers.

    Args:
        x: Input, shape `(batch, lookback, features)`.
        mask: Steps that count, boolean, `(batch, lookback)`.
        spec: The architecture.
        seeds: For weights and dropout.

    Returns:
        Outputs of the top layer, of all steps `(batch, lookback, width)` where attention reads
        them, else of the last; and the last states of every layer: `[h]` or, for an LSTM,
        `[h, c]`, each with both directions side by side.
    """
    ends = []
    for index, units in enumerate(spec.units):
        layer = recurrent(
            spec.cell,
            units,
            seeds,
            bidirectional=spec.bidirectional,
            name=f"recurrent_{index}",
            return_sequences=bool(spec.attention) or index < len(spec.units) - 1,
            return_state=True,
            dropout=spec.dropout,
            recurrent_dropout=spec.recurrent_dropout,
        )
        x, *states = layer(x, mask=mask)
        ends.append(_joined(states, f"recurrent_{index}") if spec.bidirectional else states)
    return x, ends


def _joined(states: list[Any], name: str) -> list[Any]:
    """Put both directions' states side by side; Keras lists one direction after the other."""
    half = len(states) // 2
    return [
        layers.Concatenate(name=f"{name}_{kind}")([states[k], states[half + k]])
        for k, kind in zip(range(half), ("h", "c"), strict=False)
    ]


def attend(queries: Any, states: Any, mask: Any, attention: str, seeds: Seeds) -> Any:
    """Join each query with what it finds among the encoder's states.

    `additive`: scores by a hidden layer over query and state (Bahdanau et al. 2015, A.1.2), here
    of as many units as the query has. `dot`: scores by the product of query and state (Luong et
    al. 2015, eq. 8); with a learned matrix between them ("general") where their widths differ, as
    for a bidirectional encoder. Either way the attended state is `tanh` of a dense layer over what
    was found and the query (Luong et al. 2015, eq. 5). Nothing of it feeds the recurrence, unlike
    in Bahdanau et al., so that whole sequences run at once.

    Args:
        queries: Shape `(batch, steps, width)`.
        states: Shape `(batch, lookback, features)`.
        mask: Steps that count, boolean, `(batch, lookback)`; where none does, all count alike.
        attention: `additive` or `dot`.
        seeds: For the weights.

    Returns:
        Attended states, shape of `queries`.
    """
    width = queries.shape[-1]
    scores = (_additive_scores if attention == "additive" else _dot_scores)(queries, states, seeds)
    offset = ops.where(ops.expand_dims(mask, 1), 0.0, _FAR_BELOW)
    weights = ops.ones_like(scores)  # of a single state; Keras warns of a softmax over it
    if states.shape[1] > 1:
        weights = layers.Softmax(name="attention_weights")(ops.add(scores, offset))
    found = layers.Concatenate(name="attention_found")([ops.matmul(weights, states), queries])
    return dense(width, seeds, activation="tanh", name="attention_state")(found)


def _additive_scores(queries: Any, states: Any, seeds: Seeds) -> Any:
    width = queries.shape[-1]
    asked = dense(width, seeds, use_bias=False, name="attention_query")(queries)
    offered = dense(width, seeds, name="attention_key")(states)
    hidden = ops.tanh(ops.add(ops.expand_dims(asked, 2), ops.expand_dims(offered, 1)))
    return ops.squeeze(dense(1, seeds, use_bias=False, name="attention_scores")(hidden), -1)


def _dot_scores(queries: Any, states: Any, seeds: Seeds) -> Any:
    if queries.shape[-1] != states.shape[-1]:
        queries = dense(states.shape[-1], seeds, use_bias=False, name="attention_query")(queries)
    return ops.matmul(queries, ops.transpose(states, (0, 2, 1)))


def learned_vectors(count: int, width: int, past: Any, seeds: Seeds, name: str) -> Any:
    """Return weights of shape `(count, width)` as a part of the graph.

    A layer called on a constant is computed once, while building, and is no part of the model;
    so the row numbers start from a zero that comes from an input.

    Args:
        count: Number of vectors.
        width: Values of each.
        past: Any input.
        seeds: For the weights.
        name: The layer's name.
    """
    zero = ops.zeros_like(past[0, 0, 0], dtype="int32")
    rows = ops.add(zero, np.arange(count, dtype=np.int32))
    initializer = keras.initializers.RandomNormal(stddev=1.0, seed=seeds.next())
    return layers.Embedding(count, width, embeddings_initializer=initializer, name=name)(rows)


def for_each_row(values: Any, past: Any) -> Any:
    """Repeat `(steps, width)` for every row of the batch: `(batch, steps, width)`."""
    return ops.add(ops.expand_dims(values, 0), ops.zeros_like(past[:, :1, :1]))


def at_each_step(values: Any, steps: int) -> Any:
    """Repeat `(batch, width)` at every step: `(batch, steps, width)`."""
    return ops.repeat(ops.expand_dims(values, 1), steps, axis=1)


def head_dropout(features: Any, spec: ForecasterSpecification, seeds: Seeds) -> Any:
    """Drop a share of what the output layer reads, in training."""
    if not spec.head_dropout:
        return features
    return layers.Dropout(spec.head_dropout, seed=seeds.next(), name="head_dropout")(features)
