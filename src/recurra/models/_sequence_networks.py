"""Networks over sequences of numbers, as plain Keras models."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from recurra.models._blocks import dense
from recurra.models._encoders import encode, read_head
from recurra.models._seeds import Seeds
from recurra.runtime.series.specification import SequenceSpecification

__all__ = ["build_sequence_network", "frame_inputs", "stack_frames"]


def build_sequence_network(specification: SequenceSpecification, seed: int = 0) -> keras.Model:
    """Build the network that a specification describes.

    Args:
        specification: The architecture.
        seed: Fixes the initial weights and the dropout masks.

    Returns:
        A model from `[values, mask]` to probabilities `(batch, classes)`, or for regression to
        `(batch, 1)`. `values` is float32, `(batch, time, features)`; `mask` is int32,
        `(batch, time)`, 1 at steps and 0 at padding, which stands at the end. `time` is free, but a
        multiple of the stride.
    """
    seeds = Seeds(seed)
    values, mask = frame_inputs(specification.features)
    frames, steps = stack_frames(values, mask, specification.features, specification.stride)
    if specification.input_dropout:
        frames = layers.Dropout(
            specification.input_dropout, seed=seeds.next(), name="input_dropout"
        )(frames)
    features = encode(frames, steps, specification, seeds)
    features = read_head(features, specification, seeds)
    answer = dense(specification.outputs, seeds, name=specification.output_layer)(features)
    if specification.task == "classification":
        answer = layers.Softmax(name="probabilities")(answer)
    return keras.Model([values, mask], answer, name=_model_name(specification))


def frame_inputs(features: int) -> tuple[Any, Any]:
    """Return the inputs `values` and `mask` of a network over sequences of numbers."""
    values = keras.Input((None, features), dtype="float32", name="values")
    return values, keras.Input((None,), dtype="int32", name="mask")


def stack_frames(values: Any, mask: Any, features: int, stride: int) -> tuple[Any, Any]:
    """Lay every `stride` steps side by side; a frame counts where its first step does.

    Returns:
        Frames `(batch, time / stride, stride * features)`, and their mask.
    """
    if stride == 1:
        return values, mask
    frames = layers.Reshape((-1, stride * features), name="stacked_steps")(values)
    counts = layers.Rescaling(1.0, name="mask_values")(mask)  # whole numbers cannot be pooled
    columns = layers.Reshape((-1, 1), name="mask_column")(counts)
    highest = layers.MaxPooling1D(stride, name="mask_of_frames")(columns)
    rows = layers.Reshape((-1,), name="mask_row")(highest)
    return frames, layers.Discretization([0.5], name="frame_mask")(rows)


def _model_name(spec: SequenceSpecification) -> str:
    kind = "classifier" if spec.task == "classification" else "regressor"
    return f"{'bi' if spec.bidirectional else ''}{spec.cell}_sequence_{kind}"
