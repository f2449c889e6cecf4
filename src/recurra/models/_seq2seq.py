"""The encoder-decoder forecaster."""

from __future__ import annotations

from typing import Any

from keras import layers, ops

from recurra.models._blocks import dense, recurrent
from recurra.models._encoder_decoder import bridged
from recurra.models._forecast_parts import (
    at_each_step,
    attend,
    encode,
    for_each_row,
    head_dropout,
    learned_vectors,
)
from recurra.models._seeds import Seeds
from recurra.runtime.forecast_specification import ForecasterSpecification


def seq2seq(
    past: Any, mask: Any, future: Any, static: Any, spec: ForecasterSpecification, seeds: Seeds
) -> Any:
    """Read the look-back with an encoder, write the horizon with a decoder.

    The last states of each encoder layer start the decoder layer of the same height. At each step
    the decoder reads the known future, the series' static values and a learned vector of the
    step's position, never its own forecasts: all steps run at once, errors do not feed back, and
    training computes what prediction computes. Attention, if asked for, is over the encoder's
    states.

    Args:
        past: Shape `(batch, lookback, targets + past_features)`.
        mask: Steps that count, boolean, `(batch, lookback)`.
        future: Shape `(batch, horizon, future_features)`, or None.
        static: Shape `(batch, static_features)`, or None.
        spec: The architecture.
        seeds: For weights and dropout.

    Returns:
        Shape `(batch, horizon, targets, outputs)`.

    Source: Sutskever et al. 2014; Cho et al. 2014. Attention: see `attend`.
    """
    states, ends = encode(past, mask, spec, seeds)
    x = _decoder_input(past, future, static, spec, seeds)
    for index, units in enumerate(spec.units):
        layer = recurrent(
            spec.cell,
            units,
            seeds,
            bidirectional=False,
            name=f"decoder_{index}",
            return_sequences=True,
            dropout=spec.dropout,
            recurrent_dropout=spec.recurrent_dropout,
        )
        start = ends[index]
        if spec.bidirectional:
            start = bridged(start, units, f"bridge_{index}", seeds)
        x = layer(x, initial_state=start)
    if spec.attention:
        x = attend(x, states, mask, spec.attention, seeds)
    values = dense(spec.targets * spec.outputs, seeds, name="output")(head_dropout(x, spec, seeds))
    return ops.reshape(values, (-1, spec.horizon, spec.targets, spec.outputs))


def _decoder_input(
    past: Any, future: Any, static: Any, spec: ForecasterSpecification, seeds: Seeds
) -> Any:
    positions = learned_vectors(spec.horizon, spec.position_width, past, seeds, "positions")
    parts = [for_each_row(positions, past)]
    if future is not None:
        parts.append(future)
    if static is not None:
        parts.append(at_each_step(static, spec.horizon))
    return layers.Concatenate(name="decoder_input")(parts) if len(parts) > 1 else parts[0]
