"""The segment-wise recurrent forecaster."""

from __future__ import annotations

from typing import Any

from keras import layers, ops

from recurra.models._blocks import dense, recurrent
from recurra.models._forecast_parts import head_dropout, learned_vectors
from recurra.models._seeds import Seeds
from recurra.runtime.forecast_specification import ForecasterSpecification


def segrnn(past: Any, spec: ForecasterSpecification, seeds: Seeds) -> Any:
    """Forecast each target alone, a whole segment at a step.

    The look-back is cut into segments; a dense layer with a rectifier turns each into a vector,
    and a recurrent layer reads the vectors. Its last state starts one step of the same layer for
    every segment of the horizon, all at once, whose input says where the segment stands (half of
    its values) and which target it is (the other half). A dense layer writes out the segment.

    Where the look-back is no multiple of the segment, its first value is repeated in front, so
    that no step is left out; where the horizon is none, the last segment is cut.

    Args:
        past: Shape `(batch, lookback, targets)`.
        spec: The architecture.
        seeds: For weights and dropout.

    Returns:
        Shape `(batch, horizon, targets, outputs)`.

    Source: Lin et al. 2023, "SegRNN: Segment Recurrent Neural Network for Long-Term Time Series
    Forecasting", arXiv:2308.11200 (parallel multi-step forecasting).
    """
    layer = recurrent(
        spec.cell,
        spec.units[0],
        seeds,
        bidirectional=False,
        name="recurrent_0",
        return_state=True,
        dropout=spec.dropout,
        recurrent_dropout=spec.recurrent_dropout,
    )
    projection = dense(spec.units[0], seeds, activation="relu", name="segment_projection")
    _, *states = layer(projection(_segments(past, spec)))
    starts = [_for_each_segment(state, spec) for state in states]
    state, *_ = layer(_questions(past, spec, seeds), initial_state=starts)
    head = dense(spec.segment * spec.outputs, seeds, name="output")
    return _joined(head(head_dropout(state, spec, seeds)), spec)


def _segments(past: Any, spec: ForecasterSpecification) -> Any:
    """Return `(batch * targets, segments, segment)`."""
    count, _ = spec.segments
    missing = count * spec.segment - spec.lookback
    if missing:
        front = ops.repeat(past[:, :1], missing, axis=1)
        past = layers.Concatenate(axis=1, name="padded_past")([front, past])
    by_target = layers.Permute((2, 1), name="past_by_target")(past)
    return ops.reshape(by_target, (-1, count, spec.segment))


def _for_each_segment(state: Any, spec: ForecasterSpecification) -> Any:
    """Repeat `(batch * targets, units)` for every segment of the horizon."""
    return ops.repeat(state, spec.segments[1], axis=0)


def _questions(past: Any, spec: ForecasterSpecification, seeds: Seeds) -> Any:
    """Return which segments are asked for, `(batch * targets * segments, 1, units)`."""
    _, count = spec.segments
    units, width = spec.units[0], spec.position_width
    asked = learned_vectors(count, width, past, seeds, "positions")
    asked = ops.tile(ops.expand_dims(asked, 0), (spec.targets, 1, 1))
    if width < units:
        channels = learned_vectors(spec.targets, units - width, past, seeds, "channels")
        channels = ops.repeat(ops.expand_dims(channels, 1), count, axis=1)
        asked = layers.Concatenate(name="questions")([asked, channels])
    every_row = ops.add(
        ops.expand_dims(asked, 0), ops.reshape(ops.zeros_like(past[:, 0, 0]), (-1, 1, 1, 1))
    )
    return ops.reshape(every_row, (-1, 1, units))


def _joined(values: Any, spec: ForecasterSpecification) -> Any:
    """Turn `(batch * targets * segments, segment * outputs)` into the forecast's shape."""
    _, count = spec.segments
    steps = ops.reshape(values, (-1, spec.targets, count * spec.segment, spec.outputs))
    return ops.transpose(steps[:, :, : spec.horizon], (0, 2, 1, 3))
