"""Batches of piano rolls as Keras reads them."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import Batch, length_boundaries, plan_batches
from recurra.tasks._epochs import epoch_generator

__all__ = ["RollBatches", "transposed"]

_LENGTHS = 3  # distinct padded lengths: each costs a compilation


class RollBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: bucketed by length, shuffled and transposed anew every epoch.

    A partial batch is filled up with pieces of weight 0, and so are the ends of shorter pieces.
    """

    def __init__(
        self, rolls: Sequence[NDArray[np.uint8]], *, batch_size: int, seed: int, transpose: int = 0
    ) -> None:
        """Describe the epochs.

        Args:
            rolls: Pieces, each `(time, notes)`.
            batch_size: Pieces in a batch.
            seed: Fixes order and transpositions of every epoch.
            transpose: Most semitones that a piece is moved by.
        """
        super().__init__()
        self._rolls = rolls
        self._lengths = np.array([len(roll) for roll in rolls])
        self._boundaries = length_boundaries(self._lengths, _LENGTHS)
        self._batch_size = min(batch_size, len(rolls))
        self._seed = seed
        self._most = transpose
        self._plan: Sequence[Batch] = ()
        self._shifts: NDArray[np.int64] = np.zeros(len(rolls), dtype=np.int64)
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Plan the batches of an epoch, counted from 0."""
        self._plan = plan_batches(
            self._lengths,
            self._batch_size,
            boundaries=self._boundaries,
            generator=epoch_generator(self._seed, epoch, "order"),
        )
        shifts = epoch_generator(self._seed, epoch, "transpose")
        self._shifts = shifts.integers(-self._most, self._most + 1, len(self._rolls))

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return len(self._plan)

    def __len__(self) -> int:
        return len(self._plan)

    def __getitem__(
        self, index: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return what is read and what is forecast, `(batch, time, notes)`, and weights."""
        batch = self._plan[index]
        shape = (self._batch_size, batch.time)
        played = np.zeros((*shape, self._rolls[0].shape[1]), np.float32)
        weights = np.zeros(shape, np.float32)
        for row, number in enumerate(batch.indices):
            roll = transposed(self._rolls[number], int(self._shifts[number]))
            played[row, : len(roll)] = roll
            weights[row, : len(roll)] = 1.0
        read = np.zeros_like(played)
        read[:, 1:] = played[:, :-1]
        return read, played, weights


def transposed(roll: NDArray[np.uint8], semitones: int) -> NDArray[np.uint8]:
    """Move a roll by semitones, or leave it where notes would be lost."""
    lost = roll[:, :-semitones] if semitones < 0 else roll[:, roll.shape[1] - semitones :]
    if not semitones or abs(semitones) >= roll.shape[1] or lost.any():
        return roll
    return np.roll(roll, semitones, axis=1)
