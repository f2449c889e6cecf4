"""The training loop: best weights, early stopping, plateaus, divergence, history."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import pytest

from recurra.errors import DivergedError, UnknownNameError
from recurra.models import named_weights
from recurra.tasks import TrainingObserver, TrainingOptions, TrainingState
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._training import _momentum, train


class Numbers(keras.utils.PyDataset):
    """Three batches of four rows."""

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        self.epochs: list[int] = []
        generator = np.random.default_rng(0)
        self.x = (value * generator.normal(size=(3, 4, 2))).astype(np.float32)
        self.y = generator.integers(0, 2, (3, 4)).astype(np.int32)

    def start_epoch(self, epoch: int) -> None:
        self.epochs.append(epoch)

    @property
    def num_batches(self) -> int:
        return 3

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        return self.x[index], self.y[index], np.ones(4, np.float32)


class Recorder(TrainingObserver):
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.weights: list[dict[str, np.ndarray]] = []
        self.logs: list[dict[str, float]] = []
        self.model: keras.Model | None = None

    def training_started(self, state, epochs, batches):
        self.calls.append(f"start {state.epoch} {epochs} {batches}")

    def batch_ended(self, batch, logs):
        self.calls.append(f"batch {batch}")
        assert logs["loss"] > 0

    def epoch_ended(self, state, logs):
        self.calls.append(f"epoch {state.epoch}")
        self.logs.append(dict(logs))
        self.weights.append(named_weights(self.model))

    def training_ended(self, state):
        self.calls.append(f"end {state.epoch}")


def figures(values: Sequence[float], name: str = "loss") -> Callable[[], dict[str, float]]:
    """Return a validation that reads its figures from a script."""
    remaining = iter(values)
    return lambda: {name: next(remaining)}


def model_and_recorder() -> tuple[keras.Model, Recorder]:
    initializer = keras.initializers.GlorotUniform(seed=1)
    inputs = keras.Input((2,), name="x")
    outputs = keras.layers.Dense(2, "softmax", kernel_initializer=initializer, name="d")(inputs)
    model, recorder = keras.Model(inputs, outputs), Recorder()
    recorder.model = model
    return model, recorder


def run(
    values: Sequence[float], name: str = "loss", data: Numbers | None = None, **options: Any
) -> tuple[keras.Model, Recorder, TrainingState]:
    model, recorder = model_and_recorder()
    settings = TrainingOptions(**{"epochs": len(values), "learning_rate": 0.1, **options})
    state = train(
        model,
        data or Numbers(),
        figures(values, name),
        settings,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        observers=[recorder],
    )
    return model, recorder, state


def assert_same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> None:
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


def test_the_best_weights_are_restored():
    model, recorder, state = run([1.0, 0.5, 0.8, 0.7], patience=9)
    assert (state.best_epoch, state.best_value, state.epoch) == (2, 0.5, 4)
    assert not state.stopped
    assert_same(named_weights(model), recorder.weights[1])
    assert not np.array_equal(recorder.weights[3]["d/kernel"], recorder.weights[1]["d/kernel"])


def test_training_stops_after_epochs_without_progress():
    model, recorder, state = run([1.0, 0.5, 0.8, 0.7, 0.1, 0.1], patience=2)
    assert state.stopped
    assert (state.epoch, state.best_epoch, state.waited) == (4, 2, 2)
    assert_same(named_weights(model), recorder.weights[1])


def test_equal_is_no_progress():
    _, _, state = run([0.5, 0.5, 0.5], patience=2)
    assert (state.epoch, state.best_epoch, state.stopped) == (3, 1, True)


def test_a_plateau_lowers_the_rate_down_to_the_smallest():
    _, _, state = run(
        [1.0, 1.1, 1.2, 0.9, 1.0, 1.0],
        patience=9,
        plateau_patience=1,
        plateau_factor=0.5,
        smallest_learning_rate=0.02,
    )
    rates = [0.1, 0.1, 0.05, 0.025, 0.025, 0.02]
    np.testing.assert_allclose(state.history["learning_rate"], rates)
    assert state.learning_rate == 0.02


def test_a_longer_plateau_patience_waits():
    _, _, state = run([1.0, 1.1, 1.2, 1.3, 1.4], patience=9, plateau_patience=2, plateau_factor=0.5)
    np.testing.assert_allclose(state.history["learning_rate"], [0.1, 0.1, 0.1, 0.05, 0.05])


def test_the_rate_of_the_history_is_the_optimizers():
    model, _, state = run([1.0, 1.1, 1.2], patience=9)
    assert float(model.optimizer.learning_rate) == pytest.approx(state.history["learning_rate"][-1])


def test_accuracy_is_better_when_higher_and_a_loss_when_lower():
    _, _, state = run([0.5, 0.9, 0.7], "accuracy", monitor="val_accuracy", patience=9)
    assert (state.best_epoch, state.best_value) == (2, -0.9)
    _, _, state = run([0.5, 0.9, 0.7], patience=9)
    assert state.best_epoch == 1


def test_history_has_one_value_an_epoch():
    _, recorder, state = run([1.0, 0.9, 0.8])
    assert set(state.history) == {"loss", "accuracy", "val_loss", "learning_rate"}
    assert {len(values) for values in state.history.values()} == {3}
    assert len(state.seconds) == 3
    assert state.history["val_loss"] == [1.0, 0.9, 0.8]
    assert all(isinstance(v, float) for values in state.history.values() for v in values)
    assert state.history["loss"] == [pytest.approx(logs["loss"]) for logs in recorder.logs]


def test_observers_are_told_everything_in_order():
    data = Numbers()
    _, recorder, _ = run([1.0, 0.9], data=data)
    epoch = ["batch 0", "batch 1", "batch 2"]
    assert recorder.calls == ["start 0 2 3", *epoch, "epoch 1", *epoch, "epoch 2", "end 2"]
    assert data.epochs[-2:] == [0, 1]


def test_users_callbacks_see_the_validation_figures():
    class Sees(keras.callbacks.Callback):
        seen: list[float] = []  # noqa: RUF012 - one test

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append(logs["val_loss"])

    model, _ = model_and_recorder()
    train(
        model,
        Numbers(),
        figures([0.7, 0.6]),
        TrainingOptions(epochs=2),
        loss="sparse_categorical_crossentropy",
        callbacks=[Sees()],
    )
    assert Sees.seen == [0.7, 0.6]


def test_gradients_are_clipped():
    model, _, _ = run([1.0], clip_norm=0.25)
    assert model.optimizer.global_clipnorm == 0.25


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_loss_that_is_no_number_stops_training(value, tmp_path):
    model, recorder = model_and_recorder()
    message = (
        r"the loss became (nan|inf) in epoch 1; lower the learning rate \(now 0.1\) or look for "
        r"extreme values in the data"
    )
    with pytest.raises(DivergedError, match=message):
        train(
            model,
            Numbers(value),
            figures([1.0]),
            TrainingOptions(epochs=1, learning_rate=0.1),
            loss="sparse_categorical_crossentropy",
            checkpoint=Checkpoint(tmp_path / "run", {}, resume=False),
            observers=[recorder],
        )
    assert not (tmp_path / "run").exists()
    assert "epoch 1" not in recorder.calls


def test_a_validation_loss_that_is_no_number_stops_training():
    """The last step of an epoch can spoil the weights when its own loss was still a number."""
    with pytest.raises(DivergedError, match=r"the validation loss became nan in epoch 2; lower"):
        run([1.0, math.nan, 1.0])


def test_random_numbers_of_an_epoch_do_not_depend_on_earlier_epochs():
    first = epoch_generator(1, 3, "order").random(4)
    epoch_generator(1, 2, "order").random(100)
    np.testing.assert_array_equal(epoch_generator(1, 3, "order").random(4), first)
    for other in ((2, 3, "order"), (1, 4, "order"), (1, 3, "words 0")):
        assert not np.array_equal(epoch_generator(*other).random(4), first)


@pytest.mark.parametrize(
    ("averaging", "steps", "momentum"),
    [(0.99, 352, 0.99), (0.99, 30, 0.9), (0.99, 3, 0.0), (0.99, 1, 0.0), (0.0, 352, 0.0)],
)
def test_the_average_spans_a_third_of_an_epoch_at_most(averaging, steps, momentum):
    assert _momentum(averaging, steps) == pytest.approx(momentum)


@pytest.mark.parametrize(
    ("decay", "rates"),
    [
        ("linear", [0.1, 0.075, 0.05, 0.025]),
        ("cosine", [0.1, 0.05 * (1 + math.sqrt(0.5)), 0.05, 0.05 * (1 - math.sqrt(0.5))]),
    ],
)
def test_a_rate_that_decays_is_near_0_at_the_end_whatever_the_validation_says(decay, rates):
    model, _, state = run([1.0, 1.1, 0.9, 1.2], decay=decay, smallest_learning_rate=1e-9)
    np.testing.assert_allclose(state.history["learning_rate"], rates, rtol=1e-5)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-9)


def test_an_unknown_decay_names_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"unknown decay 'cosin'; did you mean 'cosine'"):
        TrainingOptions(decay="cosin")


def test_samples_are_made_with_the_validated_weights_and_told_after_their_epoch():
    model, recorder = model_and_recorder()
    told: list[str] = []

    class Told(TrainingObserver):
        def epoch_ended(self, state, logs):
            told.append(f"epoch {state.epoch}")

        def sample_made(self, epoch, text):
            told.append(f"{epoch}: {text}")

    state = train(
        model,
        Numbers(),
        figures([1.0, 0.9, 0.8]),
        TrainingOptions(epochs=3, learning_rate=0.1),
        loss="sparse_categorical_crossentropy",
        sample=lambda epoch: f"sum {named_weights(model)['d/kernel'].sum()}" if epoch % 2 else None,
        observers=[recorder, Told()],
    )
    sums = [f"sum {weights['d/kernel'].sum()}" for weights in recorder.weights]
    assert told == ["epoch 1", f"1: {sums[0]}", "epoch 2", "epoch 3", f"3: {sums[2]}"]
    assert state.samples == [{"epoch": 1, "text": sums[0]}, {"epoch": 3, "text": sums[2]}]
