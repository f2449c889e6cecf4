"""Language models: one network to train on streams, the same of Keras's own layers to keep."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from recurra.layers import StreamingGRU, StreamingLSTM, StreamingSimpleRNN, TokenDropout
from recurra.models._blocks import KERAS_LAYERS, dense, recurrent_layer
from recurra.models._seeds import Seeds
from recurra.runtime.language_specification import LanguageModelSpecification

__all__ = ["build_language_model", "reset_states"]

_STREAMING = {"rnn": StreamingSimpleRNN, "lstm": StreamingLSTM, "gru": StreamingGRU}


def build_language_model(
    specification: LanguageModelSpecification, seed: int = 0, *, batch: int | None = None
) -> keras.Model:
    """Build the language model that a specification describes.

    Both forms have the same names of weights and, from the same seed, the same initial weights.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.
        batch: None: a model of Keras's own layers, whose rows all start from a state of zeros,
            without `weight_drop` and `embedding_dropout`. A number: a model for training on so
            many streams side by side, which carries its state over from batch to batch until
            `reset_states`.

    Returns:
        A model from ids `(batch, time)`, or from rolls `(batch, time, vocabulary)`, to logits
        `(batch, time, vocabulary)`; `time` is free.
    """
    spec, seeds = specification, Seeds(seed)
    table = _table(spec, seeds)
    inputs = _input(spec, batch)
    x = table(inputs)
    if batch is not None and spec.embedding_dropout:
        drop = TokenDropout(
            spec.vocabulary, spec.embedding_dropout, seed=seed, name="embedding_dropout"
        )
        x = drop(x, inputs)
    for index, units in enumerate(spec.units):
        x = _recurrent(spec, index, units, seeds, streams=batch is not None)(x)
    if spec.dropout:
        x = layers.SpatialDropout1D(spec.dropout, seed=seeds.next(), name="output_dropout")(x)
    return keras.Model(inputs, _logits(x, table, spec, seeds), name=f"{spec.cell}_language_model")


def reset_states(model: keras.Model) -> None:
    """Set the carried states of a model to zeros, as before its first batch."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN) and layer.stateful:
            layer.reset_state()


def _input(spec: LanguageModelSpecification, batch: int | None) -> Any:
    if spec.inputs == "tokens":
        return keras.Input(batch_shape=(batch, None), dtype="int32", name="tokens")
    return keras.Input(batch_shape=(batch, None, spec.vocabulary), name="rolls")


def _table(spec: LanguageModelSpecification, seeds: Seeds) -> keras.Layer:
    """Return the layer that turns tokens, or rolls, into vectors."""
    if spec.inputs == "rolls":
        return dense(spec.embedding, seeds, use_bias=False, name="embedding")
    kind = layers.ReversibleEmbedding if spec.tie_weights else layers.Embedding
    initializer = keras.initializers.RandomUniform(-0.05, 0.05, seed=seeds.next())
    return kind(
        spec.vocabulary, spec.embedding, embeddings_initializer=initializer, name="embedding"
    )


def _recurrent(
    spec: LanguageModelSpecification, index: int, units: int, seeds: Seeds, *, streams: bool
) -> keras.Layer:
    kinds = _STREAMING if streams else KERAS_LAYERS
    options = {"weight_drop": spec.weight_drop, "stateful": True} if streams else {}
    return recurrent_layer(
        kinds[spec.cell],
        units,
        seeds,
        name=f"recurrent_{index}",
        return_sequences=True,
        dropout=spec.dropout,
        recurrent_dropout=spec.recurrent_dropout,
        **options,
    )


def _logits(x: Any, table: keras.Layer, spec: LanguageModelSpecification, seeds: Seeds) -> Any:
    if not spec.tie_weights:
        return dense(spec.vocabulary, seeds, name="logits")(x)
    if spec.has_projection:
        x = dense(spec.embedding, seeds, name="projection")(x)
    return table(x, reverse=True)
