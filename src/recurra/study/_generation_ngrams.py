"""The n-gram language model that every comparison of language models has to face.

Interpolated modified Kneser-Ney (Kneser & Ney 1995; Chen & Goodman 1998, section 3): the strongest
of the classical models. It is counted in sorted arrays: an n-gram's key is the number of its first
n - 1 tokens and its last token, its number the place of its key, so that an order costs one sort
to count and a binary search to look up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NgramModel"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

_LEAST_DISCOUNT = 0.05  # something is always left for what was never seen


class _Order(NamedTuple):
    """The n-grams of one length.

    Attributes:
        keys: Number of the first n - 1 tokens times the vocabulary's size plus the last token, in
            rising order.
        shares: Of each n-gram: its discounted probability after its first n - 1 tokens.
        left: Of each context: the share that goes by the shorter n-grams.
    """

    keys: Ids
    shares: Floats
    left: Floats


class NgramModel:
    """An interpolated Kneser-Ney model over token numbers.

    Attributes:
        vocabulary: How many tokens there are.
        order: Tokens of the longest n-grams.
        parameters: N-grams that were counted, of all lengths.
    """

    def __init__(self, vocabulary: int, orders: Sequence[_Order]) -> None:
        """Hold the counts, shortest n-grams first; `fit` makes them."""
        self.vocabulary = vocabulary
        self.order = len(orders)
        self.parameters = sum(len(one.keys) for one in orders)
        self._orders = tuple(orders)

    @classmethod
    def fit(cls, ids: NDArray[Any], vocabulary: int, order: int = 5) -> NgramModel:
        """Count a text.

        Args:
            ids: Tokens, shape `(time,)`, one or more, each below `vocabulary`.
            vocabulary: How many tokens there are.
            order: Tokens of the longest n-grams.
        """
        tokens = np.asarray(ids, dtype=np.int64)
        numbers = np.zeros(len(tokens), dtype=np.int64)  # of the n-gram that ends at each place
        lengths = range(1, min(order, len(tokens)) + 1)
        keys: list[Ids] = []
        counts: list[Ids] = []
        for length in lengths:
            before = numbers if length == 1 else numbers[:-1]
            joined = before * vocabulary + tokens[length - 1 :]
            known, first, longer, times = np.unique(
                joined, return_index=True, return_inverse=True, return_counts=True
            )
            if keys:  # a shorter n-gram counts as often as different tokens stand before it
                ends = numbers[1:][first]
                counts[-1] = np.bincount(ends, minlength=len(keys[-1])).astype(np.int64)
            keys.append(known)
            counts.append(times.astype(np.int64))
            numbers = longer.astype(np.int64)
        contexts = [1, *(len(one) for one in keys[:-1])]
        parts = zip(keys, counts, contexts, strict=True)
        return cls(vocabulary, [_weighed(*one, vocabulary) for one in parts])

    def log_probabilities(self, ids: NDArray[Any], skip: int = 0) -> Floats:
        """Return the natural logarithm of each token's probability after those before it.

        Args:
            ids: Tokens, shape `(time,)`.
            skip: How many tokens at the beginning are only context.

        Returns:
            Shape `(time - skip,)`; all finite.
        """
        tokens = np.asarray(ids, dtype=np.int64)
        chances = np.full(len(tokens), 1.0 / self.vocabulary)
        numbers = np.zeros(len(tokens) + 1, dtype=np.int64)  # of the context before each place
        for order in self._orders:
            contexts = numbers[:-1]
            places = _places(order.keys, contexts * self.vocabulary + tokens)
            seen = contexts >= 0  # the keys of unseen contexts are negative: they have no place
            chances[seen] *= order.left[contexts[seen]]
            chances[places >= 0] += order.shares[places[places >= 0]]
            numbers = np.concatenate([[-1], places])
        found: Floats = np.log(chances[skip:])
        return found

    def distribution(self, history: Sequence[int]) -> Floats:
        """Return the probability of every token after some tokens, shape `(vocabulary,)`."""
        chances = np.full(self.vocabulary, 1.0 / self.vocabulary)
        for length, order in enumerate(self._orders):
            context = self._number(history[len(history) - length :])
            if length > len(history) or context < 0:
                break
            first, end = np.searchsorted(
                order.keys, [context * self.vocabulary, (context + 1) * self.vocabulary]
            )
            chances *= order.left[context]
            chances[order.keys[first:end] - context * self.vocabulary] += order.shares[first:end]
        return chances

    def _number(self, tokens: Sequence[int]) -> int:
        """Return the number of an n-gram, -1 where it was not seen."""
        number = 0
        for token, order in zip(tokens, self._orders, strict=False):
            key = number * self.vocabulary + token
            place = int(np.searchsorted(order.keys, key))
            if place == len(order.keys) or order.keys[place] != key:
                return -1
            number = place
        return number


def _places(keys: Ids, wanted: Ids) -> Ids:
    """Return where each wanted key stands, -1 for those that do not."""
    places = np.searchsorted(keys, wanted)
    places[places == len(keys)] = 0
    return np.where(keys[places] == wanted, places, -1)


def _weighed(keys: Ids, counts: Ids, contexts: int, vocabulary: int) -> _Order:
    """Take the discount off the counts of one order and hand it to the shorter n-grams."""
    context = keys // vocabulary
    kept = counts - _discounts(counts)[np.minimum(counts, 3)]
    totals = np.bincount(context, weights=counts, minlength=contexts)
    shares = kept / np.maximum(totals, 1)[context]
    left = 1 - np.bincount(context, weights=shares, minlength=contexts)
    return _Order(keys, shares, np.clip(left, 0.0, 1.0))


def _discounts(counts: Ids) -> Floats:
    """Return what is taken off a count of 0, 1, 2 and 3 or more (Chen & Goodman, equation 26)."""
    times = np.bincount(np.minimum(counts, 5), minlength=6).astype(np.float64)
    if not times[1:5].all():  # a small vocabulary: every character occurs often
        return np.array([0.0, 0.5, 0.75, 1.0])
    steps = np.arange(1, 4)
    base = times[1] / (times[1] + 2 * times[2])
    found = steps - (steps + 1) * base * times[2:5] / times[1:4]
    return np.concatenate([[0.0], np.clip(found, _LEAST_DISCOUNT, steps)])
