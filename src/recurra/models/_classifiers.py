"""Text classifiers as plain functions returning `keras.Model`.

All of them read token ids of shape `(batch, time)`, 0 being padding, and return class
probabilities of shape `(batch, classes)`; `time` is free, and padding never changes a result.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from recurra.models._blocks import dense, embed, token_mask
from recurra.models._encoders import encode, read_head
from recurra.models._seeds import Seeds
from recurra.runtime.specification import ClassifierSpecification

__all__ = [
    "attention_classifier",
    "bidirectional_classifier",
    "build_classifier",
    "deep_classifier",
    "dense_classifier",
    "gru_classifier",
    "lstm_classifier",
    "simple_rnn_classifier",
    "stacked_classifier",
]


def build_classifier(specification: ClassifierSpecification, seed: int = 0) -> keras.Model:
    """Build the classifier that a specification describes.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from ids `(batch, time)` to probabilities `(batch, classes)`; with n-grams, from
        `[ids, ngrams]`, `ngrams` being rows of the n-gram table, 0 for none.
    """
    seeds = Seeds(seed)
    ids = keras.Input((None,), dtype="int32", name="ids")
    mask = token_mask(ids)
    vectors = embed(ids, specification.vocabulary, specification.embedding, seeds)
    if specification.embedding_dropout:
        vectors = layers.SpatialDropout1D(
            specification.embedding_dropout, seed=seeds.next(), name="embedding_dropout"
        )(vectors)
    features = encode(vectors, mask, specification, seeds)
    features = read_head(features, specification, seeds)
    inputs, logits = ids, dense(specification.classes, seeds, name="logits")(features)
    if specification.ngrams:
        ngrams = keras.Input((None,), dtype="int32", name="ngrams")
        inputs = [ids, ngrams]
        logits = layers.Add(name="deep_and_wide")([logits, _wide(ngrams, specification)])
    probabilities = layers.Softmax(name="probabilities")(logits)
    return keras.Model(inputs, probabilities, name=_model_name(specification))


def dense_classifier(
    vocabulary: int, classes: int, *, embedding: int = 64, units: int = 64, seed: int = 0
) -> keras.Model:
    """Order-blind baseline: the mean of the token vectors, then a dense layer."""
    return _build(seed, vocabulary, classes, cell="dense", embedding=embedding, units=(units,))


def simple_rnn_classifier(
    vocabulary: int, classes: int, *, units: int = 64, seed: int = 0, **options: Any
) -> keras.Model:
    """One SimpleRNN layer (Elman 1990); options as in `ClassifierSpecification`."""
    return _build(seed, vocabulary, classes, cell="rnn", units=(units,), **options)


def lstm_classifier(
    vocabulary: int, classes: int, *, units: int = 64, seed: int = 0, **options: Any
) -> keras.Model:
    """One LSTM layer (Hochreiter & Schmidhuber 1997); options as in `ClassifierSpecification`."""
    return _build(seed, vocabulary, classes, cell="lstm", units=(units,), **options)


def gru_classifier(
    vocabulary: int, classes: int, *, units: int = 64, seed: int = 0, **options: Any
) -> keras.Model:
    """One GRU layer (Cho et al. 2014); options as in `ClassifierSpecification`."""
    return _build(seed, vocabulary, classes, cell="gru", units=(units,), **options)


def stacked_classifier(
    vocabulary: int,
    classes: int,
    *,
    cell: str = "lstm",
    units: tuple[int, ...] = (128, 64, 32),
    seed: int = 0,
    **options: Any,
) -> keras.Model:
    """Recurrent layers on top of each other, each reading the one below at every step."""
    return _build(seed, vocabulary, classes, cell=cell, units=units, **options)


def bidirectional_classifier(
    vocabulary: int,
    classes: int,
    *,
    cell: str = "lstm",
    units: tuple[int, ...] = (64,),
    seed: int = 0,
    **options: Any,
) -> keras.Model:
    """Recurrent layers that read from both ends (Schuster & Paliwal 1997)."""
    return _build(seed, vocabulary, classes, cell=cell, units=units, bidirectional=True, **options)


def attention_classifier(
    vocabulary: int,
    classes: int,
    *,
    cell: str = "lstm",
    units: tuple[int, ...] = (64,),
    bidirectional: bool = True,
    seed: int = 0,
    **options: Any,
) -> keras.Model:
    """Attention over the states of all steps; `attention_weights_model` reads the weights."""
    return _build(
        seed,
        vocabulary,
        classes,
        cell=cell,
        units=units,
        bidirectional=bidirectional,
        pooling="attention",
        **options,
    )


def deep_classifier(
    vocabulary: int,
    classes: int,
    *,
    cell: str = "lstm",
    units: tuple[int, ...] = (128, 128, 64, 64),
    head: tuple[int, ...] = (64,),
    head_dropout: float = 0.5,
    seed: int = 0,
    **options: Any,
) -> keras.Model:
    """Stacked layers with batch normalisation and a dense head with dropout."""
    return _build(
        seed,
        vocabulary,
        classes,
        cell=cell,
        units=units,
        head=head,
        head_dropout=head_dropout,
        batch_normalization=True,
        **options,
    )


def _build(seed: int, vocabulary: int, classes: int, **options: Any) -> keras.Model:
    return build_classifier(ClassifierSpecification(vocabulary, classes, **options), seed)


def _wide(ngrams: Any, spec: ClassifierSpecification) -> Any:
    """Sum a weight for every class over the n-grams that are present, `(batch, classes)`."""
    weights = layers.Embedding(
        spec.ngrams, spec.classes, embeddings_initializer="zeros", name="wide"
    )(ngrams)
    present = layers.Rescaling(1.0, name="ngrams_present")(token_mask(ngrams, "ngrams_mask"))
    return layers.Dot(axes=1, name="wide_sum")([present, weights])


def _model_name(spec: ClassifierSpecification) -> str:
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}_classifier"
