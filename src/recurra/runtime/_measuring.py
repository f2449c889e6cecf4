"""How well a language model predicts a long sequence of tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime._language_network import LanguageNetwork, check_ids
from recurra.runtime._parts import Array
from recurra.runtime._writing import log_sum_exp
from recurra.sequences import EOS_ID

__all__ = ["predict_tokens", "token_log_probabilities"]

_MOST_STREAMS = 32  # read side by side; more of them made no difference to the speed
_WARM_UP = 256  # tokens that a stream reads before its own
_LARGEST_WARM_UP = 0.1  # of all that is read, roughly
_LARGEST_LOGITS = 1 << 21  # values held at a time
_LONGEST_PIECE = 256


def predict_tokens(network: LanguageNetwork, ids: NDArray[Any]) -> tuple[float, int]:
    """Predict each token from all before it.

    The tokens are divided among several streams that are read side by side. Each but the first
    reads the 256 tokens before its own to begin with, so that nothing is predicted from less. A
    short sequence is one stream, and exact.

    Args:
        network: The model.
        ids: Tokens, shape `(time,)`, at least one; read in pieces, so a memory map stays on disk.

    Returns:
        The sum of their negative log-probabilities in nats, and how many were the most probable.

    Raises:
        DataError: If an id is outside the vocabulary.
    """
    starts, counted, length = _streams(len(ids))
    steps = max(1, min(_LONGEST_PIECE, _LARGEST_LOGITS // (len(starts) * _width(network))))
    nats, right, state = 0.0, 0, None
    for begin in range(0, length, steps):
        positions = starts[:, None] + np.arange(begin, min(begin + steps, length))
        targets = np.asarray(ids[positions], np.int64)
        check_ids(targets, network.specification.vocabulary)
        logits, state = network.run(_before(ids, positions), state)
        own = positions >= counted[:, None]
        nats -= float(_of(logits, targets)[own].sum(dtype=np.float64))
        right += int((logits.argmax(axis=-1) == targets)[own].sum())
    return nats, right


def token_log_probabilities(network: LanguageNetwork, ids: NDArray[Any]) -> NDArray[np.float64]:
    """Return the log-probability of each token of one text in nats, shape `(time,)`."""
    steps = max(1, min(_LONGEST_PIECE, _LARGEST_LOGITS // _width(network)))
    found, state = np.empty(len(ids)), None
    for begin in range(0, len(ids), steps):
        positions = np.arange(begin, min(begin + steps, len(ids)))[None]
        logits, state = network.run(_before(ids, positions), state)
        found[positions] = _of(logits, np.asarray(ids[positions], np.int64))
    return found


def _streams(total: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return where streams begin, from where on their tokens count, and the length of all."""
    count = int(np.clip(total * _LARGEST_WARM_UP / _WARM_UP, 1, _MOST_STREAMS))
    length = -(-(total + (count - 1) * _WARM_UP) // count)
    starts = np.minimum(np.arange(count) * (length - _WARM_UP), total - length)
    counted = np.concatenate([[0], starts[:-1] + length])
    return starts, counted, length


def _before(ids: NDArray[Any], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tokens before some positions; before the first one, another text has ended."""
    before = np.asarray(ids[np.maximum(positions - 1, 0)], np.int64)
    return np.where(positions > 0, before, EOS_ID)


def _of(logits: Array, targets: NDArray[np.int64]) -> Array:
    """Return the log-probabilities of the targets, shape of `targets`."""
    chosen: Array = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return chosen - log_sum_exp(logits)


def _width(network: LanguageNetwork) -> int:
    """Return the values of a position in its widest layer."""
    spec = network.specification
    return max(spec.vocabulary, *spec.units)
