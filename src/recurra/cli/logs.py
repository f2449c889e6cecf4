"""TensorBoard logs of a training command."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from recurra.cli.paths import check_folder
from recurra.errors import MissingDependencyError
from recurra.tasks import TrainingObserver, TrainingState
from recurra.tasks.tensorboard import TensorBoard

__all__ = ["LateTensorBoard"]


class LateTensorBoard(TrainingObserver):
    """TensorBoard logs that begin with the training, so that bad input leaves none behind."""

    def __init__(self, directory: Path) -> None:
        """Check what can be checked before the data are read.

        Raises:
            MissingDependencyError: If tensorboardX is not installed.
            OutputError: If the folder cannot be written.
        """
        if find_spec("tensorboardX") is None:
            raise MissingDependencyError("tensorboardX", "tensorboard", "--tensorboard")
        self._directory = check_folder(directory)

    def training_started(self, state: TrainingState, epochs: int, batches: int) -> None:
        """Open the logs."""
        self._board = TensorBoard(self._directory)
        self._board.training_started(state, epochs, batches)

    def epoch_ended(self, state: TrainingState, logs: Mapping[str, float]) -> None:
        """Write the epoch's figures."""
        self._board.epoch_ended(state, logs)

    def sample_made(self, epoch: int, text: str) -> None:
        """Write a sample."""
        self._board.sample_made(epoch, text)

    def training_ended(self, state: TrainingState) -> None:
        """Close the logs; a run that was over before it was resumed has none."""
        if hasattr(self, "_board"):
            self._board.training_ended(state)
