"""The parts of forecasters on NumPy arrays; each is written out in `recurra.models`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._encoder_decoder import attention_keys, attention_weights, encode_stack
from recurra.runtime._parts import Array, Weights, dense
from recurra.runtime.forecast_specification import ForecasterSpecification

__all__ = ["attend", "encode", "rising_quantiles"]


def encode(
    weights: Weights, spec: ForecasterSpecification, x: Array, mask: NDArray[np.bool_] | None
) -> tuple[Array, list[tuple[Array, ...]]]:
    """Return the top layer's outputs `(batch, lookback, width)` and every layer's last states."""
    return encode_stack(
        weights,
        x,
        len(spec.units),
        cell=spec.cell,
        bidirectional=spec.bidirectional,
        name="recurrent",
        mask=mask,
    )


def attend(
    weights: Weights,
    attention: str,
    queries: Array,
    states: Array,
    mask: NDArray[np.bool_] | None,
) -> Array:
    """Join each query `(batch, steps, width)` with what it finds among the states."""
    keys = attention_keys(weights, attention, states)
    context = attention_weights(weights, attention, queries, keys, mask) @ states
    found = np.concatenate([context, queries], axis=-1)
    result: Array = np.tanh(dense(weights, "attention_state", found))
    return result


def rising_quantiles(values: Array, median: int) -> Array:
    """Make the last axis rise, starting from the value at `median`; see `recurra.models`."""
    quantiles = values.copy()
    for k in range(median + 1, values.shape[-1]):
        quantiles[..., k] = quantiles[..., k - 1] + _softplus(values[..., k])
    for k in reversed(range(median)):
        quantiles[..., k] = quantiles[..., k + 1] - _softplus(values[..., k])
    return quantiles


def _softplus(x: Array) -> Array:
    result: Array = np.logaddexp(x, np.float32(0))
    return result
