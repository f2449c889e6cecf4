"""Taggers: a label for every token of a sentence."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from recurra.models._blocks import dense, embed, recurrent, token_mask
from recurra.models._seeds import Seeds
from recurra.runtime.tagging.specification import TaggerSpecification

__all__ = ["build_tagger"]


def build_tagger(specification: TaggerSpecification, seed: int = 0) -> keras.Model:
    """Build the tagger that a specification describes.

    Each distinct form of a batch has its characters read once, by a (bidirectional) recurrent
    layer whose last states stand for the form; every token is its word's vector and its form's.
    Recurrent layers read the tokens.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from `[words (batch, time), forms (batch, time), characters (forms, characters)]`,
        int32, see `TaggerBatch`, to probabilities `(batch, time, tags)`. With a conditional random
        field to `(batch, time + tags + 2, tags)`: the emissions, then the transitions, see
        `recurra.runtime.tagging.chain`. Padding, id 0 at the end of a row, changes no other step.

    Source: Ling et al. 2015, "Finding Function in Form"; Lample et al. 2016; Plank et al. 2016.
    """
    spec, seeds = specification, Seeds(seed)
    words = keras.Input((None,), dtype="int32", name="words")
    forms = keras.Input((None,), dtype="int32", name="forms")
    characters = keras.Input((None,), dtype="int32", name="characters")
    mask = token_mask(words)
    states = _tokens(words, forms, characters, spec, seeds)
    for index, units in enumerate(spec.units):
        states = _layer(states, mask, units, index, spec, seeds)
    # An operation ends Keras's implicit mask, which the softmax would take for its own.
    states = _dropped(ops.copy(states), spec.head_dropout, seeds, "head_dropout")
    logits = dense(spec.tags, seeds, name="logits")(states)
    output = _with_transitions(logits, words, spec) if spec.crf else _probabilities(logits)
    return keras.Model([words, forms, characters], output, name=_model_name(spec))


def _tokens(
    words: Any, forms: Any, characters: Any, spec: TaggerSpecification, seeds: Seeds
) -> Any:
    """Return what is known of each token alone, `(batch, time, features)`."""
    parts = []
    if spec.embedding:
        parts.append(embed(words, spec.words, spec.embedding, seeds))
    if spec.character_units:
        spelt = _spellings(characters, spec, seeds)
        parts.append(ops.take(spelt, forms, axis=0))
    joined = layers.Concatenate(name="tokens")(parts) if len(parts) > 1 else parts[0]
    return _dropped(joined, spec.input_dropout, seeds, "input_dropout")


def _spellings(characters: Any, spec: TaggerSpecification, seeds: Seeds) -> Any:
    """Return a vector of every form, `(forms, features)`."""
    mask = token_mask(characters, "character_mask")
    name = "character_embedding"
    vectors = embed(characters, spec.characters, spec.character_embedding, seeds, name)
    vectors = _dropped(vectors, spec.character_dropout, seeds, "character_dropout")
    if spec.cell == "dense":
        hidden = dense(spec.character_units, seeds, activation="relu", name="spelling")
        return hidden(_mean(vectors, mask))
    layer = recurrent(
        spec.cell,
        spec.character_units,
        seeds,
        bidirectional=spec.bidirectional,
        name="spelling",
    )
    return layer(vectors, mask=mask)


def _mean(vectors: Any, mask: Any) -> Any:
    """Return the mean over characters; zeros, and no gradient that is NaN, where there are none."""
    weights = ops.expand_dims(ops.cast(mask, vectors.dtype), -1)
    return ops.sum(vectors * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1.0)


def _layer(
    states: Any, mask: Any, units: int, index: int, spec: TaggerSpecification, seeds: Seeds
) -> Any:
    if spec.cell == "dense":
        return dense(units, seeds, activation="relu", name=f"hidden_{index}")(states)
    layer = recurrent(
        spec.cell,
        units,
        seeds,
        bidirectional=spec.bidirectional,
        name=f"recurrent_{index}",
        return_sequences=True,
        dropout=spec.dropout,
        recurrent_dropout=spec.recurrent_dropout,
    )
    return layer(states, mask=mask)


def _dropped(states: Any, share: float, seeds: Seeds, name: str) -> Any:
    """Drop whole channels of a row, the same at every step (Gal & Ghahramani 2016)."""
    if not share:
        return states
    return layers.SpatialDropout1D(share, seed=seeds.next(), name=name)(states)


def _probabilities(logits: Any) -> Any:
    return layers.Softmax(name="probabilities")(logits)


def _with_transitions(logits: Any, words: Any, spec: TaggerSpecification) -> Any:
    """Put the table of transitions below the logits, so that one output holds the whole score."""
    rows = ops.zeros_like(words[:, :1]) + ops.arange(spec.tags + 2, dtype="int32")
    table = layers.Embedding(
        spec.tags + 2, spec.tags, embeddings_initializer="zeros", name="transitions"
    )(rows)
    return layers.Concatenate(axis=1, name="scores")([logits, table])


def _model_name(spec: TaggerSpecification) -> str:
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}_tagger"
