"""What the batches of an epoch hang on: the epoch and the seed, so that a run can be resumed."""

from __future__ import annotations

from typing import Protocol

import numpy as np

__all__ = ["EpochData", "epoch_generator"]


class EpochData(Protocol):
    """Training batches whose order is a function of the epoch."""

    def start_epoch(self, epoch: int) -> None:
        """Plan the batches of an epoch, counted from 0."""

    @property
    def num_batches(self) -> int:
        """Batches in every epoch."""


def epoch_generator(seed: int, epoch: int, purpose: str) -> np.random.Generator:
    """Return the generator of one epoch: the same whether or not the run was interrupted."""
    return np.random.default_rng([seed, epoch, *purpose.encode()])
