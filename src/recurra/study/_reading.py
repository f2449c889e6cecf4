"""How a comparison reads one kind of sequences: the same steps for texts, series and sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recurra.study._running import Record
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable import classification_metrics

__all__ = ["Answerer", "ClassReading", "PredictShuffled", "Reading", "Trained"]

PredictShuffled: TypeAlias = Callable[[NDArray[np.int64], np.random.Generator], NDArray[Any]]

_SHUFFLED_ROWS = 2_000
_MISTAKES = 10


@dataclass(frozen=True)
class Answerer:
    """A fitted model, as a comparison asks it.

    Attributes:
        outputs: Its answers to all test rows.
        single: Answers a list of one row, from its raw form: what prediction costs.
        shuffled: Answers test rows whose steps are in random order; `None` where nothing is read
            in order.
        parameters: Trained numbers.
        specification: What the model is, JSON values.
    """

    outputs: Callable[[], Any]
    single: Callable[[list[Any]], Any]
    shuffled: PredictShuffled | None
    parameters: int | None
    specification: Callable[[], Record]


@dataclass(frozen=True)
class Trained(Answerer):
    """A trained network.

    Attributes:
        state: The end of its training.
        estimator: What was trained.
    """

    state: Any = field(kw_only=True)
    estimator: Any = field(kw_only=True)


class Reading(ABC):
    """What every model of a comparison shares, and how each is fitted and asked.

    Attributes:
        task: The `task` of its records.
        data: The `data` of all records.
        seed: Of the split and the first repeat.
        settings: Settings of all networks alike.
    """

    task: ClassVar[str]
    data: dict[str, Any]
    seed: int
    settings: Any

    @property
    @abstractmethod
    def baselines(self) -> Mapping[str, tuple[str, str]]:
        """By the name of each baseline what to show, and what computes it."""

    @abstractmethod
    def fit_baseline(self, name: str) -> Answerer:
        """Fit one of `baselines` on the training rows."""

    @abstractmethod
    def fit_network(
        self, options: Mapping[str, Any], seed: int, watchers: Sequence[TrainingObserver]
    ) -> Trained:
        """Train a network.

        Args:
            options: Settings in which it differs from the others.
            seed: Fixes it.
            watchers: Told about the training.
        """

    @abstractmethod
    def measure(self, answerer: Answerer) -> Record:
        """Return the figures of a model on the test rows."""

    @abstractmethod
    def samples(self, count: int) -> list[Any]:
        """Return the first test rows in their raw form."""

    @abstractmethod
    def insight(self, trained: Trained) -> Record:
        """Look into a network."""


class ClassReading(Reading):
    """A reading whose models choose a class."""

    @property
    @abstractmethod
    def codes(self) -> NDArray[np.int32]:
        """Class of each test row."""

    @property
    @abstractmethod
    def classes(self) -> Any:
        """The labels."""

    @abstractmethod
    def shown(self, rows: NDArray[np.int64]) -> list[Record]:
        """Return what to show of test rows, in rising order: parts of the records of mistakes."""

    def measure(self, answerer: Answerer) -> Record:
        """Return accuracy and its like, the worst mistakes, and what order is worth."""
        probabilities = answerer.outputs()
        measured = classification_metrics(self.codes, probabilities, self.classes)
        return {
            **measured,
            "mistakes": self._mistakes(probabilities),
            **self._order(probabilities, answerer.shuffled),
        }

    def _order(
        self, probabilities: NDArray[np.float32], predict_shuffled: PredictShuffled | None
    ) -> Record:
        """Return the accuracy on some rows as they are and with their steps in random order."""
        if predict_shuffled is None:
            return {}
        generator = np.random.default_rng([self.seed, *b"rows for word order"])
        rows = np.sort(generator.permutation(len(self.codes))[:_SHUFFLED_ROWS]).astype(np.int64)
        codes = self.codes[rows]
        shuffled = predict_shuffled(rows, np.random.default_rng([self.seed, *b"word order"]))
        return {
            "accuracy_in_order": float((probabilities[rows].argmax(axis=1) == codes).mean()),
            "accuracy_shuffled": float((shuffled.argmax(axis=1) == codes).mean()),
        }

    def _mistakes(self, probabilities: NDArray[np.float32]) -> list[Record]:
        """Return the wrong answers that the model was surest of."""
        predicted = probabilities.argmax(axis=1)
        confidence = probabilities.max(axis=1)
        wrong = np.flatnonzero(predicted != self.codes)
        worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:_MISTAKES]
        ordered = np.sort(worst)
        shown = dict(zip(ordered.tolist(), self.shown(ordered), strict=True))
        return [
            {
                **shown[row],
                "label": str(self.classes[self.codes[row]]),
                "predicted": str(self.classes[predicted[row]]),
                "probability": float(confidence[row]),
            }
            for row in worst.tolist()
        ]
