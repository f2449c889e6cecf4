"""Batches of windows as Keras reads them; windows are read when their batch is due."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.runtime import ForecasterSpecification
from recurra.sequences import EncodedWindows, WindowReader, Windows
from recurra.tasks._epochs import epoch_generator

__all__ = ["WindowBatches", "network_inputs"]


def network_inputs(
    specification: ForecasterSpecification, encoded: EncodedWindows
) -> dict[str, NDArray[np.float32]]:
    """Return the inputs that a network has, by name."""
    return {name: getattr(encoded, name) for name in specification.inputs}


class WindowBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: shuffled anew every epoch, all of one size, no window dropped.

    The last batch is filled up with windows of weight 0.
    """

    def __init__(
        self,
        reader: WindowReader,
        windows: Windows,
        specification: ForecasterSpecification,
        *,
        batch_size: int,
        seed: int,
        most: int,
    ) -> None:
        """Describe the epochs.

        Args:
            reader: Reads the windows.
            windows: Windows to train on.
            specification: Says which inputs the network has.
            batch_size: Windows in a batch.
            seed: Fixes the order of every epoch.
            most: The most windows of an epoch; drawn anew each time where there are more.
        """
        super().__init__()
        self._reader = reader
        self._windows = windows
        self._specification = specification
        self._batch_size = min(batch_size, len(windows))
        self._seed = seed
        self._most = most
        self._order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Order the windows of an epoch, counted from 0."""
        generator = epoch_generator(self._seed, epoch, "order")
        self._order = self._windows.shuffled(generator, self._most)

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return -(-min(len(self._windows), self._most) // self._batch_size)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.float32], NDArray[np.float32]]:
        """Return inputs, answers `(batch, horizon, targets, 1)` and weights of one batch."""
        size = self._batch_size
        numbers = self._order[index * size : (index + 1) * size]
        series, origins = self._windows.locate(np.resize(numbers, size))
        rows = self._reader.rows(series, origins)
        encoded = self._reader.encode(rows, series, origins)
        answers, weights = self._reader.answers(rows, encoded)
        weights[len(numbers) :] = 0.0
        return network_inputs(self._specification, encoded), answers[..., None], weights
