"""Statistics of sequence lengths, gathered as a stream."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import ShapeError, UsageError

__all__ = ["LengthStatistics"]


class LengthStatistics:
    """Lengths before truncation, and the shares that truncation and the vocabulary lose.

    Keeps one number per distinct length, so the quantiles are exact and the memory is small.
    """

    def __init__(self, max_length: int | None = None) -> None:
        """Begin without rows.

        Args:
            max_length: Tokens that the encoder keeps; all when `None`.
        """
        self.max_length = max_length
        self._counts: Counter[int] = Counter()
        self._unknown = 0

    def update(self, lengths: ArrayLike, unknown: ArrayLike = ()) -> None:
        """Add rows.

        Args:
            lengths: Tokens of each row before truncation, shape `(rows,)`.
            unknown: How many of them are unknown, same shape; none when left out.

        Raises:
            ShapeError: If a length is negative or the shapes disagree.
        """
        counts = np.asarray(lengths, dtype=np.int64)
        missing = np.asarray(unknown, dtype=np.int64)
        if counts.ndim != 1 or missing.shape not in ((0,), counts.shape):
            raise ShapeError(
                f"lengths and unknown counts must have the same shape (rows,), "
                f"not {counts.shape} and {missing.shape}"
            )
        if counts.size and counts.min() < 0:
            raise ShapeError(f"lengths must be 0 or more, not {counts.min()}")
        values, times = np.unique(counts, return_counts=True)
        self._counts.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
        self._unknown += int(missing.sum())

    @property
    def rows(self) -> int:
        """Number of rows so far."""
        return self._counts.total()

    @property
    def truncated_share(self) -> float:
        """Share of the rows that are longer than `max_length`."""
        if self.max_length is None or not self._counts:
            return 0.0
        longer = sum(n for length, n in self._counts.items() if length > self.max_length)
        return longer / self.rows

    @property
    def unknown_share(self) -> float:
        """Share of all tokens that are unknown."""
        return self._unknown / max(1, self._tokens)

    def quantile(self, share: float) -> int:
        """Return the smallest length that at least `share` of the rows do not exceed.

        Args:
            share: Between 0 and 1.

        Returns:
            A length; 0 without rows.

        Raises:
            UsageError: If `share` is not between 0 and 1.
        """
        if not 0 <= share <= 1:
            raise UsageError(f"a quantile needs a share between 0 and 1, not {share}")
        if not self._counts:
            return 0
        values, times = self._sorted()
        below = np.cumsum(times)
        return int(values[np.searchsorted(below, max(1.0, share * below[-1] - 1e-9))])

    def histogram(self, bins: int = 30) -> tuple[list[int], list[int]]:
        """Count rows by length.

        The last bin holds the longest 1 % of the rows as well, so that few giants do not squeeze
        all others into one bin.

        Args:
            bins: Most bins wanted.

        Returns:
            Edges (one more than bins, lengths `edge <= length < next edge`, the last edge
            included) and counts.

        Raises:
            UsageError: If `bins` is less than 1.
        """
        if bins < 1:
            raise UsageError(f"a histogram needs 1 bin or more, not {bins}")
        if not self._counts:
            return [0, 1], [0]
        values, times = self._sorted()
        last = self.quantile(0.99) + 1
        width = -(-(last - int(values[0])) // bins)
        edges = list(range(int(values[0]), last + width, width))[: bins + 1]
        edges[-1] = max(edges[-1], int(values[-1]) + 1)
        counts = np.histogram(values, bins=edges, weights=times)[0]
        return edges, counts.astype(int).tolist()

    def to_dict(self) -> dict[str, Any]:
        """Describe the lengths in JSON's types.

        Returns:
            `length` (mean, median, p95, max), `length_histogram` (edges, counts),
            `truncated_share` and `unknown_share`.
        """
        edges, counts = self.histogram()
        return {
            "length": {
                "mean": self._tokens / max(1, self.rows),
                "median": self.quantile(0.5),
                "p95": self.quantile(0.95),
                "max": max(self._counts, default=0),
            },
            "length_histogram": {"edges": edges, "counts": counts},
            "truncated_share": self.truncated_share,
            "unknown_share": self.unknown_share,
        }

    @property
    def _tokens(self) -> int:
        return sum(length * n for length, n in self._counts.items())

    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pairs = sorted(self._counts.items())
        return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
