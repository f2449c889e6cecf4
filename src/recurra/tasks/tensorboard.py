"""TensorBoard logs without TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recurra.errors import MissingDependencyError, OutputError
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_state import TrainingState

__all__ = ["TensorBoard"]


class TensorBoard(TrainingObserver):
    """Writes every epoch's figures as TensorBoard events."""

    def __init__(self, directory: str | Path) -> None:
        """Open the log.

        Args:
            directory: Folder of the logs, made when needed.

        Raises:
            MissingDependencyError: If tensorboardX is not installed.
            OutputError: If the folder cannot be written.
        """
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            raise MissingDependencyError("tensorboardX", "tensorboard", "--tensorboard") from None
        try:
            self._writer: Any = SummaryWriter(str(directory))
        except OSError as error:
            raise OutputError(f"cannot write TensorBoard logs to {directory}: {error}") from error

    def epoch_ended(self, state: TrainingState, logs: Mapping[str, float]) -> None:
        """Write the epoch's figures; training and validation share a chart."""
        for name, value in {**logs, "learning_rate": state.learning_rate}.items():
            metric = name.removeprefix("val_")
            part = "validation" if name.startswith("val_") else "train"
            self._writer.add_scalar(f"{metric}/{part}", value, state.epoch)
        self._writer.add_scalar("seconds/epoch", state.seconds[-1], state.epoch)
        self._writer.flush()

    def sample_made(self, epoch: int, text: str) -> None:
        """Write a sample; indented, since TensorBoard reads Markdown."""
        lines = [f"    {line}" for line in text.split("\n")]
        self._writer.add_text("sample", "\n".join(lines), epoch)
        self._writer.flush()

    def training_ended(self, state: TrainingState) -> None:
        """Close the log."""
        del state
        self._writer.close()
