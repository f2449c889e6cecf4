"""Linear-chain conditional random fields in NumPy: the best tags, and what each is worth.

A sequence of tags `y` has the score `sum_t emissions[t, y_t] + sum_t transitions[.., y_t]`; row 0
of `transitions` is the beginning, row `1 + i` follows tag `i`, the last row leads to the end.

Source: Lafferty, McCallum & Pereira 2001; the recursions: Rabiner 1989.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_normalizer", "marginals", "viterbi"]

Floats = NDArray[np.floating[Any]]


def viterbi(
    emissions: Floats, transitions: Floats, lengths: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Return the tags with the highest score.

    Args:
        emissions: Shape `(batch, time, tags)`.
        transitions: Shape `(tags + 2, tags)`.
        lengths: Tokens of each row, at least 1, shape `(batch,)`.

    Returns:
        Shape `(batch, time)`, 0 at padding.
    """
    batch, time, tags = emissions.shape
    start, between, end = transitions[0], transitions[1:-1], transitions[-1]
    best = start + emissions[:, 0]
    steps = np.broadcast_to(np.arange(tags), (batch, tags))
    sources = np.zeros((time, batch, tags), dtype=np.int32)
    for t in range(1, time):
        scores = best[:, :, None] + between
        valid = (t < lengths)[:, None]
        sources[t] = np.where(valid, scores.argmax(axis=1), steps)
        best = np.where(valid, scores.max(axis=1) + emissions[:, t], best)
    path = np.zeros((batch, time), dtype=np.int32)
    path[:, -1] = (best + end).argmax(axis=1)
    rows = np.arange(batch)
    for t in range(time - 1, 0, -1):
        path[:, t - 1] = sources[t, rows, path[:, t]]
    path[np.arange(time) >= lengths[:, None]] = 0
    return path


def marginals(emissions: Floats, transitions: Floats, lengths: NDArray[np.int64]) -> Floats:
    """Return the probability of every tag at every token, over all sequences of tags.

    Args:
        emissions: Shape `(batch, time, tags)`.
        transitions: Shape `(tags + 2, tags)`.
        lengths: Tokens of each row, at least 1, shape `(batch,)`.

    Returns:
        Shape `(batch, time, tags)`, rows that sum to 1, zeros at padding.
    """
    before = _forward(emissions, transitions, lengths)
    after = np.empty_like(before)
    between, end = transitions[1:-1], transitions[-1]
    after[:, -1] = end
    for t in range(emissions.shape[1] - 2, -1, -1):
        scores = between + (emissions[:, t + 1] + after[:, t + 1])[:, None, :]
        valid = (t + 1 < lengths)[:, None]
        after[:, t] = np.where(valid, _log_sum(scores, axis=2), end)
    both = before + after
    shares = np.exp(both - _log_sum(both, axis=2)[..., None])
    result: Floats = np.where((np.arange(shares.shape[1]) < lengths[:, None])[..., None], shares, 0)
    return result


def log_normalizer(emissions: Floats, transitions: Floats, lengths: NDArray[np.int64]) -> Floats:
    """Return the logarithm of the sum of `exp(score)` over all sequences, shape `(batch,)`."""
    last = _forward(emissions, transitions, lengths)[np.arange(len(lengths)), lengths - 1]
    return _log_sum(last + transitions[-1], axis=1)


def _forward(emissions: Floats, transitions: Floats, lengths: NDArray[np.int64]) -> Floats:
    """Return the log-sum of all beginnings that end in each tag, shape of `emissions`."""
    sums = np.empty_like(emissions)
    sums[:, 0] = transitions[0] + emissions[:, 0]
    for t in range(1, emissions.shape[1]):
        scores = sums[:, t - 1, :, None] + transitions[1:-1]
        valid = (t < lengths)[:, None]
        sums[:, t] = np.where(valid, _log_sum(scores, axis=1) + emissions[:, t], sums[:, t - 1])
    return sums


def _log_sum(values: Floats, axis: int) -> Floats:
    highest = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - highest).sum(axis=axis))
    result: Floats = summed + highest.squeeze(axis)
    return result
