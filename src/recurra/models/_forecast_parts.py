"""The parts of forecasters: encoders, attention over their states, learned vectors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from recurra.models._blocks import dense
from recurra.models._encoder_decoder import attention_context, encode_stack
from recurra.models._seeds import Seeds
from recurra.runtime.forecast_specification import ForecasterSpecification


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
    return encode_stack(
        x,
        mask,
        spec.units,
        seeds,
        cell=spec.cell,
        bidirectional=spec.bidirectional,
        sequences=bool(spec.attention),
        name="recurrent",
        dropout=spec.dropout,
        recurrent_dropout=spec.recurrent_dropout,
    )


def attend(queries: Any, states: Any, mask: Any, attention: str, seeds: Seeds) -> Any:
    """Join each query with what it finds among the encoder's states.

    The attended state is `tanh` of a dense layer over what was found, see `attention_context`, and
    the query (Luong et al. 2015, eq. 5). Nothing of it feeds the recurrence, unlike in Bahdanau et
    al., so that whole sequences run at once.

    Args:
        queries: Shape `(batch, steps, width)`.
        states: Shape `(batch, lookback, features)`.
        mask: Steps that count, boolean, `(batch, lookback)`; where none does, all count alike.
        attention: `additive` or `dot`.
        seeds: For the weights.

    Returns:
        Attended states, shape of `queries`.
    """
    context = attention_context(queries, states, mask, attention, seeds)
    found = layers.Concatenate(name="attention_found")([context, queries])
    return dense(queries.shape[-1], seeds, activation="tanh", name="attention_state")(found)


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
