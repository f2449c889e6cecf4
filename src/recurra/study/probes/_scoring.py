"""What an answer is worth: the loss to learn by, and the skill that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recurra.study.probes._network import ProbeNetwork
from recurra.study.probes.problem import Batch, Floats

__all__ = ["Score", "loss_of", "score"]

_CHUNK = 64  # examples in a forward pass: long ones need no more memory than a step of training


class Score(NamedTuple):
    """How good answers are.

    Attributes:
        value: Mean squared error of numbers, or share of right classes.
        chance: The same of a network that has read nothing: the variance of the answers, or one
            over the number of classes.
        skill: Share of what chance gets wrong that is right: 0 for chance, 1 for all.
    """

    value: float
    chance: float
    skill: float


def score(network: ProbeNetwork, batch: Batch) -> Score:
    """Measure a network's answers.

    Args:
        network: The network.
        batch: Examples that it has not learnt from.
    """
    starts = range(0, len(batch.inputs), _CHUNK)
    parts = [network.predict(batch.inputs[s : s + _CHUNK], batch.answers) for s in starts]
    readout = np.concatenate(parts)
    if batch.targets.dtype.kind == "f":
        value, chance = float(np.mean((readout - batch.targets) ** 2)), float(batch.targets.var())
        # Weights that ran away answer anything; a huge error says no more than a large one.
        value = min(value, 1e6) if np.isfinite(value) else 1e6
        return Score(value, chance, 1 - value / chance)
    asked = batch.targets >= 0
    value, chance = float((readout.argmax(-1) == batch.targets)[asked].mean()), 1 / readout.shape[2]
    return Score(value, chance, (value - chance) / (1 - chance))


def loss_of(targets: npt.NDArray[Any]) -> Callable[[Floats], tuple[float, Floats]]:
    """Return the loss of some targets: squared error of numbers, cross-entropy of classes.

    Args:
        targets: As in `Batch`.

    Returns:
        A function from the readout to the mean loss of what is asked, and its gradient.
    """
    if targets.dtype.kind == "f":
        return lambda readout: _squared_error(readout, targets)
    return lambda readout: _cross_entropy(readout, targets)


def _squared_error(readout: Floats, targets: Floats) -> tuple[float, Floats]:
    error = readout - targets
    return float(np.mean(error**2)), error * np.float32(2 / error.size)


def _cross_entropy(readout: Floats, classes: npt.NDArray[Any]) -> tuple[float, Floats]:
    asked = classes >= 0
    shifted = readout - readout.max(-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    chosen = np.where(asked, classes, 0)[..., None]
    likelihood = np.take_along_axis(logs, chosen, -1)
    gradient = np.exp(logs)
    np.put_along_axis(gradient, chosen, np.exp(likelihood) - 1, -1)
    gradient *= (asked / asked.sum()).astype(np.float32)[..., None]
    return float(-likelihood[asked].mean()), gradient
