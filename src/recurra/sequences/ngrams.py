"""N-grams of token ids as further features: which are kept, and where they are in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import CorruptArtifactError, ShapeError, UsageError
from recurra.sequences.ragged import EncodedTexts

__all__ = ["NgramVocabulary"]

Keys = NDArray[np.int64]

_UNKNOWN = 1
_CHUNK_TOKENS = 2_000_000
_MAX_CANDIDATES = 8_000_000


class NgramVocabulary:
    """Numbers the n-grams of token ids that occur in enough training rows.

    N-grams with padding or the unknown token are left out. Id 0 means none.

    Attributes:
        orders: Lengths of the n-grams, for example `(2, 3)`.
        base: Number of token ids; an n-gram is stored as one number in this base.
        keys: For each order the kept n-grams as rising int64 numbers.
    """

    def __init__(self, orders: Sequence[int], base: int, keys: Sequence[Keys]) -> None:
        """Join the parts; `fit` learns them from data.

        Args:
            orders: Lengths of the n-grams, each 1 or more.
            base: Number of token ids.
            keys: Kept n-grams of each order.

        Raises:
            UsageError: If the orders are not rising, or too long for 63 bits.
        """
        self.orders = tuple(int(order) for order in orders)
        self.base = int(base)
        self.keys = tuple(keys)
        _check_orders(self.orders, self.base)

    @classmethod
    def fit(
        cls,
        encoded: EncodedTexts,
        indices: ArrayLike,
        *,
        vocabulary_size: int,
        orders: Sequence[int] = (2, 3),
        minimum_count: int = 3,
        maximum: int = 200_000,
    ) -> NgramVocabulary:
        """Count in how many rows each n-gram occurs, and keep the most frequent.

        Rows are read in chunks; with more than eight million different n-grams the rarest are
        dropped on the way, so memory is bounded and very rare n-grams may be missed.

        Args:
            encoded: The encoded texts.
            indices: The training rows, shape `(rows,)`.
            vocabulary_size: Number of token ids of the encoder.
            orders: Lengths of the n-grams.
            minimum_count: Rows that an n-gram must occur in.
            maximum: Most n-grams kept over all orders; ties are broken by the lower number.

        Returns:
            The kept n-grams.

        Raises:
            UsageError: If the orders are not rising, or too long for 63 bits.
        """
        empty = cls(orders, vocabulary_size, [np.zeros(0, dtype=np.int64) for _ in orders])
        counted = [_Candidates() for _ in empty.orders]
        for rows in _chunks(encoded, np.asarray(indices, dtype=np.int64)):
            flat, row_numbers = _flatten(encoded.take(rows))
            for candidates, order in zip(counted, empty.orders, strict=True):
                candidates.add(*_document_counts(flat, row_numbers, order, empty.base))
        keys = _most_frequent(counted, minimum_count, maximum)
        return cls(empty.orders, empty.base, keys)

    @property
    def size(self) -> int:
        """Number of ids, the 0 for none included."""
        return 1 + sum(len(keys) for keys in self.keys)

    def transform(self, ids: ArrayLike, *, unique: bool = False) -> NDArray[np.int32]:
        """Look up the n-grams of a batch.

        Args:
            ids: Padded token ids, shape `(batch, time)`.
            unique: Whether the second and later occurrences in a row become 0, so that the row
                says which n-grams are present and not how often.

        Returns:
            int32 array of shape `(batch, time * len(orders))`, one block of `time` per order; the
            n-gram that begins at a step stands at that step, 0 where none is kept.

        Raises:
            ShapeError: If `ids` is not two-dimensional.
        """
        tokens = np.asarray(ids)
        if tokens.ndim != 2:
            raise ShapeError(f"token ids must have shape (batch, time), not {tokens.shape}")
        blocks, first = [], 1
        for order, keys in zip(self.orders, self.keys, strict=True):
            blocks.append(_look_up(tokens, order, self.base, keys, first))
            first += len(keys)
        found = np.concatenate(blocks, axis=1)
        return _first_occurrences(found) if unique else found

    def token_ids(self, ngram: int) -> tuple[int, ...]:
        """Return the token ids of an n-gram.

        Args:
            ngram: An id from `transform`, not 0.

        Returns:
            As many token ids as the order of the n-gram.

        Raises:
            UsageError: If there is no such n-gram.
        """
        position = ngram - 1
        for order, keys in zip(self.orders, self.keys, strict=True):
            if 0 <= position < len(keys):
                key = int(keys[position])
                return tuple(key // self.base**i % self.base for i in reversed(range(order)))
            position -= len(keys)
        raise UsageError(f"n-gram ids are between 1 and {self.size - 1}, not {ngram}")

    def to_arrays(self) -> dict[str, NDArray[np.int64]]:
        """Return everything as int64 arrays, for storage."""
        keys = {f"keys_{order}": k for order, k in zip(self.orders, self.keys, strict=True)}
        header = np.array([self.base, *self.orders], dtype=np.int64)
        return {"header": header, **keys}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> NgramVocabulary:
        """Rebuild from `to_arrays`; the arrays may come from anywhere and are checked.

        Args:
            arrays: What `to_arrays` gave.

        Returns:
            The same n-grams with the same ids.

        Raises:
            CorruptArtifactError: If the arrays are not those of an n-gram vocabulary.
        """
        base, *orders = _stored(arrays, "header").tolist() or [0]
        try:
            _check_orders(tuple(orders), base)
        except UsageError as error:
            raise CorruptArtifactError(f"the n-gram vocabulary cannot be used: {error}") from error
        keys = [_stored(arrays, f"keys_{order}") for order in orders]
        for order, stored in zip(orders, keys, strict=True):
            bad = stored.size and (stored[0] < 0 or int(stored[-1]) >= base**order)
            if bad or bool(np.any(stored[1:] <= stored[:-1])):
                raise CorruptArtifactError(f"the n-grams of order {order} do not rise within range")
        return cls(orders, base, keys)


class _Candidates:
    """N-grams seen so far and the number of rows with each."""

    def __init__(self) -> None:
        self.keys: Keys = np.zeros(0, dtype=np.int64)
        self.counts: Keys = np.zeros(0, dtype=np.int64)

    def add(self, keys: Keys, counts: Keys) -> None:
        merged, inverse = np.unique(np.concatenate([self.keys, keys]), return_inverse=True)
        self.counts = np.bincount(
            inverse, np.concatenate([self.counts, counts]), minlength=len(merged)
        ).astype(np.int64)
        self.keys = merged
        floor = 1
        while len(self.keys) > _MAX_CANDIDATES:
            kept = self.counts > floor
            self.keys, self.counts = self.keys[kept], self.counts[kept]
            floor += 1


def _check_orders(orders: tuple[int, ...], base: int) -> None:
    if not orders or orders[0] < 1 or list(orders) != sorted(set(orders)):
        raise UsageError(
            f"the orders of n-grams must rise from 1 up, for example 1, 2, 3; not {orders}"
        )
    if base < 2 or orders[-1] > 62 or base ** orders[-1] >= 2**63:
        raise UsageError(
            f"n-grams of order {orders[-1]} over {base} tokens do not fit 63 bits; "
            "take a smaller vocabulary or lower orders"
        )


def _chunks(encoded: EncodedTexts, indices: Keys) -> Iterator[Keys]:
    """Cut rows so that each chunk has about `_CHUNK_TOKENS` tokens."""
    ends = np.cumsum(encoded.lengths[indices])
    parts = ends // _CHUNK_TOKENS
    yield from np.split(indices, np.flatnonzero(np.diff(parts)) + 1)


def _flatten(encoded: EncodedTexts) -> tuple[Keys, Keys]:
    """Return all tokens and the row of each."""
    rows = np.repeat(np.arange(len(encoded), dtype=np.int64), encoded.lengths)
    return encoded.tokens.astype(np.int64), rows


def _document_counts(tokens: Keys, rows: Keys, order: int, base: int) -> tuple[Keys, Keys]:
    """Return the n-grams of flat rows, rising, and the number of rows with each."""
    last = max(len(tokens) - order + 1, 0)
    keys = _pack(tokens[None, :], order, base)[0]
    inside = (rows[:last] == rows[order - 1 :]) & (keys >= 0)
    keys, owners = keys[inside], rows[:last][inside]
    by_key = np.lexsort((owners, keys))
    keys, owners = keys[by_key], owners[by_key]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return np.unique(keys[new], return_counts=True)


def _pack(tokens: NDArray[Any], order: int, base: int) -> Keys:
    """Return the n-gram at each step as one number, shape `(batch, max(time - order + 1, 0))`.

    N-grams with padding or the unknown token are -1.
    """
    steps = max(tokens.shape[1] - order + 1, 0)
    keys = np.zeros((tokens.shape[0], steps), dtype=np.int64)
    known = np.ones(keys.shape, dtype=bool)
    for offset in range(order):
        part = tokens[:, offset : offset + steps]
        keys = keys * base + part
        known &= (part > _UNKNOWN) & (part < base)
    return np.where(known, keys, -1)


def _look_up(tokens: NDArray[Any], order: int, base: int, keys: Keys, first: int) -> NDArray[Any]:
    found = np.zeros(tokens.shape, dtype=np.int32)
    wanted = _pack(tokens, order, base)
    if len(keys) and wanted.size:
        positions = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hits = keys[positions] == wanted
        found[:, : wanted.shape[1]] = np.where(hits, positions + first, 0)
    return found


def _first_occurrences(found: NDArray[np.int32]) -> NDArray[np.int32]:
    order = np.argsort(found, axis=1, kind="stable")
    ranked = np.take_along_axis(found, order, axis=1)
    ranked[:, 1:][ranked[:, 1:] == ranked[:, :-1].copy()] = 0
    result = np.empty_like(found)
    np.put_along_axis(result, order, ranked, axis=1)
    return result


def _most_frequent(counted: list[_Candidates], minimum: int, maximum: int) -> list[Keys]:
    counts = np.concatenate([candidates.counts for candidates in counted])
    by_count = np.argsort(-counts, kind="stable")
    chosen = np.zeros(len(counts), dtype=bool)
    chosen[by_count[:maximum]] = True
    chosen &= counts >= minimum
    ends = np.cumsum([len(candidates.keys) for candidates in counted])[:-1]
    parts = np.split(chosen, ends)
    return [candidates.keys[part] for candidates, part in zip(counted, parts, strict=True)]


def _stored(arrays: Mapping[str, NDArray[Any]], name: str) -> Keys:
    array = arrays.get(name)
    if array is None or array.ndim != 1 or array.dtype != np.int64:
        raise CorruptArtifactError(f"the n-gram vocabulary has no int64 list {name!r}")
    return array
