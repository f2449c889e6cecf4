"""What `SequenceClassifier` and `SequenceRegressor` share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.models import build_sequence_network, named_weights
from recurra.runtime import Artifact
from recurra.runtime.series import SequencePredictor
from recurra.sequences.collections import SequenceCollection, as_sequences, read_collection
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._inputs import predict_rows
from recurra.tasks._setting_checks import plain_value
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.effective_context import ContextCurve
from recurra.tasks.series.card import sequence_card
from recurra.tasks.series.context import sequence_context
from recurra.tasks.series.examples import SequenceExamples
from recurra.tasks.series.frames import Augment, frame_inputs
from recurra.tasks.series.preparation import PreparedSequences, prepare_sequences
from recurra.tasks.series.settings import (
    SequenceSettings,
    resolve_settings,
    sequence_settings_from_manifest,
)
from recurra.tasks.series.sources import open_collection_split
from recurra.tasks.series.training import (
    augmentation,
    sequence_fingerprint,
    train_sequence_network,
)

if TYPE_CHECKING:
    import keras

__all__ = ["SequenceEstimator"]

_FEW = 64  # up to so many sequences NumPy answers sooner than a compiled batch


class SequenceEstimator(TaskEstimator):
    """A network over sequences of numbers with its scaling."""

    def fit_source(
        self,
        source: str | Path | SequenceCollection,
        *,
        test_share: float = 0.0,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
        **reading: Any,
    ) -> Self:
        """Train on a file, a folder, a named dataset or a collection.

        Where there are test sequences, the trained model is measured on them, once; the figures
        are in `metrics_`.

        Args:
            source: What `read_collection` reads, or a `SequenceCollection`.
            test_share: Share of the sequences to hold out for measuring, where the source has no
                test part of its own; by groups where it has some.
            observers: Told how training goes on.
            callbacks: Keras callbacks.
            **reading: As for `read_collection`: `series_id`, `time`, `files`, `values`, `label`,
                `target`, `group`.

        Returns:
            This estimator, trained.

        Raises:
            SourceError: If there is no such file or dataset.
            RowError: If a row is broken.
            UsageError: As `fit`, and where a column has to be named.
        """
        self._settle()  # before the data are read
        split = open_collection_split(
            source, self._examples_of, test_share=test_share, seed=int(self.seed), **reading
        )
        self.fit_examples(split.train, observers=observers, callbacks=callbacks)
        self.data_ |= {name: split.facts[name] for name in ("name", "source", "sha256")}
        if split.test is not None:
            self.data_["rows"]["test"] = len(split.test)
            self.evaluate_examples(split.test)
        return self

    def evaluate_source(
        self, source: str | Path | SequenceCollection, **reading: Any
    ) -> dict[str, Any]:
        """Measure on a file, folder, dataset or collection; on its test part where it has one.

        Args:
            source: As for `fit_source`.
            **reading: As for `fit_source`.

        Returns:
            As `evaluate`.
        """
        self._check_fitted()
        if isinstance(source, SequenceCollection):
            return self.evaluate_examples(self._own_examples_of(source))
        dataset = read_collection(source, **reading)
        if dataset.test is None:
            self._warn_of_own_data(dataset.train.sha256())
        return self.evaluate_examples(self._own_examples_of(dataset.test or dataset.train))

    def fit_examples(
        self,
        examples: SequenceExamples,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Prepare and train; every way of fitting ends here."""
        settings = self._settle([row.shape for row in examples.values])
        prepared = prepare_sequences(examples, settings, int(self.seed))
        return self.fit_prepared(prepared, settings, observers=observers, callbacks=callbacks)

    def fit_prepared(
        self,
        prepared: PreparedSequences,
        settings: SequenceSettings,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sequences that are scaled and split already, with settled settings."""
        fingerprint = sequence_fingerprint(prepared, settings, int(self.seed))
        trained = train_sequence_network(
            prepared,
            settings,
            int(self.seed),
            augment=self._augmentation(prepared, settings),
            checkpoint=self._checkpoint(fingerprint),
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.scaler_ = prepared.scaler
        self.channels_ = list(prepared.channels)
        self.model_ = trained.model
        self.specification_ = trained.specification
        self.settings_ = settings
        self._keep_answers(prepared)
        self._keep_training(trained.state, prepared.data)
        if settings.cell != "dense":
            self._keep_context(self._measure_context(prepared))
        return self

    @property
    def predictor_(self) -> SequencePredictor:
        """A predictor with the present weights that needs neither Keras nor JAX."""
        self._check_fitted()
        return SequencePredictor(
            self.scaler_,
            self.specification_,
            named_weights(self.model_),
            channels=self.channels_,
            **self._answers(),
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.non_deterministic = False
        return tags

    @abstractmethod
    def evaluate_examples(self, examples: SequenceExamples) -> dict[str, Any]:
        """Measure the model, and keep the figures."""

    @abstractmethod
    def _examples_of(
        self, collection: SequenceCollection, training: SequenceExamples | None = None
    ) -> SequenceExamples:
        """Return examples of a collection, with the classes of those to train on."""

    @abstractmethod
    def _own_examples_of(self, collection: SequenceCollection) -> SequenceExamples:
        """Return examples of a collection, with this model's classes."""

    @abstractmethod
    def _keep_answers(self, prepared: PreparedSequences) -> None:
        """Keep what turns the network's outputs into answers."""

    @abstractmethod
    def _answers(self) -> dict[str, Any]:
        """Return that by the names of `SequencePredictor`'s arguments."""

    def _augmentation(
        self, prepared: PreparedSequences, settings: SequenceSettings
    ) -> Augment | None:
        return augmentation(prepared, settings)

    def _settle(self, shapes: Any = None) -> SequenceSettings:
        """Check the parameters and fill in what the preset and the data decide."""
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        return resolve_settings(self.preset, given, shapes)

    def _outputs(self, X: Any) -> NDArray[np.float32]:
        """Return what the network says, shape `(sequences, outputs)`."""
        rows = [self.scaler_.transform(row) for row in as_sequences(X, self.scaler_.channels)]
        if not rows:
            return np.zeros((0, self.specification_.outputs), np.float32)
        if len(rows) <= _FEW:
            predictor = self.predictor_
            return np.concatenate([predictor.predict_frames([row]) for row in rows])
        kernels = self.settings_.kernels
        inputs = frame_inputs(rows, stride=self.settings_.stride, kernels=kernels)
        return predict_rows(self.model_, inputs, np.arange(len(rows)), kernels)

    def _measure_context(self, prepared: PreparedSequences) -> ContextCurve:
        rows = prepared.validation if len(prepared.validation) else prepared.train
        return sequence_context(
            self.predictor_.predict_frames,
            [prepared.inputs.scaled(int(row)) for row in rows],
            named_weights(self.model_),
            regression=prepared.classes is None,
        )

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        answers = {
            name: value if isinstance(value, list) else value.to_config()
            for name, value in self._answers().items()
        }
        encoder = {"scaler": self.scaler_.to_config(), "channels": self.channels_, **answers}
        return encoder, named_weights(self.model_)

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return sequence_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = SequencePredictor.from_artifact(artifact, cls.task)
        settings = sequence_settings_from_manifest(artifact.manifest)
        estimator = cls._with_settings(settings, artifact.manifest)
        estimator.scaler_ = predictor.scaler
        estimator.channels_ = predictor.channels
        estimator._take_answers(predictor)
        estimator._restore(predictor.specification, artifact.weights, artifact.manifest)
        return estimator

    @abstractmethod
    def _take_answers(self, predictor: SequencePredictor) -> None:
        """Take over from a file what turns the network's outputs into answers."""

    def _new_model(self) -> keras.Model:
        return build_sequence_network(self.specification_)
