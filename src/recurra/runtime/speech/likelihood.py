"""What texts are worth under connectionist temporal classification, and where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import ShapeError
from recurra.runtime.speech.alphabet import BLANK

__all__ = ["fewest_steps", "first_steps", "log_likelihood", "log_likelihoods"]

Floats = NDArray[np.floating[Any]]
_NEVER = -np.inf


def fewest_steps(symbols: NDArray[Any] | tuple[int, ...]) -> int:
    """Return how many steps a text needs: one a symbol, and a blank between equal neighbours."""
    numbers = np.asarray(symbols)
    return len(numbers) + int((numbers[1:] == numbers[:-1]).sum())


def log_likelihood(log_probabilities: Floats, symbols: NDArray[Any] | tuple[int, ...]) -> float:
    """Return the logarithm of a text's probability: the sum over all its alignments.

    Args:
        log_probabilities: Shape `(steps, outputs)`.
        symbols: Numbers without blanks.

    Returns:
        In nats; minus infinity where the steps are too few.
    """
    check_frames(log_probabilities)
    rows = np.asarray(symbols, np.int64)[None]
    steps, counts = np.array([len(log_probabilities)]), np.array([rows.shape[1]])
    return float(log_likelihoods(log_probabilities[None], steps, rows, counts)[0])


def log_likelihoods(
    log_probabilities: Floats,
    steps: NDArray[np.int64],
    symbols: NDArray[Any],
    counts: NDArray[np.int64],
) -> Floats:
    """Return the logarithm of the probability of one text for each clip, shape `(batch,)`.

    Args:
        log_probabilities: Shape `(batch, steps, outputs)`.
        steps: Steps of each clip, `(batch,)`.
        symbols: Numbers without blanks, `(batch, symbols)`, anything at padding.
        counts: Symbols of each text, `(batch,)`.

    Source: Graves et al. 2006, eq. 6-8, in logarithms.
    """
    states, skips = _states(symbols)
    sums = _first(states)
    for step in range(log_probabilities.shape[1]):
        moved = np.logaddexp(sums, _shifted(sums, 1))
        jumped = np.where(skips, _shifted(sums, 2), _NEVER)
        scores = np.take_along_axis(log_probabilities[:, step].astype(np.float64), states, axis=1)
        sums = np.where((step < steps)[:, None], np.logaddexp(moved, jumped) + scores, sums)
    rows, last = np.arange(len(states)), 2 * counts
    before = np.where(counts > 0, sums[rows, np.maximum(last - 1, 0)], _NEVER)
    result: Floats = np.logaddexp(sums[rows, last], before)
    return result


def first_steps(
    log_probabilities: Floats, symbols: NDArray[Any] | tuple[int, ...]
) -> NDArray[np.int64]:
    """Return the step at which each symbol begins in a text's best alignment (Viterbi).

    Args:
        log_probabilities: Shape `(steps, outputs)`.
        symbols: Numbers without blanks, of a text that the steps suffice for.

    Returns:
        Shape `(symbols,)`, rising.
    """
    check_frames(log_probabilities)
    states, skips = _states(np.asarray(symbols, np.int64)[None])
    best = _first(states)
    sources = np.zeros((len(log_probabilities), states.shape[1]), np.int64)
    for step, frame in enumerate(np.asarray(log_probabilities, np.float64)):
        jumped = np.where(skips, _shifted(best, 2), _NEVER)
        choices = np.concatenate([best, _shifted(best, 1), jumped])
        sources[step] = choices.argmax(axis=0)
        best = choices.max(axis=0)[None] + frame[states]
    state = states.shape[1] - 1
    if state and best[0, -2] > best[0, -1]:
        state -= 1
    begins = np.zeros(len(symbols), np.int64)
    for step in range(len(log_probabilities) - 1, -1, -1):
        if state % 2:
            begins[state // 2] = step
        state -= sources[step, state]
    return begins


def check_frames(log_probabilities: Floats) -> None:
    """Refuse what is not `(steps, outputs)` with a blank and a symbol at least.

    Raises:
        ShapeError: If it is not.
    """
    if log_probabilities.ndim != 2 or log_probabilities.shape[1] < 2:
        raise ShapeError(
            f"log-probabilities have the shape {log_probabilities.shape}, expected (steps, "
            "outputs) with the blank and one symbol at least"
        )


def _states(symbols: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the symbols with blanks around each, and which of them may follow without a blank."""
    states = np.full((len(symbols), 2 * symbols.shape[1] + 1), BLANK, np.int64)
    states[:, 1::2] = symbols
    skips = np.zeros(states.shape, bool)
    skips[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    return states, skips


def _first(states: NDArray[np.int64]) -> Floats:
    """Before the first step there is a blank that costs nothing."""
    sums = np.full(states.shape, _NEVER)
    sums[:, 0] = 0.0
    return sums


def _shifted(sums: Floats, places: int) -> Floats:
    return np.pad(sums, ((0, 0), (places, 0)), constant_values=_NEVER)[:, : sums.shape[1]]
