"""Encodes sequences of vectors into one vector each, and reads that: what classifiers share."""

from __future__ import annotations

from typing import Any, Protocol

from keras import layers

from recurra.models._blocks import dense, pool, recurrent
from recurra.models._seeds import Seeds
from recurra.runtime._encoding import EncoderSpecification

__all__ = ["EncoderOptions", "encode", "read_head"]


class EncoderOptions(EncoderSpecification, Protocol):
    """The fields of a specification that say how an encoder is made and trained."""

    @property
    def dropout(self) -> float:
        """Share of each recurrent layer's inputs dropped in training."""

    @property
    def recurrent_dropout(self) -> float:
        """Share of the state dropped in training."""

    @property
    def head(self) -> tuple[int, ...]:
        """Units of the dense layers that follow."""

    @property
    def head_dropout(self) -> float:
        """Dropout of what the output layer reads."""


def encode(vectors: Any, mask: Any, spec: EncoderOptions, seeds: Seeds) -> Any:
    """Turn vectors `(batch, time, features)` into one vector a sequence, blind to padding."""
    if spec.cell == "dense":
        mean = layers.GlobalAveragePooling1D(name="mean_over_time")(vectors, mask=mask)
        return _hidden_layers(mean, spec.units, spec, seeds, "hidden")
    states = vectors
    for index, units in enumerate(spec.units):
        top = index == len(spec.units) - 1
        layer = recurrent(
            spec.cell,
            units,
            seeds,
            bidirectional=spec.bidirectional,
            name=f"recurrent_{index}",
            return_sequences=not (top and spec.pooling == "last"),
            dropout=spec.dropout,
            recurrent_dropout=spec.recurrent_dropout,
        )
        states = layer(states, mask=mask)
        if spec.batch_normalization:
            states = _normalize(states, mask if layer.return_sequences else None, index)
    if spec.pooling == "last":
        return states
    return pool(states, mask, spec.pooling, spec.units[-1], seeds)


def read_head(features: Any, spec: EncoderOptions, seeds: Seeds) -> Any:
    """Apply the dense layers between the encoder and the output layer."""
    features = _hidden_layers(features, spec.head, spec, seeds, "head")
    if not spec.head_dropout:
        return features
    return layers.Dropout(spec.head_dropout, seed=seeds.next(), name="head_dropout")(features)


def _normalize(states: Any, mask: Any, index: int) -> Any:
    layer = layers.BatchNormalization(name=f"recurrent_{index}_normalization")
    return layer(states) if mask is None else layer(states, mask=mask)


def _hidden_layers(
    features: Any, units: tuple[int, ...], spec: EncoderOptions, seeds: Seeds, name: str
) -> Any:
    for index, width in enumerate(units):
        features = dense(width, seeds, activation="relu", name=f"{name}_{index}")(features)
        if spec.batch_normalization:
            features = layers.BatchNormalization(name=f"{name}_{index}_normalization")(features)
    return features
