"""Batches of rows of similar length, so that little work goes into padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import ShapeError, UsageError

__all__ = [
    "Batch",
    "length_boundaries",
    "padding_share",
    "padding_share_unbucketed",
    "plan_batches",
]

_POOL_BATCHES = 50
_MAX_CANDIDATES = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows that are computed together.

    Attributes:
        indices: Row numbers, int64, shape `(batch,)`.
        time: Steps to pad the rows to; one of the boundaries.
    """

    indices: NDArray[np.int64]
    time: int


def plan_batches(
    lengths: ArrayLike,
    batch_size: int,
    *,
    boundaries: Sequence[int],
    generator: np.random.Generator | None = None,
) -> list[Batch]:
    """Cut rows into batches of similar length; every row is in exactly one batch.

    Padded lengths are taken from `boundaries` only, because each new array shape is compiled once
    more. At most one batch is smaller than `batch_size`; it takes the largest boundary and so adds
    one shape. With a generator the rows are shuffled, sorted by length within pools of 50 batches,
    and the batches are shuffled: each epoch differs and rows still meet rows like themselves.
    Without one the rows are sorted by length, for prediction.

    Args:
        lengths: Tokens of each row, shape `(rows,)`.
        batch_size: Rows in a batch.
        boundaries: Rising padded lengths, see `length_boundaries`; the last holds every row.
        generator: Source of the shuffling.

    Returns:
        The batches, in the order of computation.

    Raises:
        UsageError: If `batch_size` or the boundaries make no sense.
        ShapeError: If a row is longer than the last boundary.
    """
    counts = _check_lengths(lengths)
    edges = _check_boundaries(boundaries, counts)
    if batch_size < 1:
        raise UsageError(f"batch_size must be 1 or more, not {batch_size}")
    order = _order(counts, batch_size, generator)
    batches = [
        _batch(order[start : start + batch_size], counts, edges, batch_size)
        for start in range(0, len(order), batch_size)
    ]
    if generator is not None:
        batches = [batches[i] for i in generator.permutation(len(batches))]
    return batches


def length_boundaries(lengths: ArrayLike, count: int = 6) -> tuple[int, ...]:
    """Choose padded lengths that keep the padding of these rows smallest.

    Dynamic programming over the distinct lengths; exact up to 1,024 of them, beyond that over
    1,024 quantiles.

    Args:
        lengths: Tokens of each row, shape `(rows,)`.
        count: Most boundaries wanted.

    Returns:
        Rising lengths, at most `count`; the last is the longest row.

    Raises:
        UsageError: If `count` is less than 1.
    """
    counts = _check_lengths(lengths)
    if count < 1:
        raise UsageError(f"the number of boundaries must be 1 or more, not {count}")
    if counts.size == 0:
        return (1,)
    ends = np.unique(counts)
    if ends.size > _MAX_CANDIDATES:
        steps = np.linspace(0, 1, _MAX_CANDIDATES)
        ends = np.unique(np.quantile(counts, steps, method="higher"))
    rows = np.searchsorted(np.sort(counts), ends, side="right")
    chosen = _fewest_cells(ends, rows, min(count, ends.size))
    return tuple(max(1, int(ends[i])) for i in chosen)


def padding_share(lengths: ArrayLike, batches: Sequence[Batch]) -> float:
    """Return the share of the cells of these batches that is padding, between 0 and 1."""
    counts = _check_lengths(lengths)
    cells = sum(len(batch.indices) * batch.time for batch in batches)
    real = sum(int(counts[batch.indices].sum()) for batch in batches)
    return 1 - real / cells if cells else 0.0


def padding_share_unbucketed(lengths: ArrayLike, batch_size: int) -> float:
    """Return the share of padding when rows are batched in their given order.

    Each batch is padded to its own longest row, as a plain `pad_sequences` per batch does.

    Args:
        lengths: Tokens of each row, shape `(rows,)`, in the order of computation.
        batch_size: Rows in a batch.

    Returns:
        A share between 0 and 1.
    """
    counts = _check_lengths(lengths)
    if counts.size == 0:
        return 0.0
    starts = np.arange(0, counts.size, batch_size)
    longest = np.maximum.reduceat(counts, starts)
    sizes = np.diff(np.append(starts, counts.size))
    cells = int((longest * sizes).sum())
    return 1 - int(counts.sum()) / cells if cells else 0.0


def _check_lengths(lengths: ArrayLike) -> NDArray[np.int64]:
    counts = np.asarray(lengths, dtype=np.int64)
    if counts.ndim != 1:
        raise ShapeError(f"lengths must have shape (rows,), not {counts.shape}")
    if counts.size and counts.min() < 0:
        raise ShapeError(f"lengths must be 0 or more, not {counts.min()}")
    return counts


def _check_boundaries(boundaries: Sequence[int], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    edges = np.asarray(boundaries, dtype=np.int64)
    if edges.ndim != 1 or edges.size == 0 or edges[0] < 1 or bool(np.any(np.diff(edges) <= 0)):
        raise UsageError(f"boundaries must be rising lengths from 1 up, not {tuple(boundaries)}")
    if counts.size and counts.max() > edges[-1]:
        raise ShapeError(f"a row has {counts.max()} tokens, the last boundary is only {edges[-1]}")
    return edges


def _order(
    counts: NDArray[np.int64], batch_size: int, generator: np.random.Generator | None
) -> NDArray[np.int64]:
    if generator is None:
        return np.argsort(counts, kind="stable")
    order = generator.permutation(counts.size)
    pool = batch_size * _POOL_BATCHES
    for start in range(0, order.size, pool):
        rows = order[start : start + pool]
        order[start : start + pool] = rows[np.argsort(counts[rows], kind="stable")]
    return order


def _batch(
    indices: NDArray[np.int64],
    counts: NDArray[np.int64],
    edges: NDArray[np.int64],
    batch_size: int,
) -> Batch:
    if len(indices) < batch_size:
        return Batch(indices, int(edges[-1]))
    return Batch(indices, int(edges[np.searchsorted(edges, counts[indices].max())]))


def _fewest_cells(ends: NDArray[np.int64], rows: NDArray[np.int64], count: int) -> list[int]:
    """Return the positions in `ends` of the `count` boundaries with the fewest padded cells.

    `rows[i]` rows have at most `ends[i]` tokens. `best[i]` is the number of cells of the first
    `rows[i]` rows with `ends[i]` as the last boundary.
    """
    best = (ends * rows).astype(np.float64)
    history = []
    for _ in range(count - 1):
        cells = best[:, None] + ends[None, :] * (rows[None, :] - rows[:, None])
        cells[np.tri(ends.size, k=-1, dtype=bool)] = np.inf  # the earlier boundary comes first
        previous = np.argmin(cells, axis=0)
        history.append(previous)
        best = cells[previous, np.arange(ends.size)]
    chosen = [ends.size - 1]
    for previous in reversed(history):
        chosen.append(int(previous[chosen[-1]]))
    return sorted(set(chosen))
