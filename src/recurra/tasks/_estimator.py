"""What every estimator has: checkpoints, its manifest, its plain Keras model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import exceptions
from sklearn.base import BaseEstimator

from recurra.errors import NotFittedError, UsageError
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._facts import now, versions
from recurra.tasks._keras_files import check_keras_path, write_keras_file
from recurra.tasks._kernels import kernel_name
from recurra.tasks._manifests import manifest_part

if TYPE_CHECKING:
    import keras

    from recurra.tasks._training_state import TrainingState

__all__ = ["TaskEstimator"]


class _NotFittedError(NotFittedError, exceptions.NotFittedError):  # type: ignore[misc]
    """Ours, that scikit-learn's own tools recognise too."""


class TaskEstimator(BaseEstimator):  # type: ignore[misc]
    """A network with its preprocessing, with scikit-learn's conventions."""

    task: str  # as the manifest names it
    fit_words: str  # how to fit it, for errors

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def export(self, path: str | Path) -> Path:
        """Write the plain Keras model, for programs without Recurra.

        It reads and gives what `model_` does; the preprocessing is not in it.

        Args:
            path: Ends in `.keras`, or in `.h5` for the legacy format.

        Raises:
            NotFittedError: Before `fit`.
            UsageError: If the ending is another.
            OutputError: If it cannot be written.
        """
        self._check_fitted()
        path = check_keras_path(path)
        return write_keras_file(self._plain_model(), path)

    def discard_checkpoint(self) -> None:
        """Remove the checkpoint; call it once the model is saved."""
        if self.checkpoint is not None:
            Checkpoint(self.checkpoint, {}, resume=False).discard()

    @abstractmethod
    def _plain_model(self) -> keras.Model:
        """Return a copy of the network without loss and optimizer."""

    def _check_seed(self) -> None:
        seed = self.seed
        if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or seed < 0:
            raise UsageError(f"seed must be a whole number from 0 up, not {seed!r}")

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise _NotFittedError(
                f"this {type(self).__name__} is not fitted yet; call {self.fit_words} first"
            )

    def _checkpoint(self, fingerprint: dict[str, Any]) -> Checkpoint | None:
        if self.checkpoint is None:
            if self.resume:
                raise UsageError("resume=True needs a checkpoint folder: checkpoint='...'")
            return None
        return Checkpoint(self.checkpoint, fingerprint, resume=self.resume)

    def _keep_training(self, state: TrainingState, data: dict[str, Any]) -> None:
        """Keep what the manifest of a newly trained network says."""
        self.training_ = state
        self.history_ = state.history
        self.data_ = data
        self.metrics_: dict[str, Any] = {}
        self.manifest_: dict[str, Any] = {}
        self._created = now()

    def _manifest(self) -> dict[str, Any]:
        """Return the facts about the network that go into its file."""
        if self.manifest_:
            return {**self.manifest_, "metrics": self.metrics_}
        state = self.training_
        return {
            "task": self.task,
            "created": self._created,
            "specification": self.specification_.to_dict(),
            "settings": self.settings_.to_dict(),
            "parameters": int(self.model_.count_params()),
            "seed": int(self.seed),
            "data": self.data_,
            "training": {
                "epochs": state.epoch,
                "best_epoch": state.best_epoch,
                "stopped_early": state.stopped,
                "seconds": sum(state.seconds),
                "history": state.history,
                **({"samples": state.samples} if state.samples else {}),
            },
            "metrics": self.metrics_,
            "kernel": kernel_name(self.settings_.kernels),
            "versions": versions(),
        }

    def _restore_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Take over the facts of a file."""
        self.manifest_ = {k: v for k, v in manifest.items() if k not in _OF_THE_FILE}
        self.history_ = manifest_part(manifest_part(self.manifest_, "training"), "history")
        self.data_ = manifest_part(self.manifest_, "data")
        self.metrics_ = manifest_part(self.manifest_, "metrics")


_OF_THE_FILE = frozenset({"files", "kind", "format"})
