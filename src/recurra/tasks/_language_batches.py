"""Batches of a token stream as Keras reads them, in order: the state is carried over."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import StreamBatches
from recurra.tasks._epochs import epoch_generator

__all__ = ["TokenBatches"]


class TokenBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: row r of a batch goes on where row r of the batch before it ended.

    A corpus longer than `epoch_tokens` is read in several epochs of equal length, one after the
    other; every new pass starts at another offset.
    """

    def __init__(
        self,
        ids: NDArray[Any],
        *,
        batch_size: int,
        sequence_length: int,
        epoch_tokens: int,
        seed: int,
    ) -> None:
        """Describe the epochs.

        Args:
            ids: Token ids, shape `(tokens,)`, in memory or mapped from a file.
            batch_size: Streams that are read side by side.
            sequence_length: Tokens of a stream in a batch.
            epoch_tokens: The most tokens of an epoch.
            seed: Fixes the offsets.
        """
        super().__init__()
        self._streams = StreamBatches(ids, batch_size, sequence_length)
        self._seed = seed
        most = max(1, epoch_tokens // (batch_size * sequence_length))
        self._epochs_of_pass = -(-len(self._streams) // most)
        self._first = self._offset = 0
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Choose the offset and the part of an epoch, counted from 0."""
        number, part = divmod(epoch, self._epochs_of_pass)
        self._offset = self._streams.offset(epoch_generator(self._seed, number, "offset"))
        self._first = part * self.num_batches

    @property
    def num_batches(self) -> int:
        """Batches in every epoch."""
        return len(self._streams) // self._epochs_of_pass

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return tokens and the tokens that follow them, each `(batch, time)`."""
        return self._streams.batch(self._first + index, self._offset)
