"""What wants to know how a training goes on: progress bars, logs."""

from __future__ import annotations

from collections.abc import Mapping

from recurra.tasks._training_state import TrainingState

__all__ = ["TrainingObserver"]


class TrainingObserver:
    """Told how training goes on; the base does nothing."""

    def training_started(self, state: TrainingState, epochs: int, batches: int) -> None:
        """Training starts or goes on at `state`."""

    def batch_ended(self, batch: int, logs: Mapping[str, float]) -> None:
        """One step is done; `batch` counts from 0, `logs` are running means of the epoch."""

    def epoch_ended(self, state: TrainingState, logs: Mapping[str, float]) -> None:
        """An epoch and its validation are done."""

    def sample_made(self, epoch: int, text: str) -> None:
        """The network of an epoch, counted from 1, has written something to look at."""

    def training_ended(self, state: TrainingState) -> None:
        """The last epoch is done and the best weights are in place."""
