"""`RollGenerator`: piano rolls in, a network out that writes and scores them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.models import build_language_model, named_weights
from recurra.runtime import (
    ROLL_TASK,
    Artifact,
    RollPredictor,
)
from recurra.sequences import RollsDataset
from recurra.tasks._estimator import TaskEstimator
from recurra.tasks._roll_card import roll_card
from recurra.tasks._roll_context import roll_context
from recurra.tasks._roll_preparation import PreparedRolls, checked_rolls, prepare_rolls
from recurra.tasks._roll_settings import (
    RollGeneratorSettings,
    resolve_roll_settings,
    roll_settings_from_manifest,
)
from recurra.tasks._roll_training import roll_fingerprint, train_roll_model
from recurra.tasks._training_observer import TrainingObserver

if TYPE_CHECKING:
    import keras

__all__ = ["RollGenerator"]


class RollGenerator(TaskEstimator):
    """A recurrent model of polyphonic music.

    A piano roll is an array `(time, notes)` of 0 and 1. At every step each note is forecast from
    all steps before.

    Args:
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        units: Units of each recurrent layer, one number or one for every layer.
        layers: Number of recurrent layers.
        embedding: Width of the vector that a step is read as.
        dropout: Dropout of each recurrent layer's inputs and of what the output reads.
        recurrent_dropout: Dropout of the state.
        transpose: Every piece is moved anew each epoch by up to so many semitones.
        batch_size: Pieces in one step.
        epochs: The most epochs.
        learning_rate: Adam's first learning rate.
        decay: How it falls: `"cosine"` or `"linear"` over the planned epochs, or on a `"plateau"`.
        patience: Epochs without progress on the validation pieces before training stops.
        averaging: Momentum of a moving average over the weights; 0 for none.
        validation: Share of the pieces held out for early stopping, where none are given.
        test: Share of the pieces held out for measuring, where none are given.
        kernels: `"auto"`, `"native"` or `"keras"`.
        seed: Same seed, same pieces, same machine: same generator.
        checkpoint: Folder that keeps the state after every epoch.
        resume: Go on from the checkpoint.
        verbose: 1 prints Keras's progress bar.
        watch_gradients: Keep the norms of all gradients in `history_`, and warn when they
            vanish or explode; see `docs/insight.md`.

    Attributes:
        model_: The plain Keras model, from steps `(batch, time, notes)` to logits of the next.
        predictor_: Writes and scores; needs neither Keras nor JAX.
        settings_: All settings.
        specification_: The architecture.
        history_: Values per epoch for `loss` and `val_loss` (nats per step), `val_accuracy`,
            `learning_rate`.
        data_: Facts about the pieces.
        metrics_: Figures of the test pieces, or of the validation pieces without any; `part` says.
            `effective_context`, the number of last steps that the next one hangs on, of
            `context_length` (see `effective_context`).
        training_: The final `TrainingState`; not kept by `save`.
    """

    task = ROLL_TASK
    fit_words = "fit(rolls)"

    def __init__(
        self,
        cell: str | None = None,
        *,
        units: int | Sequence[int] | None = None,
        layers: int | None = None,
        embedding: int | None = None,
        dropout: float | None = None,
        recurrent_dropout: float | None = None,
        transpose: int | None = None,
        batch_size: int | None = None,
        epochs: int | None = None,
        learning_rate: float | None = None,
        decay: str | None = None,
        patience: int | None = None,
        averaging: float | None = None,
        validation: float | None = None,
        test: float | None = None,
        kernels: str | None = None,
        seed: int = 0,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        verbose: int = 0,
        watch_gradients: bool = False,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.embedding = embedding
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.transpose = transpose
        self.batch_size = batch_size
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.decay = decay
        self.patience = patience
        self.averaging = averaging
        self.validation = validation
        self.test = test
        self.kernels = kernels
        self.seed = seed
        self.checkpoint = checkpoint
        self.resume = resume
        self.verbose = verbose
        self.watch_gradients = watch_gradients

    def fit(
        self,
        rolls: str | RollsDataset | Sequence[NDArray[Any]],
        *,
        validation_rolls: Sequence[NDArray[Any]] | None = None,
        test_rolls: Sequence[NDArray[Any]] | None = None,
        observers: Sequence[TrainingObserver] = (),
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> Self:
        """Train, and measure on the test pieces, or on the validation pieces without any.

        Args:
            rolls: Pieces, each `(time, notes)` of 0 and 1; or a dataset, or the name of one, whose
                parts are taken as they are.
            validation_rolls: Pieces for early stopping; a share of `rolls` when `None`.
            test_rolls: Pieces to measure on; a share of `rolls` when `None`.
            observers: Told how training goes on.
            callbacks: Keras callbacks; they see the validation figures too.

        Returns:
            This generator, trained.

        Raises:
            DataError: If a piece cannot be used, or there are too few.
            UsageError: If a parameter cannot be used.
            DivergedError: If the loss becomes NaN or infinite.
            CheckpointError: If `resume` meets a checkpoint of another run.
        """
        settings = self._settle()
        prepared = prepare_rolls(
            rolls, settings, int(self.seed), validation=validation_rolls, test=test_rolls
        )
        return self._fit_prepared(prepared, observers, callbacks)

    def generate(
        self,
        prompt: NDArray[Any] | None = None,
        *,
        length: int = 128,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> NDArray[np.uint8]:
        """Write on; see `RollPredictor.generate`."""
        self._check_fitted()
        return self.predictor_.generate(prompt, length=length, temperature=temperature, seed=seed)

    def score(self, roll: NDArray[Any]) -> NDArray[np.float64]:
        """Return the negative log-likelihood of every step in nats, shape `(time,)`."""
        self._check_fitted()
        return self.predictor_.score(roll)

    def evaluate(self, rolls: Sequence[NDArray[Any]]) -> dict[str, Any]:
        """Measure on other pieces; see `RollPredictor.measure`."""
        self._check_fitted()
        return self.predictor_.measure(checked_rolls(rolls))

    def _settle(self) -> RollGeneratorSettings:
        self._check_seed()
        return resolve_roll_settings(self._given())

    def _fit_prepared(
        self,
        prepared: PreparedRolls,
        observers: Sequence[TrainingObserver],
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> Self:
        model, state = train_roll_model(
            prepared,
            int(self.seed),
            checkpoint=self._checkpoint(roll_fingerprint(prepared, int(self.seed))),
            observers=observers,
            callbacks=callbacks,
            verbose=self.verbose,
            watch_gradients=self.watch_gradients,
        )
        self.model_ = model
        self.settings_ = prepared.settings
        self.specification_ = prepared.specification
        self._keep_training(state, prepared.data)
        self.predictor_ = RollPredictor(prepared.specification, named_weights(model))
        part = "test" if prepared.test else "validation"
        self._keep_context(
            roll_context(self.predictor_.next_step, prepared.validation, named_weights(model))
        )
        self._keep_metrics({"part": part, **self.predictor_.measure(getattr(prepared, part))})
        return self

    def _contents(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return {"rolls": {"notes": self.predictor_.notes}}, named_weights(self.model_)

    def _card(self, manifest: Mapping[str, Any]) -> str:
        return roll_card(manifest)

    @classmethod
    def _from_artifact(cls, artifact: Artifact) -> Self:
        predictor = RollPredictor.from_artifact(artifact)
        settings = roll_settings_from_manifest(artifact.manifest)
        generator = cls._with_settings(settings, artifact.manifest)
        generator.predictor_ = predictor
        generator._restore(predictor.specification, artifact.weights, artifact.manifest)
        return generator

    def _new_model(self) -> keras.Model:
        return build_language_model(self.specification_)
