"""What happens around the epochs of a training.

One callback validates, keeps the best weights, lowers the learning rate on a plateau, stops early,
writes checkpoints and reports.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import DivergedError
from recurra.models import named_weights
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._epochs import EpochData
from recurra.tasks._gradient_watch import GradientWatch
from recurra.tasks._training_observer import TrainingObserver
from recurra.tasks._training_options import TrainingOptions
from recurra.tasks._training_state import TrainingState

__all__ = ["Sample", "TrainingLoop", "Validate"]

_BATCHES_BETWEEN_CHECKS = 20

Validate = Callable[[], dict[str, float]]
Sample = Callable[[int], str | None]


class TrainingLoop(keras.callbacks.Callback):  # type: ignore[misc]
    """What happens around the epochs."""

    def __init__(
        self,
        data: EpochData,
        validate: Validate,
        options: TrainingOptions,
        sample: Sample | None,
        checkpoint: Checkpoint | None,
        observers: Sequence[TrainingObserver],
        watch: GradientWatch | None,
    ) -> None:
        super().__init__()
        self.state = TrainingState(learning_rate=options.learning_rate)
        self.best_weights: dict[str, NDArray[Any]] = {}
        self._data = data
        self._validate = validate
        self._options = options
        self._sample = sample
        self._checkpoint = checkpoint
        self._observers = observers
        self._watch = watch
        self._started = 0.0

    def restore(self) -> None:
        """Go on from the checkpoint, where there is one."""
        assert self._checkpoint is not None  # noqa: S101 - for the type checker
        loaded = self._checkpoint.load(self.model)
        if loaded is not None:
            self.state, self.best_weights = loaded

    def on_train_begin(self, logs: Any = None) -> None:
        del logs
        monitor = self._options.monitor
        if self._options.judge_start and self.state.epoch == 0 and monitor is not None:
            figures = {f"val_{name}": value for name, value in self._validate().items()}
            self._judge(self._smaller_is_better(figures[monitor]))
        for observer in self._observers:
            observer.training_started(self.state, self._options.epochs, self._data.num_batches)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del logs
        self._started = time.perf_counter()
        if self._options.decay == "plateau":
            self.model.optimizer.learning_rate = self.state.learning_rate
        self._data.start_epoch(epoch)
        if self._watch is not None:
            self._watch.start_epoch()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch % _BATCHES_BETWEEN_CHECKS == 0:
            self._check_finite(logs)
        for observer in self._observers:
            observer.batch_ended(batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = {} if logs is None else logs
        self._check_finite(logs)
        if self._watch is not None:
            logs.update(self._watch.figures())
            self._watch.warn(logs)
        with self._averaged_weights():
            logs.update({f"val_{name}": value for name, value in self._validate().items()})
            self._check_finite(logs, "val_loss")  # the last step may have spoilt the weights
            self._advance(epoch, logs)
            text = None if self._sample is None else self._sample(epoch + 1)
        if text is not None:
            self.state.samples.append({"epoch": epoch + 1, "text": text})
        if self._checkpoint is not None:
            self._checkpoint.save(self.model, self.state, self.best_weights)
        for observer in self._observers:
            observer.epoch_ended(self.state, logs)
            if text is not None:
                observer.sample_made(epoch + 1, text)
        if self.state.stopped:
            self.model.stop_training = True

    @contextmanager
    def _averaged_weights(self) -> Iterator[None]:
        """Put the moving average into the model for a while, where one is kept."""
        if not self.model.optimizer.use_ema:
            yield
            return
        variables = self.model.trainable_variables
        raw = _copies(variables)
        self.model.optimizer.finalize_variable_values(variables)
        _assign_all(variables, _copies(variables))  # not the optimizer's own buffers
        try:
            yield
        finally:
            _assign_all(variables, raw)

    def _check_finite(self, logs: Any, name: str = "loss") -> None:
        loss = float((logs or {}).get(name, 0.0))
        if not math.isfinite(loss):
            what = "validation loss" if name == "val_loss" else "loss"
            raise DivergedError(
                f"the {what} became {loss} in epoch {self.state.epoch + 1}; lower the learning "
                f"rate (now {self.state.learning_rate:g}) or look for extreme values in the data"
            )

    def _advance(self, epoch: int, logs: dict[str, float]) -> None:
        state = self.state
        for name, value in {**logs, "learning_rate": state.learning_rate}.items():
            state.history.setdefault(name, []).append(float(value))
        state.epoch = epoch + 1
        if self._options.decay != "plateau":
            state.learning_rate = float(self.model.optimizer.learning_rate)
        monitor = self._options.monitor
        # Without validation every epoch is the best so far.
        self._judge(-epoch if monitor is None else self._smaller_is_better(float(logs[monitor])))
        state.seconds.append(time.perf_counter() - self._started)

    def _smaller_is_better(self, value: float) -> float:
        return value if "loss" in (self._options.monitor or "") else -value

    def _judge(self, value: float) -> None:
        """Keep the best weights; without progress lower the rate, and in the end stop."""
        state, options = self.state, self._options
        if value < state.best_value:
            state.best_value, state.best_epoch = value, state.epoch
            state.waited = state.since_reduction = 0
            self.best_weights = named_weights(self.model)
            return
        state.waited += 1
        state.since_reduction += 1
        state.stopped = state.waited >= options.patience
        if options.decay == "plateau" and state.since_reduction >= options.plateau_patience:
            state.since_reduction = 0
            lowered = state.learning_rate * options.plateau_factor
            state.learning_rate = max(lowered, options.smallest_learning_rate)


def _copies(variables: Sequence[Any]) -> list[NDArray[Any]]:
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def _assign_all(variables: Sequence[Any], values: Sequence[NDArray[Any]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
