"""Series and sound as a comparison reads them."""

from __future__ import annotations

import importlib.util
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.runtime.series import read_sound
from recurra.sequences.audio import AudioFeatures
from recurra.study._reading import Answerer, ClassReading, PredictShuffled, Reading, Trained
from recurra.study._running import Record
from recurra.study._series_baselines import (
    fit_nearest_sequence,
    fit_statistics_classifier,
    fit_statistics_regressor,
)
from recurra.study.sequences._data import drawn_values
from recurra.study.sequences._insight import sequence_insight
from recurra.tasks import (
    AudioClassifier,
    SequenceClassifier,
    SequenceRegressor,
    TrainingObserver,
)
from recurra.tasks.comparable_sequences import (
    FrameInputs,
    PreparedSequences,
    SequenceExamples,
    SequenceSettings,
    frame_inputs,
    predict_rows,
    regression_metrics,
)

__all__ = ["NumberReading", "SeriesReading", "SoundReading"]

Array: TypeAlias = NDArray[Any]
Rows: TypeAlias = NDArray[np.int64]

_MOST_CELLS = 3e9  # of the tables of all alignments: some twenty seconds
_STATISTICS = ("Linear statistics", "scikit-learn")
_NEAREST = ("Nearest by DTW", "dtaidistance")
_PREDICTED = 400  # numbers kept for the picture of a regression


@dataclass(frozen=True)
class _SequenceReading(Reading):
    """What every model of a comparison of sequences shares.

    Attributes:
        prepared: The training part, scaled and split.
        settings: Settings of all networks alike.
        train: The training part as it was read, validation rows included.
        test: What all models are measured on.
        data: The `data` of all records.
        seed: Of the split and the first repeat.
    """

    prepared: PreparedSequences
    settings: SequenceSettings
    train: SequenceExamples
    test: SequenceExamples
    data: dict[str, Any]
    seed: int

    def fit_network(
        self, options: Mapping[str, Any], seed: int, watchers: Sequence[TrainingObserver]
    ) -> Trained:
        """Train an estimator of the task."""
        estimator = self._estimator(seed)
        settings = replace(self.settings, **options)
        estimator.fit_prepared(self.prepared, settings, observers=watchers)
        model, predictor = estimator.model_, estimator.predictor_

        def outputs(rows: Sequence[Array]) -> Array:
            inputs = self._inputs(rows)
            found = predict_rows(model, inputs, np.arange(len(rows)), settings.kernels)
            return self._answers(found)

        def shuffled(rows: Rows, generator: np.random.Generator) -> Array:
            return outputs([generator.permutation(self._scaled(row)) for row in rows])

        return Trained(
            outputs=lambda: outputs([self._scaled(row) for row in range(len(self.test))]),
            single=predictor.predict,
            shuffled=shuffled,
            parameters=int(model.count_params()),
            specification=estimator.specification_.to_dict,
            state=estimator.training_,
            estimator=estimator,
        )

    def samples(self, count: int) -> list[Any]:
        """Return the first test sequences."""
        return list(self.test.values[:count])

    def insight(self, trained: Trained) -> Record:
        """Look into a network with some test sequences."""
        return sequence_insight(trained.estimator, self.test, self._derived, self.seed)

    @abstractmethod
    def _estimator(self, seed: int) -> Any:
        """Return an unfitted estimator."""

    def _answers(self, outputs: Array) -> Array:
        """Turn the network's outputs into answers."""
        return outputs

    def _derived(self, values: Array) -> Array:
        """Return what is scaled, of a sequence as it was read."""
        return values

    def _scaled(self, row: int) -> Array:
        return self.prepared.scaler.transform(self._derived(self.test.values[row]))

    def _inputs(self, rows: Sequence[Array]) -> FrameInputs:
        return frame_inputs(rows, stride=self.settings.stride, kernels=self.settings.kernels)

    def _training(self) -> list[Array]:
        """Return all training sequences, those for validation included.

        A baseline chooses its settings by cross-validation, and stops nowhere early.
        """
        return [self._derived(row) for row in self.train.values]

    def _tested(self) -> list[Array]:
        return [self._derived(row) for row in self.test.values]

    def _shuffled(self, predict: Any) -> PredictShuffled:
        def answers(rows: Rows, generator: np.random.Generator) -> Array:
            values = self.test.values
            found = predict([generator.permutation(self._derived(values[row])) for row in rows])
            return np.asarray(found)

        return answers


