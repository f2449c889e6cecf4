"""Watched gradients: right norms, the same training, resumed logs, warnings that help."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import polars as pl
import pytest

from recurra.errors import CheckpointError
from recurra.models import named_weights
from recurra.tasks import (
    Forecaster,
    RollGenerator,
    TextClassifier,
    TextGenerator,
    TrainingObserver,
    TrainingOptions,
    TrainingState,
    Translator,
)
from recurra.tasks._checkpoint import Checkpoint
from recurra.tasks._gradient_watch import GradientWatch, WatchedAdam
from recurra.tasks._training import train
from recurra.tasks.tensorboard import TensorBoard

TEXTS = ["good film", "bad film", "a good one", "a bad one", "so good", "so bad"] * 8
LABELS = ["yes", "no"] * 24


class Rows(keras.utils.PyDataset):
    """Three batches of four rows of two numbers, of two classes."""

    num_batches = 3

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        generator = np.random.default_rng(3)
        self.x = (scale * generator.normal(size=(3, 4, 2))).astype(np.float32)
        self.y = generator.integers(0, 2, (3, 4)).astype(np.int32)

    def start_epoch(self, epoch: int) -> None:
        del epoch

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        return self.x[index], self.y[index], np.ones(4, np.float32)


class Fading(Rows):
    """Rows that are zeros after the first epoch."""

    def start_epoch(self, epoch: int) -> None:
        if epoch:
            self.x[:] = 0


class Death(TrainingObserver):
    """Ends a run after its first epoch."""

    def epoch_ended(self, state, logs):
        raise KeyboardInterrupt


def network(*hidden: int, activation: str = "sigmoid") -> keras.Model:
    x = inputs = keras.Input((2,), name="x")
    for number, units in enumerate((*hidden, 2)):
        last = number == len(hidden)
        initializer = keras.initializers.GlorotUniform(seed=number)
        x = keras.layers.Dense(
            units,
            "softmax" if last else activation,
            kernel_initializer=initializer,
            name="logits" if last else f"hidden_{number}",
        )(x)
    return keras.Model(inputs, x)


def run(
    model: keras.Model, *, data: Rows | None = None, watch: bool = True, **options: Any
) -> TrainingState:
    places = {name: options.pop(name, ()) for name in ("observers",)}
    checkpoint = options.pop("checkpoint", None)
    return train(
        model,
        data or Rows(),
        lambda: {"loss": 1.0},
        TrainingOptions(**{"epochs": 2, "patience": 9, **options}),
        loss="sparse_categorical_crossentropy",
        checkpoint=checkpoint,
        watch_gradients=watch,
        **places,
    )


def norms_by_hand(model: keras.Model, data: Rows) -> dict[str, np.ndarray]:
    """Gradient norms of softmax regression, one for each batch."""
    kernel, bias = (weight.astype(np.float64) for weight in named_weights(model).values())
    found: dict[str, list[float]] = {"logits/kernel": [], "logits/bias": []}
    for x, y in zip(data.x.astype(np.float64), data.y, strict=True):
        logits = x @ kernel + bias
        gap = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True) - np.eye(2)[y]
        found["logits/kernel"].append(np.linalg.norm(x.T @ gap / 4))
        found["logits/bias"].append(np.linalg.norm(gap.mean(0)))
    return {name: np.array(values) for name, values in found.items()}


def test_norms_are_those_of_the_gradients_before_clipping():
    model = network()
    parts = norms_by_hand(model, Rows())
    total = np.hypot(*parts.values())
    limit = float(np.sort(total)[1])
    history = run(model, learning_rate=1e-9, clip_norm=limit * 0.999).history
    for name, values in parts.items():
        np.testing.assert_allclose(history[f"gradient_norm/{name}"], values.mean(), rtol=1e-4)
        np.testing.assert_allclose(history[f"gradient_norm_max/{name}"], values.max(), rtol=1e-4)
    np.testing.assert_allclose(history["gradient_norm"], total.mean(), rtol=1e-4)
    np.testing.assert_allclose(history["gradient_norm_max"], total.max(), rtol=1e-4)
    np.testing.assert_allclose(history["gradients_clipped"], 2 / 3, rtol=1e-6)


def test_every_epoch_has_figures_of_its_own():
    history = run(network(), data=Fading()).history
    for name in ("gradient_norm/logits/kernel", "gradient_norm_max/logits/kernel"):
        first, second = history[name]
        assert first > 0
        assert second == 0


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "lstm", "dropout": 0.2, "recurrent_dropout": 0.2},
        {"cell": "gru", "bidirectional": True, "averaging": 0.0},
    ],
)
def test_watching_changes_no_bit_of_the_training(options):
    off, on = (
        TextClassifier(
            units=4, embedding=4, epochs=2, level="word", watch_gradients=watch, **options
        ).fit(TEXTS, LABELS)
        for watch in (False, True)
    )
    for name, weights in named_weights(off.model_).items():
        np.testing.assert_array_equal(weights, named_weights(on.model_)[name])
    assert {name: on.history_[name] for name in off.history_} == off.history_
    directions = ["recurrent_0"]
    if options.get("bidirectional"):
        directions = ["recurrent_0/forward", "recurrent_0/backward"]
    for name in ("kernel", "recurrent_kernel", "bias"):
        for place in directions:
            assert min(on.history_[f"gradient_norm/{place}/{name}"]) > 0
    assert on._manifest()["training"]["history"] == on.history_


def test_without_it_keras_trains_with_its_own_adam():
    model = network()
    state = run(model, watch=False)
    assert type(model.optimizer) is keras.optimizers.Adam
    assert not [name for name in state.history if "gradient" in name]


def test_a_resumed_run_goes_on_with_the_same_figures(tmp_path):
    whole = run(network(3), checkpoint=Checkpoint(tmp_path / "whole", {}, resume=False))
    with pytest.raises(KeyboardInterrupt):
        run(
            network(3),
            checkpoint=Checkpoint(tmp_path / "cut", {}, resume=False),
            observers=[Death()],
        )
    resumed = run(network(3), checkpoint=Checkpoint(tmp_path / "cut", {}, resume=True))
    assert len(resumed.history["gradient_norm/hidden_0/kernel"]) == 2
    assert resumed.history == whole.history


def test_a_run_that_watched_is_not_resumed_without(tmp_path):
    how = {"level": "word", "checkpoint": tmp_path, "cell": "dense", "epochs": 1}
    TextClassifier(watch_gradients=True, **how).fit(TEXTS, LABELS)
    with pytest.raises(CheckpointError, match=r"watch_gradients was True, is False"):
        TextClassifier(resume=True, **how).fit(TEXTS, LABELS)


def test_exploding_gradients_are_told_once():
    model = network()
    model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
    with pytest.warns(UserWarning, match="explode") as told:
        run(model, data=Rows(1e3), learning_rate=1e-9)
    assert len(told) == 1
    words = str(told[0].message)
    assert words.startswith("gradients explode: their norm was ")
    assert "most of it in logits/kernel, while steps are clipped to 1" in words
    assert "lower the learning rate" in words


@pytest.mark.parametrize(("mean", "largest"), [(9.0, 200.0), (20.0, 29.0)])
def test_one_large_gradient_or_clipping_alone_is_no_explosion(mean, largest):
    model = network()
    run(model, epochs=1)
    figures = dict.fromkeys(("gradient_norm/logits/kernel", "gradient_norm/logits/bias"), 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GradientWatch(model).warn({**figures, "gradient_norm": mean, "gradient_norm_max": largest})


def test_vanishing_gradients_are_told_once():
    with pytest.warns(UserWarning, match="vanish") as told:
        run(network(*[3] * 9), learning_rate=1e-9)
    assert len(told) == 1
    words = str(told[0].message)
    assert words.startswith("gradients vanish: those of hidden_0/kernel (")
    assert "hardly learns; take fewer layers" in words


def test_a_network_that_has_learnt_everything_is_no_trouble():
    model = network(3)
    weights = named_weights(model)
    weights["logits/bias"] = np.array([40.0, -40.0], np.float32)
    model.set_weights(list(weights.values()))
    data = Rows()
    data.y[:] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = run(model, data=data)
    assert max(state.history["gradient_norm"]) < 1e-9


def test_weights_without_a_gradient_have_the_norm_zero():
    first, second = (keras.Variable(np.ones(2, np.float32)) for _ in range(2))
    adam = WatchedAdam(0.1, global_clipnorm=1.0)
    adam.build([first, second])
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        adam.apply([keras.ops.convert_to_tensor([3.0, 4.0]), None])
    np.testing.assert_allclose(np.asarray(adam.norm_sums), [5, 0, 5])
    np.testing.assert_allclose(np.asarray(adam.step_counts), [1, 1])


def test_tensorboard_has_a_chart_of_every_weight(tmp_path):
    pytest.importorskip("tensorboardX")
    board, written = TensorBoard(tmp_path), {}
    board._writer.add_scalar = lambda name, value, step: written.setdefault(name, []).append(step)
    run(network(3), observers=[board])
    for name in (
        "gradient_norm/train",
        "gradient_norm_max/train",
        "gradients_clipped/train",
        "gradient_norm/hidden_0/kernel/train",
    ):
        assert written[name] == [1, 2]


class SeenError(Exception):
    """What a training was started with."""


SERIES = pl.DataFrame({"y": np.sin(np.arange(200.0))})
SMALL: dict[str, Any] = {"cell": "rnn", "units": 2, "embedding": 2}
PAIRS = (["one two", "two one", "one one", "two two"] * 8, ["a b", "b a", "a a", "b b"] * 8)
ROLLS = [np.eye(12, 6, dtype=np.uint8)] * 8
FITS: dict[str, Callable[..., object]] = {
    "text": lambda **how: TextClassifier(**SMALL, **how).fit(TEXTS, LABELS),
    "forecast": lambda **how: Forecaster(2, model="rnn", units=2, target="y", **how).fit(SERIES),
    "language": lambda **how: TextGenerator(level="char", **SMALL, **how).fit(TEXTS * 9),
    "roll": lambda **how: RollGenerator(**SMALL, **how).fit(ROLLS),
    "translation": lambda **how: Translator(**SMALL, **how).fit(*PAIRS),
}


@pytest.mark.parametrize("task", FITS)
def test_every_estimator_hands_it_on(task, monkeypatch):
    def stop(*_: Any, watch_gradients: bool, **__: Any) -> None:
        raise SeenError(watch_gradients)

    monkeypatch.setattr(f"recurra.tasks._{task}_training.train", stop)
    with pytest.raises(SeenError, match="True"):
        FITS[task](watch_gradients=True)
    with pytest.raises(SeenError, match="False"):
        FITS[task]()


ON_ANOTHER_BACKEND = """
import keras, numpy as np
from recurra.tasks import TextClassifier
from recurra.models import named_weights
texts, labels = ["good film", "bad film", "a good one", "a bad one"] * 8, ["yes", "no"] * 16
off, on = (
    TextClassifier(cell="lstm", units=4, embedding=4, epochs=2, level="word", watch_gradients=watch)
    .fit(texts, labels)
    for watch in (False, True)
)
for name, weights in named_weights(off.model_).items():
    np.testing.assert_array_equal(weights, named_weights(on.model_)[name])
norms = np.array([v for name, v in on.history_.items() if name.startswith("gradient_norm/")])
assert norms.shape == (6, 2) and (norms > 0).all(), norms
np.testing.assert_array_less(np.linalg.norm(norms, axis=0) * 0.9, on.history_["gradient_norm"])
"""


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
def test_it_works_on_other_backends(backend, run_python):
    pytest.importorskip(backend, reason=f"{backend} is not installed")
    run_python(ON_ANOTHER_BACKEND, env={"KERAS_BACKEND": backend})
