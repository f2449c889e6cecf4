"""`SequenceClassifier`: a scikit-learn classifier over sequences of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from recurra.errors import DataError
from recurra.runtime.series import SEQUENCE_CLASSIFICATION_TASK, SequencePredictor
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks.metrics import classification_metrics
from recurra.tasks.series.estimator import SequenceEstimator
from recurra.tasks.series.examples import (
    SequenceExamples,
    labelled_collection,
    labelled_sequences,
)
from recurra.tasks.series.preparation import PreparedSequences

if TYPE_CHECKING:
    import keras

    from recurra.sequences.collections import SequenceCollection

__all__ = ["SequenceClassifier"]


class SequenceClassifier(ClassifierMixin, SequenceEstimator):  # type: ignore[misc]
    """A recurrent classifier of sequences with the interface of scikit-learn.

    `None` means: as the preset and the data say. A sequence is an array `(time, channels)`, or
    `(time,)` for one channel; lengths may differ, and NaN is a missing value. Sequences are scaled,
    filled, padded, masked, split for early stopping and batched by length inside.

    Args:
        cell: `"rnn"`, `"lstm"`, `"gru"`, or `"dense"` for an order-blind baseline.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: What the output layer reads of the states: `"last"`, `"mean"`, `"max"`,
            `"mean_max"` or `"attention"`.
        dropout: Dropout of each recurrent layer's inputs.
        recurrent_dropout: Dropout of the state.
        input_dropout: Dropout of the values.
        head: Units of dense layers before the output layer.
        head_dropout: Dropout before the output layer.
        batch_normalization: Normalise after every recurrent and dense layer.
        stride: Steps that are laid side by side and read as one.
        scaling: `"standard"` (mean and spread of the training sequences), `"per-series"` (of each
            sequence itself) or `"none"`.
        jitter: Standard deviation of noise added in training, in spreads of a channel.
        magnitude: Standard deviation of a random factor for each channel in training.
        window: Smallest share of a training sequence that a random slice of it keeps; 1 for all.
        epochs: The most epochs.
        batch_size: Sequences in one step.
        learning_rate: Adam's first learning rate.
        decay: How the learning rate falls: `"cosine"`, `"linear"` or `"plateau"`.
        patience: Epochs without progress on the validation sequences before training stops.
        averaging: Momentum of a moving average over the weights, which is what is kept; 0 for none.
        validation: Share of the training sequences held out for that; 0 trains on all of them to
            the last epoch, which is what few sequences are best used for.
        kernels: What computes the recurrences in training: `"auto"`, `"native"` (Recurra's own
            core) or `"keras"`.
        preset: `"fast"` or `"accurate"`.
        seed: Same seed, same data, same machine: same model.
        checkpoint: Folder that keeps the state after every epoch; `discard_checkpoint` removes it.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        classes_: The labels, sorted.
        model_: The plain Keras model, from scaled values `(batch, time, features)` and a mask
            `(batch, time)` to probabilities.
        history_: A list of values per epoch for `loss`, `learning_rate` and, where sequences are
            held out, `val_loss`, ...
        scaler_: The fitted `ChannelScaler`.
        channels_: Names of the channels, where the source has them.
        specification_: The architecture.
        data_: Facts about the training data.
        training_: The final `TrainingState`; not kept by `save`.
        metrics_: `effective_context`, the number of last steps that the answer hangs on, of
            `context_length` (see `effective_context`; not for `"dense"`); and the figures recorded
            by `evaluate`.
    """

    task = SEQUENCE_CLASSIFICATION_TASK
    fit_words = "fit(sequences, labels)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        bidirectional: bool | None = None,
        pooling: str | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        input_dropout: float | None = None,
        head: Sequence[int] | None = None,
        head_dropout: float | None = None,
        batch_normalization: bool | None = None,
        stride: int | None = None,
        scaling: str | None = None,
        jitter: float | None = None,
        magnitude: float | None = None,
        window: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        decay: str | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        validation: float | None = None,
        kernels: str | None = None,
        preset: str = "fast",
        seed: int = 0,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        verbose: int = 0,
        watch_gradients: bool = False,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.input_dropout = input_dropout
        self.head = head
        self.head_dropout = head_dropout
        self.batch_normalization = batch_normalization
        self.stride = stride
        self.scaling = scaling
        self.jitter = jitter
        self.magnitude = magnitude
        self.window = window
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.decay = decay
        self.patience = patience
        self.averaging = averaging
        self.validation = validation
        self.kernels = kernels
        self.preset = preset
        self.seed = seed
        self.checkpoint = checkpoint
        self.resume = resume
        self.verbose = verbose
        self.watch_gradients = watch_gradients

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        groups: Sequence[Any] | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train on sequences in memory.

        Args:
            X: A list of arrays `(time, channels)` or `(time,)`, or one array of three axes.
            y: Labels: strings or integers, one for each sequence.
            groups: Who or what each sequence comes from (speaker, machine, ...), so that the
                sequences held out for early stopping come from others.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This classifier, trained.

        Raises:
            DataError: If sequences or labels are missing, of another kind, or too few.
            ShapeError: If their numbers or the sequences' channels differ.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        self._settle()  # before the data are looked at
        examples = labelled_sequences(X, y, groups=groups)
        return self.fit_examples(examples, observers=observers, callbacks=callbacks)

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return class probabilities.

        Args:
            X: Sequences, as for `fit`.

        Returns:
            Shape `(sequences, classes)`, float32, columns as in `classes_`.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a sequence cannot be used.
            ShapeError: If it has other channels than the training's.
        """
        self._check_fitted()
        return self._outputs(X)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable label of each sequence; see `predict_proba`."""
        best = self.predict_proba(X).argmax(axis=1)
        result: NDArray[Any] = self.classes_[best]
        return result

    def evaluate(self, X: Any, y: Any) -> dict[str, Any]:
        """Measure the classifier on labelled sequences.

        Returns:
            `accuracy`, `macro_f1`, `log_loss` (nats), `calibration_error`, `per_class`, `classes`,
            `confusion_matrix`, and `rows`; kept in `metrics_` and saved with the model.

        Raises:
            NotFittedError: Before `fit`.
            DataError: If a label is none of `classes_`, or there are no rows.
        """
        self._check_fitted()
        return self.evaluate_examples(labelled_sequences(X, y, classes=self.classes_))

    def evaluate_examples(self, examples: SequenceExamples) -> dict[str, Any]:
        """Measure the classifier on labelled sequences whose classes are its own."""
        self._check_fitted()
        if not len(examples):
            raise DataError("there are no rows to evaluate on")
        figures = self._figures(examples, self._outputs(examples.values))
        self._keep_metrics(figures)
        return figures

    def attention(self, sequence: Any) -> list[float]:
        """Return the weights of a sequence's frames, `stride` steps each, which sum to 1.

        Raises:
            DataError: If the model was not trained with `pooling="attention"`.
        """
        return self.predictor_.attention(sequence)

    def _figures(
        self, examples: SequenceExamples, probabilities: NDArray[np.float32]
    ) -> dict[str, Any]:
        """Compare probabilities with the labels."""
        measured = classification_metrics(examples.targets, probabilities, self.classes_)
        return {"rows": len(examples), **measured}

    def _examples_of(
        self, collection: SequenceCollection, training: SequenceExamples | None = None
    ) -> SequenceExamples:
        return labelled_collection(collection, None if training is None else training.classes)

    def _own_examples_of(self, collection: SequenceCollection) -> SequenceExamples:
        return labelled_collection(collection, self.classes_)

    def _keep_answers(self, prepared: PreparedSequences) -> None:
        self.classes_ = np.asarray(prepared.classes)

    def _answers(self) -> dict[str, Any]:
        return {"classes": self.classes_.tolist()}

    def _take_answers(self, predictor: SequencePredictor) -> None:
        self.classes_ = np.asarray(predictor.classes)
