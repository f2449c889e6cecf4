"""Watching gradients while training: how large they are, and whether that is a trouble.

The optimizer sees every gradient of every step, so it is the one that measures: on each backend,
inside the compiled step, with dropout and before clipping. No step is computed twice, and the
numbers of the training stay what they are.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from recurra.models import named_variables

__all__ = ["GradientWatch", "WatchedAdam"]

_WATCHED = "gradient_norm"
# Mean and largest norm in multiples of the norm that gradients are clipped to; both must be passed.
# Measured on IMDb: an LSTM that learns has 3 and in its first epoch 105, a SimpleRNN that learns
# less well 7 and 205, SimpleRNNs that do not learn 10 to 11 and 34 to 215; on chorales a GRU has
# 9.5 and 18.
_EXPLODING = (10.0, 30.0)
# A forecaster that starts from the linear forecast and then learns has a kernel of 0.001.
_VANISHING = 1e-4
_KERNELS = ("kernel", "recurrent_kernel")


@keras.saving.register_keras_serializable(package="recurra")
class WatchedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Adam that keeps the norms of the gradients it is given, before it clips them.

    Attributes:
        norm_sums: Sum over the steps of each weight's gradient norm, and of the norm over all
            weights last, shape `(weights + 1,)`.
        norm_maxima: The largest of each, same shape.
        step_counts: Steps, and those that were clipped, shape `(2,)`.
    """

    def build(self, variables: list[Any]) -> None:
        """Make the optimizer's variables."""
        if self.built:
            return
        super().build(variables)
        size = len(variables) + 1
        self.norm_sums = self.add_variable((size,), name="norm_sums")
        self.norm_maxima = self.add_variable((size,), name="norm_maxima")
        self.step_counts = self.add_variable((2,), name="step_counts")

    def apply(self, grads: list[Any], trainable_variables: list[Any] | None = None) -> None:
        """Measure the gradients, then make the step."""
        squares = [_square_sum(gradient) for gradient in grads]
        norms = ops.sqrt(ops.stack([*squares, ops.sum(ops.stack(squares))]))
        clipped = norms[-1] > (self.global_clipnorm or np.inf)
        self.norm_sums.assign(self.norm_sums + norms)
        self.norm_maxima.assign(ops.maximum(self.norm_maxima, norms))
        self.step_counts.assign(
            self.step_counts + ops.stack([ops.ones(()), ops.cast(clipped, "float32")])
        )
        super().apply(grads, trainable_variables)

    def forget_norms(self) -> None:
        """Begin a new epoch."""
        for variable in (self.norm_sums, self.norm_maxima, self.step_counts):
            variable.assign(ops.zeros_like(variable.value))


class GradientWatch:
    """Reads what a `WatchedAdam` has measured in an epoch, and warns once of each trouble.

    The figures of an epoch, all before clipping:
        `gradient_norm`, `gradient_norm_max`: Mean and largest norm over all weights.
        `gradients_clipped`: Share of the steps whose gradient was clipped.
        `gradient_norm/<weight>`, `gradient_norm_max/<weight>`: The same of one weight, named as in
            the artifact, for example `recurrent_0/recurrent_kernel`.
    """

    def __init__(self, model: keras.Model) -> None:
        """Watch a model that is compiled with a built `WatchedAdam`."""
        names = {id(variable): name for name, variable in named_variables(model)}
        self._optimizer: WatchedAdam = model.optimizer
        self._names = [names[id(variable)] for variable in model.trainable_variables]
        self._sizes = [int(np.prod(variable.shape)) for variable in model.trainable_variables]
        self._warned: set[str] = set()

    def start_epoch(self) -> None:
        """Forget the epoch before."""
        self._optimizer.forget_norms()

    def figures(self) -> dict[str, float]:
        """Return the figures of the epoch so far."""
        steps, clipped = (float(count) for count in _array(self._optimizer.step_counts))
        means = _array(self._optimizer.norm_sums) / max(1.0, steps)
        maxima = _array(self._optimizer.norm_maxima)
        found = {_WATCHED: float(means[-1]), f"{_WATCHED}_max": float(maxima[-1])}
        found["gradients_clipped"] = clipped / max(1.0, steps)
        for name, mean, largest in zip(self._names, means, maxima, strict=False):
            found[f"{_WATCHED}/{name}"] = float(mean)
            found[f"{_WATCHED}_max/{name}"] = float(largest)
        return found

    def warn(self, figures: Mapping[str, float]) -> None:
        """Warn in plain words, the first time that gradients vanish or explode."""
        for trouble, words in (
            ("exploding", self._exploding(figures)),
            ("vanishing", self._vanishing(figures)),
        ):
            if words is not None and trouble not in self._warned:
                self._warned.add(trouble)
                warnings.warn(words, UserWarning, stacklevel=2)

    def _exploding(self, figures: Mapping[str, float]) -> str | None:
        """Return the warning, where gradients are many times what a step may use of them."""
        mean, largest = figures[_WATCHED], figures[f"{_WATCHED}_max"]
        limit = self._optimizer.global_clipnorm
        if not limit or mean <= _EXPLODING[0] * limit or largest <= _EXPLODING[1] * limit:
            return None
        weight = max(self._names, key=lambda name: figures[f"{_WATCHED}_max/{name}"])
        return (
            f"gradients explode: their norm was {mean:.3g} in the mean, up to {largest:.3g}, most "
            f"of it in {weight}, while steps are clipped to {limit:g}, so that a few sequences "
            "decide where training goes; lower the learning rate, read shorter sequences, take "
            "fewer layers, or an LSTM or GRU for a SimpleRNN"
        )

    def _vanishing(self, figures: Mapping[str, float]) -> str | None:
        """Return the warning, where a layer's gradients are tiny beside another's.

        Compared are root mean squares over the entries of kernels. Against each other, since all
        gradients are small where there is nothing left to learn; kernels, since of an embedding
        each batch reaches a few rows only.
        """
        sizes = dict(zip(self._names, self._sizes, strict=True))
        typical = {
            name: figures[f"{_WATCHED}/{name}"] / sizes[name] ** 0.5
            for name in self._names
            if name.rsplit("/", 1)[-1] in _KERNELS
        }
        if not typical:
            return None
        small, large = min(typical, key=typical.__getitem__), max(typical, key=typical.__getitem__)
        if typical[small] >= _VANISHING * typical[large]:
            return None
        return (
            f"gradients vanish: those of {small} ({typical[small]:.2g} a weight) are less than a "
            f"ten-thousandth of those of {large} ({typical[large]:.2g}), so that {small} hardly "
            "learns; take fewer layers, an LSTM or GRU for a SimpleRNN, batch normalization, or "
            "shorter sequences"
        )


def _square_sum(gradient: Any) -> Any:
    if gradient is None:
        return ops.zeros(())
    return ops.sum(ops.square(ops.convert_to_tensor(gradient)))


def _array(variable: Any) -> NDArray[Any]:
    return np.asarray(ops.convert_to_numpy(variable.value), dtype=np.float64)
