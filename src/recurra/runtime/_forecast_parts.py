"""The parts of forecasters on NumPy arrays; each is written out in `recurra.models`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._parts import (
    Array,
    Weights,
    dense,
    joined_sequence,
    joined_states,
    run_recurrent,
    softmax,
)
from recurra.runtime.forecast_specification import ForecasterSpecification

__all__ = ["attend", "encode", "rising_quantiles"]

_FAR_BELOW = np.float32(-1e9)
_LARGEST_HIDDEN = 1 << 18  # values of additive attention at a time; 4 million took a fifth longer


def encode(
    weights: Weights, spec: ForecasterSpecification, x: Array, mask: NDArray[np.bool_] | None
) -> tuple[Array, list[tuple[Array, ...]]]:
    """Return the top layer's outputs `(batch, lookback, width)` and every layer's last states."""
    ends = []
    for index in range(len(spec.units)):
        runs = run_recurrent(
            weights,
            f"recurrent_{index}",
            spec.cell,
            x,
            bidirectional=spec.bidirectional,
            mask=mask,
        )
        x = joined_sequence(runs)
        ends.append(joined_states(runs))
    return x, ends


def attend(
    weights: Weights,
    attention: str,
    queries: Array,
    states: Array,
    mask: NDArray[np.bool_] | None,
) -> Array:
    """Join each query `(batch, steps, width)` with what it finds among the states."""
    scores = (_additive_scores if attention == "additive" else _dot_scores)(
        weights, queries, states
    )
    if mask is not None:
        scores += np.where(mask[:, None], np.float32(0), _FAR_BELOW)
    found = np.concatenate([softmax(scores) @ states, queries], axis=-1)
    result: Array = np.tanh(dense(weights, "attention_state", found))
    return result


def _additive_scores(weights: Weights, queries: Array, states: Array) -> Array:
    asked = dense(weights, "attention_query", queries)
    offered = dense(weights, "attention_key", states)
    (batch, steps, width), time = asked.shape, offered.shape[1]
    scores = np.empty((batch, steps, time), np.float32)
    rows = max(1, _LARGEST_HIDDEN // (steps * time * width))
    for start in range(0, batch, rows):
        part = slice(start, start + rows)
        hidden = asked[part, :, None] + offered[part, None]
        np.tanh(hidden, out=hidden)
        scores[part] = dense(weights, "attention_scores", hidden)[..., 0]
    return scores


def _dot_scores(weights: Weights, queries: Array, states: Array) -> Array:
    if queries.shape[-1] != states.shape[-1]:
        queries = dense(weights, "attention_query", queries)
    result: Array = queries @ states.transpose(0, 2, 1)
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
