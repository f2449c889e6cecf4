"""Splits of rows into a training part and a held-out part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import DataError, ShapeError, UsageError

__all__ = ["group_split", "stratified_split"]


def stratified_split(
    labels: ArrayLike, share: float, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hold out a share of the rows, keeping the classes in proportion.

    Every class stays on the training side; a class with a single row is never held out. The number
    of held-out rows is `share` of all rows, rounded, as far as the classes allow, and at least 1.

    Args:
        labels: Class of each row as an integer, shape `(rows,)`.
        share: Share to hold out, between 0 and 1, both excluded.
        generator: Source of the draw.

    Returns:
        Row numbers of the training part and of the held-out part: int64, sorted, disjoint,
        together all rows.

    Raises:
        UsageError: If `share` is not between 0 and 1.
        ShapeError: If `labels` is not one-dimensional.
        DataError: If there are no rows, one class only, or no class has two rows.
    """
    if not 0 < share < 1:
        raise UsageError(f"the share to hold out must be between 0 and 1, not {share}")
    codes = np.asarray(labels)
    if codes.ndim != 1:
        raise ShapeError(f"labels must have shape (rows,), not {codes.shape}")
    classes, inverse, sizes = np.unique(codes, return_inverse=True, return_counts=True)
    _check_classes(codes.size, len(classes), sizes)
    quotas = _quotas(sizes, share)
    held_out = np.concatenate(
        [
            generator.permutation(np.flatnonzero(inverse == k))[:quota]
            for k, quota in enumerate(quotas)
        ]
    )
    held_out = np.sort(held_out).astype(np.int64)
    training = np.setdiff1d(np.arange(codes.size, dtype=np.int64), held_out, assume_unique=True)
    return training, held_out


def group_split(
    groups: Sequence[Any],
    share: float,
    generator: np.random.Generator,
    labels: ArrayLike | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hold out whole groups: no speaker, machine or patient is in both parts.

    Groups are drawn until their rows come nearest to the wanted share; at least one is held out
    and at least one is not. Every class stays on the training side.

    Args:
        groups: The group of each row, shape `(rows,)`.
        share: Share of the rows to hold out, between 0 and 1, both excluded.
        generator: Source of the draw.
        labels: Class of each row, shape `(rows,)`; `None` where there are no classes.

    Returns:
        Row numbers of the training part and of the held-out part: int64, sorted, disjoint,
        together all rows.

    Raises:
        UsageError: If `share` is not between 0 and 1.
        DataError: If there are fewer than two groups, or none can be held out without all rows of
            a class.
    """
    if not 0 < share < 1:
        raise UsageError(f"the share to hold out must be between 0 and 1, not {share}")
    names, codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    if len(names) < 2:
        only = f"only one, {str(names[0])!r}" if len(names) else "none"
        raise DataError(f"a split by groups needs at least two of them; there is {only}")
    order = generator.permutation(len(names))
    drawn = order[:-1] if labels is None else _dispensable(order, codes, labels)
    held = np.cumsum(np.bincount(codes)[drawn])
    count = int(np.abs(held - share * len(codes)).argmin()) + 1
    out = np.isin(codes, drawn[:count])
    return np.flatnonzero(~out).astype(np.int64), np.flatnonzero(out).astype(np.int64)


def _dispensable(
    drawn: NDArray[np.int64], groups: NDArray[np.int64], labels: ArrayLike
) -> NDArray[np.int64]:
    """Return those groups that can be held out, one after another, with every class left."""
    classes = np.unique(np.asarray(labels), return_inverse=True)[1]
    counts = np.zeros((groups.max() + 1, classes.max() + 1), np.int64)
    np.add.at(counts, (groups, classes), 1)
    left, kept = counts.sum(axis=0), []
    for group in drawn:
        if (left > counts[group]).all():
            left = left - counts[group]
            kept.append(group)
    if not kept:
        raise DataError(
            f"none of the {len(counts)} groups can be held out: each has all rows of some class; "
            "split by another column, or not by groups"
        )
    return np.array(kept)


def _check_classes(rows: int, classes: int, sizes: NDArray[np.int64]) -> None:
    if rows == 0:
        raise DataError("there are no rows to split")
    if classes == 1:
        raise DataError(f"all {rows} rows have the same label; at least two classes are needed")
    if sizes.max() == 1:
        raise DataError(
            f"{rows} rows for {classes} classes: no class has a second row to hold out; "
            "add rows or check that the label column is the right one"
        )


def _quotas(sizes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Return how many rows of each class to hold out, by largest remainders."""
    wanted = sizes * share
    quotas: NDArray[np.int64] = np.minimum(np.floor(wanted).astype(np.int64), sizes - 1)
    target = min(max(1, round(float(wanted.sum()))), int((sizes - 1).sum()))
    by_remainder = np.argsort(-(wanted - quotas), kind="stable")
    for k in by_remainder:
        if quotas.sum() >= target:
            break
        if quotas[k] < sizes[k] - 1:
            quotas[k] += 1
    return quotas
