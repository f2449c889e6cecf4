"""Batches of sequences of numbers as Keras reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import Batch
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._inputs import BatchInputs, EpochBatches, choose_boundaries

__all__ = ["Augment", "FrameBatches", "FrameInputs", "frame_inputs"]

Array: TypeAlias = NDArray[np.float32]
Augment: TypeAlias = Callable[[Array, np.random.Generator], Array]


@dataclass(frozen=True)
class FrameInputs(BatchInputs):
    """Sequences as the network reads them, ready to be cut into batches.

    Attributes:
        values: Scaled sequences, each `(time, features)`, float32, at least one step; or, with
            `transform`, what they are made of.
        boundaries: Padded lengths that may occur, multiples of `stride`.
        stride: Steps that the network lays side by side; padded lengths are its multiples.
        transform: Makes a scaled sequence of a row of `values`, each time it is read.
    """

    values: Sequence[Array]
    boundaries: tuple[int, ...]
    stride: int = 1
    transform: Callable[[Array], Array] | None = None

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Steps of every sequence, `(rows,)`."""
        return np.array([len(row) for row in self.values], dtype=np.int64)

    def plan(
        self,
        rows: NDArray[np.int64],
        batch_size: int,
        generator: np.random.Generator | None = None,
    ) -> list[Batch]:
        """Plan batches over some rows, padded to multiples of the stride."""
        planned = super().plan(rows, batch_size, generator)
        return [Batch(batch.indices, _rounded(batch.time, self.stride)) for batch in planned]

    def read(self, indices: NDArray[np.int64], time: int) -> list[NDArray[Any]]:
        """Return values `(batch, time, features)` and mask `(batch, time)`, int32."""
        return self.padded([self.values[index] for index in indices], time)

    def scaled(self, index: int) -> Array:
        """Return one sequence as the network reads it, without padding."""
        row = self.values[index]
        return row if self.transform is None else self.transform(row)

    def padded(self, rows: Sequence[Array], time: int) -> list[NDArray[Any]]:
        """Transform rows; pad them with 0 at the end, or cut them, to `time` steps; see `read`."""
        if self.transform is not None:
            rows = [self.transform(row) for row in rows]
        values = np.zeros((len(rows), time, rows[0].shape[1]), np.float32)
        mask = np.zeros((len(rows), time), np.int32)
        for index, row in enumerate(rows):
            steps = min(time, len(row))
            values[index, :steps] = row[:steps]
            mask[index, :steps] = 1
        return [values, mask]


def frame_inputs(
    values: Sequence[Array],
    fitted: NDArray[np.int64] | None = None,
    *,
    stride: int = 1,
    kernels: str = "auto",
    transform: Callable[[Array], Array] | None = None,
) -> FrameInputs:
    """Choose the padded lengths of sequences.

    Args:
        values: Scaled sequences, each `(time, features)`; or what `transform` makes them of.
        fitted: Rows whose lengths decide; all when `None`.
        stride: Steps that the network lays side by side.
        kernels: What computes the recurrences.
        transform: As for `FrameInputs`.
    """
    lengths = np.array([len(row) for row in values], dtype=np.int64)
    chosen = choose_boundaries(lengths if fitted is None else lengths[fitted], kernels)
    rounded = tuple(sorted({_rounded(time, stride) for time in chosen}))
    return FrameInputs(values, rounded, stride, transform)


class FrameBatches(EpochBatches):
    """Training batches of sequences, each of which may be varied anew every epoch."""

    def __init__(
        self,
        inputs: FrameInputs,
        rows: NDArray[np.int64],
        targets: NDArray[Any],
        *,
        batch_size: int,
        seed: int,
        augment: Augment | None = None,
    ) -> None:
        """Describe the epochs.

        Args:
            inputs: All sequences.
            rows: Rows to train on.
            targets: What is to be answered for every row of `inputs`, rows first.
            batch_size: Rows in a batch.
            seed: Fixes the order and the variations of every epoch.
            augment: Returns a varied copy of a sequence `(time, features)`, of at least one step;
                steps beyond the batch's padded length are cut. Where it has a method `longest`,
                that turns a batch's padded length into the one for varied sequences.
        """
        self._frames = inputs
        self._augment = augment
        super().__init__(inputs, rows, targets, batch_size=batch_size, seed=seed)

    def _read(self, rows: NDArray[np.int64], time: int, index: int) -> Any:
        if self._augment is None:
            return self._frames.read(rows, time)
        generator = epoch_generator(self._seed, self._epoch, f"augmentation {index}")
        varied = [self._augment(self._frames.values[row], generator) for row in rows]
        longest: Callable[[int], int] = getattr(self._augment, "longest", int)
        time = _rounded(longest(time), self._frames.stride)
        return self._frames.padded(varied, time)


def _rounded(time: int, stride: int) -> int:
    return -(-time // stride) * stride