@dataclass(frozen=True)
class SeriesReading(_SequenceReading, ClassReading):
    """Series whose classes are told apart; see `_SequenceReading`."""

    task: ClassVar[str] = "series"

    @property
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """A linear model of summary statistics; nearest neighbours where they can be had."""
        known = {"linear": _STATISTICS}
        return known | {"nearest": _NEAREST} if self._warps() else known

    @property
    def codes(self) -> NDArray[np.int32]:
        """Class of each test sequence."""
        return np.asarray(self.test.targets, np.int32)

    @property
    def classes(self) -> Any:
        """The labels."""
        return self.test.classes

    def fit_baseline(self, name: str) -> Answerer:
        """Fit one of the baselines."""
        codes, count = np.asarray(self.train.targets, np.int32), len(self.classes)
        if name == "nearest":
            nearest = fit_nearest_sequence(self._training(), codes, count, self.seed)
            specification = {"model": "1 nearest neighbour, DTW", "band": nearest.band}
            return self._answerer(nearest, specification, shuffled=False)
        linear = fit_statistics_classifier(self._training(), codes, count, self.seed)
        specification = {"model": "logistic regression on summary statistics"}
        return self._answerer(linear, specification, shuffled=True)

    def shown(self, rows: Rows) -> list[Record]:
        """Return the sequences, small enough to be drawn."""
        return [{"values": drawn_values(self.test.values[row])} for row in rows]

    def _answerer(self, fitted: Any, specification: Record, *, shuffled: bool) -> Answerer:
        return Answerer(
            outputs=lambda: fitted.predict_proba(self._tested()),
            single=lambda rows: fitted.predict_proba([self._heard(row) for row in rows]),
            shuffled=self._shuffled(fitted.predict_proba) if shuffled else None,
            parameters=fitted.parameters,
            specification=lambda: specification,
        )

    def _heard(self, sample: Any) -> Array:
        """Return what a baseline reads of one of `samples`."""
        return self._derived(sample)

    def _estimator(self, seed: int) -> Any:
        return SequenceClassifier(seed=seed)

    def _warps(self) -> bool:
        """Say whether nearest neighbours are installed and would not take minutes."""
        if importlib.util.find_spec("dtaidistance") is None:
            return False
        train, test = (sum(len(row) for row in part.values) for part in (self.train, self.test))
        return train * test * self.prepared.scaler.channels < _MOST_CELLS


@dataclass(frozen=True)
class SoundReading(SeriesReading):
    """Sounds whose classes are told apart; see `_SequenceReading`.

    Attributes:
        features: Makes frames of sound; `train` and `test` hold log-mel energies.
        sounds: The first test clips, samples and rate.
    """

    task: ClassVar[str] = "audio"

    features: AudioFeatures
    sounds: tuple[tuple[Array, int], ...]

    def samples(self, count: int) -> list[Any]:
        """Return the first test clips."""
        return list(self.sounds[:count])

    def _estimator(self, seed: int) -> Any:
        classifier = AudioClassifier(seed=seed)
        classifier.features_ = self.features
        return classifier

    def _derived(self, values: Array) -> Array:
        return self.features.derive(values)

    def _heard(self, sample: Any) -> Array:
        return self.features(read_sound(sample, self.features.rate))


@dataclass(frozen=True)
class NumberReading(_SequenceReading):
    """Series with a number each; see `_SequenceReading`."""

    task: ClassVar[str] = "regress"

    @property
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """The mean of the training, and ridge regression on summary statistics."""
        return {"mean": ("Mean of the training", "NumPy"), "linear": _STATISTICS}

    def fit_baseline(self, name: str) -> Answerer:
        """Fit one of the baselines."""
        if name == "mean":
            mean = float(self.train.targets.mean())
            return self._answerer(
                lambda rows: np.full(len(rows), mean), 1, {"model": "the mean"}, None
            )
        fitted = fit_statistics_regressor(self._training(), self.train.targets)
        specification = {"model": "ridge regression on summary statistics"}
        shuffled = self._shuffled(fitted.predict)
        return self._answerer(fitted.predict, fitted.parameters, specification, shuffled)

    def measure(self, answerer: Answerer) -> Record:
        """Return the errors, and some of the numbers beside the true ones."""
        predicted = np.asarray(answerer.outputs(), np.float64)
        scaling = self.prepared.target
        assert scaling is not None  # noqa: S101 - a regression's
        shown = np.linspace(0, len(predicted) - 1, min(_PREDICTED, len(predicted))).astype(int)
        pairs = np.stack([self.test.targets, predicted], axis=1)[np.unique(shown)]
        errors = np.square(predicted - self.test.targets)
        return {
            **regression_metrics(self.test.targets, predicted, scaling),
            "rmse_interval": _bootstrap(errors, self.seed),
            "pairs": [[float(f"{v:.6g}") for v in pair] for pair in pairs.tolist()],
        }

    def _answerer(
        self,
        predict: Any,
        parameters: int,
        specification: Record,
        shuffled: PredictShuffled | None,
    ) -> Answerer:
        return Answerer(
            outputs=lambda: predict(self._tested()),
            single=predict,
            shuffled=shuffled,
            parameters=parameters,
            specification=lambda: specification,
        )

    def _estimator(self, seed: int) -> Any:
        return SequenceRegressor(seed=seed)

    def _answers(self, outputs: Array) -> Array:
        assert self.prepared.target is not None  # noqa: S101 - a regression's
        return self.prepared.target.restore(outputs[:, 0])


def _bootstrap(squared: NDArray[np.float64], seed: int) -> list[float]:
    """Return the 95 % interval of the root of the mean over rows drawn again and again."""
    generator = np.random.default_rng([seed, *b"interval"])
    draws = generator.integers(len(squared), size=(1_000, len(squared)))
    roots = np.sqrt(squared[draws].mean(axis=1))
    return [float(value) for value in np.quantile(roots, [0.025, 0.975])]
