"""The parts of a classifier: recurrent layers and poolings, each with its mask passed explicitly.

Explicit masks do not depend on Keras's implicit propagation, which is about to change for
recurrent layers. The mask is an integer tensor, 1 at tokens and 0 at padding, made by
`Discretization`, a layer that every Keras file format can store.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from recurra.models._seeds import Seeds

KERAS_LAYERS = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}
_FAR_BELOW = -1e9  # added to padding before a maximum or a softmax


def token_mask(ids: Any, name: str = "mask") -> Any:
    """Return 1 where `ids` holds a token and 0 where it holds padding, shape of `ids`."""
    return layers.Discretization([1.0], name=name)(ids)


def padding_offset(mask: Any) -> Any:
    """Return 0 at tokens and -1e9 at padding, shape `(batch, time, 1)`."""
    offset = layers.Rescaling(-_FAR_BELOW, _FAR_BELOW, name="padding_offset")(mask)
    return layers.Reshape((-1, 1), name="padding_offset_column")(offset)


def embed(ids: Any, rows: int, width: int, seeds: Seeds, name: str = "embedding") -> Any:
    """Look up token vectors, shape `(batch, time, width)`."""
    initializer = keras.initializers.RandomUniform(-0.05, 0.05, seed=seeds.next())
    return layers.Embedding(rows, width, embeddings_initializer=initializer, name=name)(ids)


def dense(units: int, seeds: Seeds, **options: Any) -> keras.Layer:
    """Return a Glorot-initialised dense layer."""
    initializer = keras.initializers.GlorotUniform(seed=seeds.next())
    return layers.Dense(units, kernel_initializer=initializer, **options)


def recurrent(
    cell: str, units: int, seeds: Seeds, *, bidirectional: bool, name: str, **options: Any
) -> keras.Layer:
    """Return one recurrent layer, or both directions of it.

    The two directions are seeded apart: `Bidirectional` alone would copy the seeds and start both
    with the same weights.
    """
    kind = KERAS_LAYERS[cell]
    forward = recurrent_layer(kind, units, seeds, name=name, **options)
    if not bidirectional:
        return forward
    backward = recurrent_layer(
        kind, units, seeds, name=f"{name}_reversed", go_backwards=True, **options
    )
    return layers.Bidirectional(forward, backward_layer=backward, name=name)


def recurrent_layer(
    kind: type[keras.Layer], units: int, seeds: Seeds, **options: Any
) -> keras.Layer:
    """Return one direction of a recurrent layer of a given class, its weights and masks seeded."""
    return kind(
        units,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seeds.next()),
        recurrent_initializer=keras.initializers.Orthogonal(seed=seeds.next()),
        seed=seeds.next(),
        **options,
    )


def pool(states: Any, mask: Any, pooling: str, width: int, seeds: Seeds) -> Any:
    """Reduce `(batch, time, features)` to `(batch, features)`, blind to padding."""
    if pooling == "mean":
        return _mean(states, mask)
    if pooling == "max":
        return _maximum(states, mask)
    if pooling == "mean_max":
        both = [_mean(states, mask), _maximum(states, mask)]
        return layers.Concatenate(name="pooled")(both)
    return _attend(states, mask, width, seeds)


def _mean(states: Any, mask: Any) -> Any:
    return layers.GlobalAveragePooling1D(name="mean_over_time")(states, mask=mask)


def _maximum(states: Any, mask: Any) -> Any:
    shifted = layers.Add(name="states_without_padding")([states, padding_offset(mask)])
    return layers.GlobalMaxPooling1D(name="max_over_time")(shifted)


def _attend(states: Any, mask: Any, width: int, seeds: Seeds) -> Any:
    """Additive attention over time (Bahdanau et al. 2015; Yang et al. 2016, eq. 5-7)."""
    hidden = dense(width, seeds, activation="tanh", name="attention_hidden")(states)
    scores = dense(1, seeds, use_bias=False, name="attention_scores")(hidden)
    scores = layers.Add(name="attention_scores_masked")([scores, padding_offset(mask)])
    weights = layers.Softmax(axis=1, name="attention_weights")(scores)
    context = layers.Dot(axes=1, name="attention_context")([weights, states])
    return layers.Flatten(name="attention_pooled")(context)
