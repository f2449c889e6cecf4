"""Rows of different lengths, cut into batches: what texts, series and sound share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import Batch, length_boundaries, padding_share, plan_batches
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._kernels import runs_native, use_kernels

__all__ = ["BatchInputs", "EpochBatches", "choose_boundaries", "predict_rows"]

_MANY_STEPS = 1_000_000
_MOST_CELLS = 1.6  # cells to steps; on IMDb one length (1.4) reaches 85 % sooner than two or four
_PREDICTION_BATCH = 128


def choose_boundaries(lengths: NDArray[np.int64], kernels: str = "auto") -> tuple[int, ...]:
    """Choose the padded lengths: as few as the padding allows.

    Each distinct shape costs one more compilation of the training step, about 2 s for a recurrent
    layer. Padding costs Keras's own loops time at every step; the native core skips it, so there
    fewer lengths do.

    Args:
        lengths: Steps of each training row.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """
    most = 4 if lengths.sum() >= _MANY_STEPS else 2
    if not runs_native(kernels):
        return length_boundaries(lengths, most)
    for count in range(1, most):
        boundaries = length_boundaries(lengths, count)
        padded = np.asarray(boundaries)[np.searchsorted(boundaries, lengths)]
        if padded.sum() <= _MOST_CELLS * lengths.sum():
            return boundaries
    return length_boundaries(lengths, most)


class BatchInputs(ABC):
    """Rows that a model reads, ready to be cut into batches.

    Attributes:
        boundaries: Padded lengths that may occur.
    """

    boundaries: tuple[int, ...]

    @property
    @abstractmethod
    def lengths(self) -> NDArray[np.int64]:
        """Steps of every row, `(rows,)`."""

    @abstractmethod
    def read(self, indices: NDArray[np.int64], time: int) -> Any:
        """Return what the model reads of some rows, padded to `time` steps."""

    def plan(
        self,
        rows: NDArray[np.int64],
        batch_size: int,
        generator: np.random.Generator | None = None,
    ) -> list[Batch]:
        """Plan batches over some rows; `Batch.indices` are row numbers of these inputs."""
        lengths = self.lengths[rows]
        longest = int(lengths.max(initial=1))
        edges = self.boundaries
        if longest > edges[-1]:
            edges = (*edges, longest)
        planned = plan_batches(lengths, batch_size, boundaries=edges, generator=generator)
        return [Batch(rows[batch.indices], batch.time) for batch in planned]

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
        lengths = self.lengths[rows]
        plan = plan_batches(lengths, batch_size, boundaries=self.boundaries, generator=generator)
        return padding_share(lengths, plan)


class EpochBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: bucketed by length, shuffled anew every epoch, all of one size.

    A partial batch is filled with rows of weight 0.
    """

    def __init__(
        self,
        inputs: BatchInputs,
        rows: NDArray[np.int64],
        targets: NDArray[Any],
        *,
        batch_size: int,
        seed: int,
    ) -> None:
        """Describe the epochs.

        Args:
            inputs: All rows.
            rows: Those to train on.
            targets: What is to be answered for every row of `inputs`, rows first.
            batch_size: Rows in a batch.
            seed: Fixes the order of every epoch.
        """
        super().__init__()
        self._inputs = inputs
        self._rows = rows
        self._targets = targets
        self._batch_size = min(batch_size, len(rows))
        self._seed = seed
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

    def __getitem__(self, index: int) -> tuple[Any, NDArray[Any], NDArray[np.float32]]:
        """Return inputs, targets and weights of one batch."""
        batch = self._plan[index]
        filled = np.resize(batch.indices, self._batch_size)
        weights = (np.arange(self._batch_size) < len(batch.indices)).astype(np.float32)
        return self._read(filled, batch.time, index), self._targets[filled], weights

    def _read(self, rows: NDArray[np.int64], time: int, index: int) -> Any:
        """Return what the model reads in training: the rows of the batch at `index`."""
        del index
        return self._inputs.read(rows, time)


def predict_rows(
    model: keras.Model, inputs: BatchInputs, rows: NDArray[np.int64], kernels: str = "auto"
) -> NDArray[np.float32]:
    """Return what a model answers for some rows, shape `(rows, outputs)`.

    Args:
        model: Answers once for a row.
        inputs: All rows.
        rows: Row numbers.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """
    answers = np.empty((len(inputs.lengths), model.output_shape[-1]), dtype=np.float32)
    with use_kernels(kernels):
        for indices, x in inputs.full_batches(rows, _PREDICTION_BATCH):
            answers[indices] = np.asarray(model.predict_on_batch(x))[: len(indices)]
    return answers[rows]
