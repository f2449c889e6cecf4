"""How faithful an attribution is: steps are removed in its order, and the score is watched.

Source: the deletion curve of Petsiuk, Das & Saenko 2018, "RISE"; removing words in the order of
their attribution goes back to Samek et al. 2017, "Evaluating the Visualization of What a Deep
Neural Network Has Learned".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.study.insight._scoring import Scorer
from recurra.study.insight.subject import Subject

__all__ = ["DeletionTest"]

_POINTS = 12
_DRAWS = 4  # what steps are exchanged for, for each point of a curve
_RANDOM_ORDERS, _RANDOM_DRAWS = 8, 2


class DeletionTest:
    """Removes the steps of one input in one order after the other.

    A step is removed as the subject exchanges steps; what it is exchanged for is drawn several
    times and the score averaged.

    Attributes:
        shares: Share of the steps removed at each point of a curve, from 0 to 1, `(n,)`.
        random: The score at each point when steps go in random order, eight orders averaged.
    """

    def __init__(self, subject: Subject, scorer: Scorer, seed: int = 0) -> None:
        """Take the input and score the random orders.

        Args:
            subject: The input and its model.
            scorer: Scores variants of it.
            seed: Fixes the random orders and what steps are exchanged for.
        """
        time = len(subject.labels)
        self._scorer, self._seed = scorer, seed
        # Denser where little is removed: the first few steps decide.
        self._counts = np.unique(np.rint((np.arange(_POINTS + 1) / _POINTS) ** 2 * time)).astype(
            int
        )
        self.shares = self._counts / time
        generator = np.random.default_rng([seed, *b"random orders"])
        orders = [generator.permutation(time) for _ in range(_RANDOM_ORDERS)]
        self.random: NDArray[np.float64] = np.mean(self.curves(orders, _RANDOM_DRAWS), axis=0)

    def curves(
        self, orders: Sequence[NDArray[np.int64]], draws: int = _DRAWS
    ) -> list[NDArray[np.float64]]:
        """Return the scores along orders of removal, all of them scored side by side.

        Args:
            orders: Every step once, the first to go first, each `(time,)`.
            draws: How many exchanges of the same steps are averaged.

        Returns:
            For each order the score at each of `shares`.
        """
        rows = np.concatenate([self._removed(order) for order in orders])
        generator = np.random.default_rng([self._seed, *b"deletion"])
        found = self._scorer(np.repeat(rows, draws, axis=0), generator)
        means = found.reshape(len(orders), len(self.shares), draws).mean(axis=2)
        return list(means)

    def faithfulness(self, curve: NDArray[np.float64]) -> float:
        """Return the area between the random curve and another; above 0: better than chance."""
        return float(np.trapezoid(self.random - curve, self.shares))

    def _removed(self, order: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which steps are gone at each point, `(points, time)`."""
        rank = np.argsort(order)
        removed: NDArray[np.bool_] = rank[None] < self._counts[:, None]
        return removed
