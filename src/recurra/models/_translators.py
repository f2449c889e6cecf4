"""Encoder-decoders for translation as a plain function returning `keras.Model`."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from recurra.models._blocks import dense, recurrent, token_mask
from recurra.models._encoder_decoder import attention_context, bridged, encode_stack
from recurra.models._seeds import Seeds
from recurra.runtime.translation_specification import TranslatorSpecification

# Range of the first embeddings. From Keras's 0.05 the states are so small that attention hardly
# learns: 8,000 pairs of Multi30k, 6 epochs, validation loss 4.90; with these 3.10, with twice
# these 3.10, with 0.5 for the source alone 4.19.
_SOURCE, _TARGET = 0.5, 0.2


def build_translator(specification: TranslatorSpecification, seed: int = 0) -> keras.Model:
    """Build the encoder-decoder that a specification describes.

    An encoder reads the source. A decoder starts from its last states, reads the target, and at
    every step takes from the encoder's states what it attends to; the tokens' logits come from
    `tanh` of a dense layer over the decoder's state and what was found. Queries are the states of
    the decoder's first layer, which reads the target alone: each layer runs over the whole target
    at once, in training no loop over steps is left.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from `{"source": ids (batch, source_time), "target": ids (batch, target_time)}`,
        int32, to logits `(batch, target_time, target_vocabulary)`. Id 0 is padding, at the end of
        a row; it never changes the logits of other steps.

    Source: Sutskever et al. 2014; Cho et al. 2014, whose decoder reads one context at every step,
    as here without attention; attention after Bahdanau et al. 2015 and Luong et al. 2015, eq. 5;
    further decoder layers read the context too, as in Wu et al. 2016, arXiv:1609.08144; tied
    embeddings after Press & Wolf 2017.
    """
    spec, seeds = specification, Seeds(seed)
    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    source_mask = token_mask(source, "source_mask")
    vectors = _source_embedding(spec, seeds)(source)
    memory, ends = encode_stack(
        vectors,
        source_mask,
        (spec.units,) * spec.encoder_layers,
        seeds,
        cell=spec.cell,
        bidirectional=spec.bidirectional,
        sequences=spec.attention != "none",
        name="encoder",
        dropout=spec.dropout,
        recurrent_dropout=spec.recurrent_dropout,
    )
    embedding = _target_embedding(spec, seeds)
    state, context = _decode(embedding(target), target, memory, source_mask, ends, spec, seeds)
    found = layers.Concatenate(name="context_and_state")([context, state])
    # Not the layer's own activation: an operation ends Keras's implicit mask, which would change
    # how losses are averaged.
    readout = ops.tanh(dense(spec.readout_width, seeds, name="readout")(found))
    if spec.dropout:
        readout = layers.Dropout(spec.dropout, seed=seeds.next(), name="readout_dropout")(readout)
    if spec.tie_weights:
        logits = embedding(readout, reverse=True)
    else:
        logits = dense(spec.target_vocabulary, seeds, name="logits")(readout)
    return keras.Model({"source": source, "target": target}, logits, name=_model_name(spec))


def _source_embedding(spec: TranslatorSpecification, seeds: Seeds) -> keras.Layer:
    initializer = keras.initializers.RandomUniform(-_SOURCE, _SOURCE, seed=seeds.next())
    return layers.Embedding(
        spec.source_vocabulary,
        spec.embedding,
        embeddings_initializer=initializer,
        name="source_embedding",
    )


def _target_embedding(spec: TranslatorSpecification, seeds: Seeds) -> keras.Layer:
    kind = layers.ReversibleEmbedding if spec.tie_weights else layers.Embedding
    initializer = keras.initializers.RandomUniform(-_TARGET, _TARGET, seed=seeds.next())
    return kind(
        spec.target_vocabulary,
        spec.embedding,
        embeddings_initializer=initializer,
        name="target_embedding",
    )


def _decode(
    x: Any,
    target: Any,
    memory: Any,
    source_mask: Any,
    ends: list[list[Any]],
    spec: TranslatorSpecification,
    seeds: Seeds,
) -> tuple[Any, Any]:
    """Return the top layer's states and the contexts, each `(batch, target_time, width)`."""
    target_mask = token_mask(target, "target_mask")
    context = None
    for index in range(spec.decoder_layers):
        start = ends[spec.start_layer(index)]
        if spec.bidirectional:
            start = bridged(start, spec.units, f"bridge_{index}", seeds)
        layer = recurrent(
            spec.cell,
            spec.units,
            seeds,
            bidirectional=False,
            name=f"decoder_{index}",
            return_sequences=True,
            dropout=spec.dropout,
            recurrent_dropout=spec.recurrent_dropout,
        )
        if index:
            x = layers.Concatenate(name=f"decoder_{index}_input")([x, context])
        x = layer(x, mask=target_mask, initial_state=start)
        if context is None:
            context = _context(x, memory, source_mask, ends, spec, seeds)
    return x, context


def _context(
    queries: Any,
    memory: Any,
    source_mask: Any,
    ends: list[list[Any]],
    spec: TranslatorSpecification,
    seeds: Seeds,
) -> Any:
    if spec.attention == "none":
        last = ops.expand_dims(ends[-1][0], 1)
        return ops.add(last, ops.zeros_like(queries[:, :, :1]))
    counts = ops.greater(source_mask, 0)
    return attention_context(queries, memory, counts, spec.attention, seeds)


def _model_name(spec: TranslatorSpecification) -> str:
    attention = "" if spec.attention == "none" else f"_{spec.attention}"
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}{attention}_translator"
