"""The benchmark's networks: one that Keras computes, one that the core computes, equal weights."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.layers import (
    accelerate,
    accelerated,
    deaccelerate,
    explain_kernels,
    is_accelerated,
)
from recurra.study.bench_cases import (
    BenchBatches,
    BenchCase,
    BenchSizes,
    draw_batches,
    draw_weights,
)
from recurra.study.bench_checks import Check, norm, require

__all__ = [
    "Pair",
    "build_network",
    "build_pair",
    "check_pair",
    "predict_batch",
    "step_seconds",
    "train_steps",
]

_DROPOUT_SEED = 7
_TICK = 1e-6  # seconds; the costs of a `fit` may vary by more than very short steps take
# Norm of the difference over the norm of what Keras gives. Both sides round in float32 over
# hundreds of steps; CPU results of Keras's JAX, PyTorch and TensorFlow differ as much.
_OUTPUT_LIMIT = 2e-5
_GRADIENT_LIMIT = 5e-5
# A gradient that is this much smaller than the largest one is compared on the larger's scale.
_SMALL = 1e-3


@dataclass(frozen=True)
class Pair:
    """The same network on both paths. A model keeps the path that it was traced with.

    Attributes:
        title: Names the network for people.
        theirs: Runs on Keras's own path.
        ours: Runs on the core.
        batches: What both are trained on.
    """

    title: str
    theirs: keras.Model
    ours: keras.Model
    batches: BenchBatches

    def path(self, network: keras.Model) -> contextlib.AbstractContextManager[None]:
        """Return a context in which a network's path is in force."""
        return accelerated() if network is self.ours else _keras_alone()


@contextlib.contextmanager
def _keras_alone() -> Iterator[None]:
    """Let Keras's own loops run, also where the caller has accelerated them."""
    before = is_accelerated()
    deaccelerate()
    try:
        yield
    finally:
        if before:
            accelerate()


def build_network(case: BenchCase, sizes: BenchSizes) -> keras.Model:
    """Build and compile the network of a case; options that it does not name are Keras's defaults.

    The weights are those of `draw_weights`.
    """
    layers = keras.layers

    def recurrent(**options: Any) -> Any:
        rates = {"dropout": case.dropout, "recurrent_dropout": case.dropout}
        make = getattr(layers, case.layer)
        return make(case.units_at(sizes), **rates, seed=_DROPOUT_SEED, **options)

    first = recurrent(return_sequences=case.stacked)
    middle = [first]
    if case.stacked:
        middle = [layers.Bidirectional(first), layers.Bidirectional(recurrent())]
    embedding = layers.Embedding(sizes.words, sizes.features, mask_zero=case.padded)
    ids = keras.Input((sizes.steps,), dtype="int32")
    network = keras.Sequential([ids, embedding, *middle, layers.Dense(1)])
    network.set_weights(draw_weights(case, sizes))
    network.compile("adam", "mse")
    return network


def train_steps(network: keras.Model, batches: BenchBatches, steps: int) -> float:
    """Take training steps on the first batches, as a user's `fit` does.

    Returns:
        The mean loss of these steps.
    """
    repeats = -(-steps // len(batches.ids))
    ids, targets = (np.concatenate([array] * repeats)[:steps] for array in batches)
    history = network.fit(
        ids.reshape(-1, ids.shape[2]),
        targets.reshape(-1, 1),
        batch_size=ids.shape[1],
        shuffle=False,
        verbose=0,
    )
    return float(history.history["loss"][0])


def step_seconds(network: keras.Model, batches: BenchBatches, steps: int) -> float:
    """Return the seconds of a training step: what each of `steps` more adds to a `fit`.

    A `fit` has costs of its own, from 2 ms on JAX to 100 ms and more on TensorFlow.
    """
    seconds = []
    for taken in (1, 1 + steps):
        started = time.perf_counter()
        train_steps(network, batches, taken)
        seconds.append(time.perf_counter() - started)
    return max(seconds[1] - seconds[0], _TICK) / steps


def predict_batch(network: keras.Model, batches: BenchBatches, turn: int) -> NDArray[np.float32]:
    """Predict one batch, shape `(batch, 1)`."""
    ids = batches.ids[turn % len(batches.ids)]
    result: NDArray[np.float32] = np.asarray(network.predict_on_batch(ids))
    return result


def build_pair(case: BenchCase, sizes: BenchSizes) -> Pair:
    """Build a case for both paths, with equal weights and dropout seeds.

    Raises:
        UsageError: If the core cannot compute the network here; says why.
    """
    networks = [build_network(case, sizes) for _ in range(2)]
    with accelerated():
        reasons = [r.reason for r in explain_kernels(networks[1]) if not r.fused]
    if reasons:
        raise UsageError(f"the core cannot be measured here: {reasons[0]}")
    return Pair(case.title(sizes), networks[0], networks[1], draw_batches(case, sizes))


def check_pair(pair: Pair) -> list[Check]:
    """Compare outputs, losses and gradients of both paths; this also compiles both.

    Raises:
        KernelMismatchError: If they differ; says in which figure and by how much.
    """
    theirs, ours = _figures(pair, pair.theirs), _figures(pair, pair.ours)
    checks = []
    for name, expected in theirs.items():
        gradient = name.startswith("gradient")
        floor = _SMALL * max(norm(v) for n, v in theirs.items() if n.startswith("gradient"))
        scale = max(norm(expected), floor if gradient else 0.0)
        error = norm(ours[name] - expected) / scale if scale else norm(ours[name])
        check = Check(pair.title, name, error, _GRADIENT_LIMIT if gradient else _OUTPUT_LIMIT)
        checks.append(require(check, "Keras's own path"))
    return checks


def _figures(pair: Pair, network: keras.Model) -> dict[str, NDArray[Any]]:
    """Return outputs, the losses of two steps and the gradients of the first."""
    with pair.path(network):
        figures: dict[str, NDArray[Any]] = {"output": predict_batch(network, pair.batches, 0)}
        figures["loss"] = np.array([train_steps(network, pair.batches, 1)])
        figures |= _gradients(network)
        figures["loss after a step"] = np.array([train_steps(network, pair.batches, 1)])
    return figures


def _gradients(network: keras.Model) -> dict[str, NDArray[Any]]:
    """Return the gradients of the first step: Adam's momentum is a tenth of them then."""
    found: dict[str, NDArray[Any]] = {}
    variables = [v for v in network.optimizer.variables if v.path.endswith("_momentum")]
    for moment, weight in zip(variables, network.trainable_variables, strict=True):
        value = np.array(keras.ops.convert_to_numpy(moment.value))
        found[f"gradient of weight {len(found)} ({weight.name})"] = value
    return found
