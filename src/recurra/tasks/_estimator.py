"""What every estimator has: checkpoints, its manifest, its plain Keras model."""

from __future__ import annotations

import inspect
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn import exceptions
from sklearn.base import BaseEstimator

from recurra.errors import NotFittedError, UsageError
from recurra.models import assign_weights, named_weights
from recurra.runtime import Artifact, check_writable, read_artifact, write_artifact
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._facts import now, versions
from recurra.tasks._keras_files import check_keras_path, keras_bytes, write_keras_file
from recurra.tasks._kernels import kernel_name
from recurra.tasks._manifests import manifest_part, seed_from_manifest
from recurra.tasks.effective_context import CONTEXT_METRICS, ContextCurve, context_metrics

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

    def save(self, path: str | Path) -> Path:
        """Write everything into one file, atomically.

        Args:
            path: Usually ends in `.recurra`.

        Raises:
            NotFittedError: Before `fit`.
            OutputError: If it cannot be written.
        """
        self._check_fitted()
        check_writable(path)
        manifest = self._manifest()
        encoder, arrays = self._contents()
        plain, card = keras_bytes(self._plain_model()), self._card(manifest)
        return write_artifact(path, Artifact(manifest, encoder, arrays, plain, card))

    @classmethod
    def load(cls, path: str | Path | Artifact) -> Self:
        """Read a model that `save` has written.

        The Keras model is built from the specification; no code in the file is run.

        Args:
            path: A `.recurra` file, or its contents.

        Raises:
            SourceError: If there is no such file.
            ArtifactError: If it cannot be used.
        """
        return cls._from_artifact(path if isinstance(path, Artifact) else read_artifact(path))

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
    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return the fitted preprocessing and all arrays, as they go into a file."""

    @abstractmethod
    def _card(self, manifest: Mapping[str, Any]) -> str:
        """Return the model card."""

    @classmethod
    @abstractmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        """Return the fitted estimator of a file."""

    @abstractmethod
    def _new_model(self) -> keras.Model:
        """Return a network of the specification with fresh weights."""

    def _plain_model(self) -> keras.Model:
        """Return a copy without loss and optimizer, which other programs could not read."""
        copy = self._new_model()
        assign_weights(copy, named_weights(self.model_))
        return copy

    def _given(self) -> dict[str, Any]:
        """Return the parameters that are settings of the model."""
        params = self.get_params(deep=False)
        return {name: value for name, value in params.items() if name not in _OF_THE_RUN}

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
        # Its figures are part of the optimizer, and no epoch may be missing from the history.
        fingerprint = {**fingerprint, "watch_gradients": bool(self.watch_gradients)}
        return Checkpoint(self.checkpoint, fingerprint, resume=self.resume)

    def _keep_training(self, state: TrainingState, data: dict[str, Any]) -> None:
        """Keep what the manifest of a newly trained network says."""
        self.training_ = state
        self.history_ = state.history
        self.data_ = data
        self.metrics_: dict[str, Any] = {}
        self.manifest_: dict[str, Any] = {}
        self._created = now()

    def _warn_of_own_data(self, sha256: str) -> None:
        """Warn where figures are about to be measured on the data of the training."""
        if sha256 == self.data_.get("sha256"):
            warnings.warn(
                "these are the data of the training, so these figures flatter the model; those of "
                "rows that were held out are on its card and in its metrics",
                stacklevel=3,
            )

    def _keep_context(self, curve: ContextCurve) -> None:
        """Keep how far back the network looks."""
        self.metrics_ |= context_metrics(curve)

    def _keep_metrics(self, measured: Mapping[str, Any]) -> None:
        """Keep what was measured on data; how far back the network looks stays what it is."""
        context = {k: v for k, v in self.metrics_.items() if k in CONTEXT_METRICS}
        self.metrics_ = {**context, **measured}

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

    @classmethod
    def _with_settings(cls, settings: Any, manifest: Mapping[str, Any], **others: Any) -> Self:
        """Return an estimator with the settings and the seed of a file, not fitted yet."""
        names = inspect.signature(cls).parameters
        chosen = {name: value for name, value in settings.to_dict().items() if name in names}
        estimator = cls(**{**chosen, **others}, seed=seed_from_manifest(manifest))
        estimator.settings_ = settings
        return estimator

    def _restore(
        self,
        specification: Any,
        weights: Mapping[str, NDArray[Any]],
        manifest: Mapping[str, Any],
    ) -> None:
        """Take over the network and the facts of a file."""
        self.specification_ = specification
        self.model_ = self._new_model()
        assign_weights(self.model_, weights)
        self.manifest_ = {k: v for k, v in manifest.items() if k not in _OF_THE_FILE}
        self.history_ = manifest_part(manifest_part(self.manifest_, "training"), "history")
        self.data_ = manifest_part(self.manifest_, "data")
        self.metrics_ = manifest_part(self.manifest_, "metrics")


_OF_THE_RUN = frozenset({"preset", "seed", "checkpoint", "resume", "verbose", "watch_gradients"})
_OF_THE_FILE = frozenset({"files", "kind", "format"})
