"""Recognizers: symbols at every step of sound."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from recurra.models._blocks import dense, padding_offset, recurrent
from recurra.models._seeds import Seeds
from recurra.models._sequence_networks import frame_inputs, stack_frames
from recurra.runtime.speech.specification import RecognizerSpecification

__all__ = ["build_recognizer"]


def build_recognizer(specification: RecognizerSpecification, seed: int = 0) -> keras.Model:
    """Build the network that a specification describes.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from `[values, mask]` to logits `(batch, steps, outputs)`, blank first. `values` is
        float32, `(batch, frames, features)`; `mask` is int32, `(batch, frames)`, 1 at frames and 0
        at padding, which stands at the end; `frames` is a multiple of the stride. At padding the
        blank is certain, which leaves every text's probability as it is.
    """
    spec, seeds = specification, Seeds(seed)
    values, mask = frame_inputs(spec.features)
    states, steps = stack_frames(values, mask, spec.features, spec.stride)
    if spec.input_dropout:
        layer = layers.Dropout(spec.input_dropout, seed=seeds.next(), name="input_dropout")
        states = layer(states)
    for index, units in enumerate(spec.units):
        states = _layer(states, steps, units, index, spec, seeds)
    if spec.head_dropout:
        layer = layers.SpatialDropout1D(spec.head_dropout, seed=seeds.next(), name="head_dropout")
        states = layer(states)
    logits = dense(spec.outputs, seeds, name="logits")(states)
    scores = layers.Add(name="scores")([logits, _blank_padding(steps, spec.outputs)])
    return keras.Model([values, mask], scores, name=_model_name(spec))


def _layer(
    states: Any, mask: Any, units: int, index: int, spec: RecognizerSpecification, seeds: Seeds
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


def _blank_padding(mask: Any, outputs: int) -> Any:
    """Return -1e9 for every symbol at padding and 0 elsewhere, `(batch, steps, outputs)`."""
    offset = layers.Reshape((-1, 1, 1), name="padding_plane")(padding_offset(mask))
    symbols = layers.UpSampling2D((1, outputs - 1), name="padding_symbols")(offset)
    both = layers.ZeroPadding2D(((0, 0), (1, 0)), name="padding_outputs")(symbols)
    return layers.Reshape((-1, outputs), name="blank_at_padding")(both)


def _model_name(spec: RecognizerSpecification) -> str:
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}_recognizer"
