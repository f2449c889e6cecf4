"""Predictions over sequences of numbers from an artifact: neither Keras nor JAX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError, UsageError
from recurra.runtime._artifact_checks import check_task, checked_classes, corrupt_unless_usable
from recurra.runtime.artifact import Artifact
from recurra.runtime.predictor import Prediction
from recurra.runtime.series.network import SequenceNetwork
from recurra.runtime.series.prediction_stream import PredictionStream
from recurra.runtime.series.specification import SequenceSpecification
from recurra.sequences import pad_sequences
from recurra.sequences.collections import ChannelScaler, TargetScaler, as_sequences

__all__ = [
    "SEQUENCE_CLASSIFICATION_TASK",
    "SEQUENCE_REGRESSION_TASK",
    "SequencePredictor",
]

SEQUENCE_CLASSIFICATION_TASK = "sequence-classification"
SEQUENCE_REGRESSION_TASK = "sequence-regression"
_BATCH = 64


class SequencePredictor:
    """A trained classifier or regressor of sequences of numbers, ready to answer.

    Attributes:
        scaler: Makes what the network reads.
        classes: The labels, in the order of the probabilities' columns; empty for regression.
        target: The scaling of a regression's numbers, or `None`.
        channels: Names of the channels; empty where they have none.
        manifest: Facts about the model, empty when it was not read from a file.
    """

    def __init__(
        self,
        scaler: ChannelScaler,
        specification: SequenceSpecification,
        weights: Mapping[str, NDArray[Any]],
        *,
        classes: Sequence[Any] = (),
        target: TargetScaler | None = None,
        channels: Sequence[str] = (),
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join the parts.

        Raises:
            CorruptArtifactError: If they do not fit each other.
        """
        _check_fit(scaler, specification, classes, target, channels)
        self.scaler = scaler
        self.classes = list(classes)
        self.target = target
        self.channels = list(channels)
        self.manifest = manifest or {}
        self._network = SequenceNetwork(specification, weights)

    @classmethod
    def from_artifact(
        cls, artifact: Artifact, task: str | None = None, encoder: Any = None
    ) -> SequencePredictor:
        """Build a predictor from a verified artifact.

        Args:
            artifact: From a file.
            task: What it must be for, as its manifest names it; as it says when `None`.
            encoder: Its preprocessing of sequences; all of `encoder.json` when `None`.

        Raises:
            CorruptArtifactError: If the artifact is of another task or inconsistent.
        """
        task = task or _known_task(artifact)
        regression = task == SEQUENCE_REGRESSION_TASK
        check_task(artifact, task, "a regressor" if regression else "a classifier of sequences")
        encoder = artifact.encoder if encoder is None else encoder
        with corrupt_unless_usable("the model of sequences"):
            return cls(
                ChannelScaler.from_config(encoder.get("scaler")),
                SequenceSpecification.from_dict(artifact.manifest.get("specification")),
                artifact.weights,
                classes=() if regression else checked_classes(encoder.get("classes")),
                target=TargetScaler.from_config(encoder.get("target")) if regression else None,
                channels=_checked_names(encoder.get("channels")),
                manifest=artifact.manifest,
            )

    @property
    def specification(self) -> SequenceSpecification:
        """The architecture."""
        return self._network.specification

    @property
    def network(self) -> SequenceNetwork:
        """The network, which reads scaled values."""
        return self._network

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return class probabilities.

        Args:
            X: Sequences, see `as_sequences`.

        Returns:
            Shape `(sequences, classes)`, float32.

        Raises:
            DataError: If the sequences cannot be used, or this is a regression.
            ShapeError: If they have other channels than the training's.
        """
        if not self.classes:
            raise DataError("a regression has no probabilities; call predict")
        return self._outputs(X)

    def predict(self, X: Any) -> list[Any]:
        """Return the most probable label, or the number, of each sequence; see `predict_proba`."""
        if self.target is not None:
            numbers: list[float] = self.target.restore(self._outputs(X)[:, 0]).tolist()
            return numbers
        return [self.classes[k] for k in self.predict_proba(X).argmax(axis=1)]

    def answer(self, X: Iterable[Any]) -> Iterator[Prediction | float]:
        """Yield a `Prediction`, or for a regression the number, for each sequence."""
        iterator = iter(X)
        while group := list(islice(iterator, _BATCH * 8)):
            if self.target is not None:
                yield from self.predict(group)
            else:
                yield from map(self.describe, self.predict_proba(group))

    def describe(self, probabilities: NDArray[np.float32]) -> Prediction:
        """Return the answer that probabilities `(classes,)` stand for."""
        best = int(probabilities.argmax())
        by_label = {k: float(p) for k, p in zip(self.classes, probabilities, strict=True)}
        return Prediction(self.classes[best], float(probabilities[best]), by_label)

    def predict_frames(self, rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the network's outputs for scaled sequences, all in one batch.

        Args:
            rows: What `scaler` gives of each sequence, `(time, features)`.

        Returns:
            Shape `(sequences, outputs)`, float32.
        """
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        return self._network(pad_sequences(rows, dtype="float32"), lengths)

    def attention(self, sequence: Any) -> list[float]:
        """Return the weight of each frame of a sequence, which sum to 1; a frame is `stride` steps.

        Raises:
            DataError: If the model has no attention.
        """
        spec = self.specification
        if spec.cell == "dense" or spec.pooling != "attention":
            raise DataError(
                f"this model has no attention (cell {spec.cell!r}, pooling {spec.pooling!r}); "
                "train with attention to have weights to look at"
            )
        frames = self.scaler.transform(as_sequences([sequence], self.scaler.channels)[0])[None]
        weights: list[float] = self._network.attention(frames, np.array([frames.shape[1]]))[
            0
        ].tolist()
        return weights

    def stream(self) -> PredictionStream:
        """Begin to read one sequence that comes in chunks.

        Raises:
            UsageError: If the network is bidirectional, or scales by the whole sequence.
        """
        if not self.scaler.causal:
            raise UsageError(
                "this model scales each sequence by its own mean and spread, which are not known "
                "before its end; train with scaling='standard' to stream"
            )
        return PredictionStream(self, self._network.stream())

    def _outputs(self, X: Any) -> NDArray[np.float32]:
        rows = [self.scaler.transform(row) for row in as_sequences(X, self.scaler.channels)]
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        outputs = np.empty((len(rows), self.specification.outputs), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            outputs[chosen] = self.predict_frames([rows[row] for row in chosen])
        return outputs


def _known_task(artifact: Artifact) -> str:
    task = artifact.manifest.get("task")
    regression = task == SEQUENCE_REGRESSION_TASK
    return SEQUENCE_REGRESSION_TASK if regression else SEQUENCE_CLASSIFICATION_TASK


def _check_fit(
    scaler: ChannelScaler,
    spec: SequenceSpecification,
    classes: Sequence[Any],
    target: TargetScaler | None,
    channels: Sequence[str],
) -> None:
    if scaler.features != spec.features:
        raise CorruptArtifactError(
            f"the scaler gives {scaler.features} features, the network expects {spec.features}"
        )
    if channels and len(channels) != scaler.channels:
        raise CorruptArtifactError(
            f"{len(channels)} channels are named, the scaler has {scaler.channels}"
        )
    expected = spec.outputs if spec.task == "classification" else 0
    if len(classes) != expected:
        raise CorruptArtifactError(f"{len(classes)} classes are named, the network has {expected}")
    if (target is None) != (spec.task == "classification"):
        raise CorruptArtifactError("the scaling of numbers does not fit the network's task")


def _checked_names(names: Any) -> list[str]:
    if names is None:
        return []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CorruptArtifactError("the channels must be a list of names")
    return names
