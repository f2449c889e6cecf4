"""What `SequenceClassifier` and `SequenceRegressor` share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.models import build_sequence_network, named_weights
from recurra.runtime import Artifact
from recurra.runtime.series import SequencePredictor
from recurra.sequences.collections import as_sequences
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

    def fit_examples(
        self,
        examples: SequenceExamples,
        *,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Prepare and train; every way of fitting ends here."""
        settings = self._settle([len(row) for row in examples.values])
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
    def _keep_answers(self, prepared: PreparedSequences) -> None:
        """Keep what turns the network's outputs into answers."""

    @abstractmethod
    def _answers(self) -> dict[str, Any]:
        """Return that by the names of `SequencePredictor`'s arguments."""

    def _augmentation(
        self, prepared: PreparedSequences, settings: SequenceSettings
    ) -> Augment | None:
        return augmentation(prepared, settings)

    def _settle(self, lengths: Any = None) -> SequenceSettings:
        """Check the parameters and fill in what the preset and the data decide."""
        self._check_seed()
        given = {name: plain_value(value) for name, value in self._given().items()}
        return resolve_settings(self.preset, given, lengths)

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
            [prepared.inputs.values[row] for row in rows],
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
