"""Batches of encoded texts as Keras reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import (
    UNK_ID,
    Batch,
    EncodedTexts,
    NgramVocabulary,
    length_boundaries,
    padding_share,
    plan_batches,
)
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._kernels import runs_native

__all__ = ["TextBatches", "TextInputs", "choose_boundaries"]

_MANY_TOKENS = 1_000_000
_MOST_CELLS = 1.6  # cells to tokens; on IMDb one length (1.4) reaches 85 % sooner than two or four


def choose_boundaries(lengths: NDArray[np.int64], kernels: str = "auto") -> tuple[int, ...]:
    """Choose the padded lengths: as few as the padding allows.

    Each distinct shape costs one more compilation of the training step, about 2 s for a recurrent
    layer. Padding costs Keras's own loops time at every step; the native core skips it, so there
    fewer lengths do.

    Args:
        lengths: Tokens of each training text.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """
    most = 4 if lengths.sum() >= _MANY_TOKENS else 2
    if not runs_native(kernels):
        return length_boundaries(lengths, most)
    for count in range(1, most):
        boundaries = length_boundaries(lengths, count)
        padded = np.asarray(boundaries)[np.searchsorted(boundaries, lengths)]
        if padded.sum() <= _MOST_CELLS * lengths.sum():
            return boundaries
    return length_boundaries(lengths, most)


@dataclass(frozen=True)
class TextInputs:
    """Encoded texts and what is derived from them, ready to be cut into batches.

    Attributes:
        encoded: Token ids of every text.
        boundaries: Padded lengths that may occur.
        ngrams: The n-grams of the wide part, where the model has one.
    """

    encoded: EncodedTexts
    boundaries: tuple[int, ...]
    ngrams: NgramVocabulary | None = None

    def plan(
        self,
        rows: NDArray[np.int64],
        batch_size: int,
        generator: np.random.Generator | None = None,
    ) -> list[Batch]:
        """Plan batches over some rows; `Batch.indices` are row numbers of `encoded`."""
        lengths = self.encoded.lengths[rows]
        longest = int(lengths.max(initial=1))
        edges = self.boundaries
        if longest > edges[-1]:
            edges = (*edges, longest)
        planned = plan_batches(lengths, batch_size, boundaries=edges, generator=generator)
        return [Batch(rows[batch.indices], batch.time) for batch in planned]

    def read(self, indices: NDArray[np.int64], time: int) -> Any:
        """Return what the model reads: ids, or ids and n-grams."""
        return self.join(self.encoded.batch(indices, time))

    def join(self, ids: NDArray[np.int32]) -> Any:
        """Add the n-grams to ids where the model has a wide part."""
        return ids if self.ngrams is None else [ids, self.ngrams.transform(ids, unique=True)]

    def full_batches(
        self, rows: NDArray[np.int64], batch_size: int
    ) -> Iterator[tuple[NDArray[np.int64], Any]]:
        """Yield row numbers and inputs for prediction.

        Inputs always have the full batch size, so that one compilation serves all; a partial
        batch is filled up by repeating its rows, and its row numbers are fewer than the inputs.
        """
        for batch in self.plan(rows, min(batch_size, max(1, len(rows)))):
            filled = np.resize(batch.indices, min(batch_size, max(1, len(rows))))
            yield batch.indices, self.read(filled, batch.time)

    def padding_share(self, rows: NDArray[np.int64], batch_size: int, seed: int) -> float:
        """Return the share of padding in the first epoch's batches."""
        generator = epoch_generator(seed, 0, "order")
        lengths = self.encoded.lengths[rows]
        plan = plan_batches(lengths, batch_size, boundaries=self.boundaries, generator=generator)
        return padding_share(lengths, plan)


class TextBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: bucketed by length, shuffled anew every epoch, all of one size.

    A partial batch is filled with rows of weight 0.
    """

    def __init__(
        self,
        inputs: TextInputs,
        rows: NDArray[np.int64],
        codes: NDArray[np.int32],
        *,
        batch_size: int,
        seed: int,
        word_dropout: float = 0.0,
    ) -> None:
        """Describe the epochs.

        Args:
            inputs: All encoded texts.
            rows: Rows to train on.
            codes: Class of every row of `inputs`.
            batch_size: Rows in a batch.
            seed: Fixes the order and the dropped words of every epoch.
            word_dropout: Share of the tokens that are read as unknown.
        """
        super().__init__()
        self._inputs = inputs
        self._rows = rows
        self._codes = codes
        self._batch_size = min(batch_size, len(rows))
        self._seed = seed
        self._word_dropout = word_dropout
        self._epoch = 0
        self._plan: Sequence[Batch] = ()
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Plan the batches of an epoch, counted from 0."""
        generator = epoch_generator(self._seed, epoch, "order")
        self._epoch = epoch
        self._plan = self._inputs.plan(self._rows, self._batch_size, generator)

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return len(self._plan)

    def __len__(self) -> int:
        return len(self._plan)

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.int32], NDArray[np.float32]]:
        """Return inputs, classes and weights of one batch."""
        batch = self._plan[index]
        filled = np.resize(batch.indices, self._batch_size)
        weights = (np.arange(self._batch_size) < len(batch.indices)).astype(np.float32)
        ids = self._inputs.encoded.batch(filled, batch.time)
        if self._word_dropout:
            ids = self._drop_words(ids, index)
        return self._inputs.join(ids), self._codes[filled], weights

    def _drop_words(self, ids: NDArray[np.int32], index: int) -> NDArray[np.int32]:
        generator = epoch_generator(self._seed, self._epoch, f"words {index}")
        dropped = generator.random(ids.shape) < self._word_dropout
        return np.where(dropped & (ids != 0), np.int32(UNK_ID), ids)
