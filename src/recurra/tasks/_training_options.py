"""How to train: what every task's settings turn into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from recurra.errors import UnknownNameError

__all__ = ["DECAYS", "TrainingOptions", "learning_rate"]

DECAYS = ("plateau", "linear", "cosine")


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Args:
        epochs: The most epochs to train.
        batch_size: Sequences in one step.
        learning_rate: Adam's first learning rate.
        patience: Epochs without a better validation loss before training stops.
        plateau_patience: Epochs without a better validation loss before the rate is lowered.
        plateau_factor: What the rate is multiplied by then.
        decay: How the rate falls: `"plateau"` as above, or after every step on a `"linear"` or
            `"cosine"` (Loshchilov & Hutter 2017) way to the smallest rate at the last epoch's end.
        smallest_learning_rate: The rate is never lowered below this.
        clip_norm: The gradient's global norm is clipped to this.
        averaging: Momentum of a moving average over the weights after each step (Polyak &
            Juditsky 1992), which is what is validated and kept; 0 keeps the weights themselves.
            It is lowered where it would span more than a third of an epoch.
        monitor: The validation figure that decides; a `loss` is better when lower. With `None`
            nothing is held out to decide: training goes to its end, and the last weights are kept.
        judge_start: Validate the first weights too, and keep them if no epoch is better.
    """

    epochs: int = 5
    batch_size: int = 64
    learning_rate: float = 1e-3
    patience: int = 2
    plateau_patience: int = 1
    plateau_factor: float = 0.3
    decay: str = "plateau"
    smallest_learning_rate: float = 1e-5
    clip_norm: float = 1.0
    averaging: float = 0.0
    monitor: str | None = "val_loss"
    judge_start: bool = False

    def __post_init__(self) -> None:
        if self.decay not in DECAYS:
            raise UnknownNameError("decay", str(self.decay), DECAYS)


def learning_rate(options: TrainingOptions, steps: int) -> Any:
    """Return the optimizer's rate: a number, or a schedule.

    Args:
        options: How to train.
        steps: Steps of the whole training, over which a schedule goes down.
    """
    first = options.learning_rate
    smallest = min(first, options.smallest_learning_rate)
    if options.decay == "cosine":
        return keras.optimizers.schedules.CosineDecay(first, steps, alpha=smallest / first)
    if options.decay == "linear":
        return keras.optimizers.schedules.PolynomialDecay(first, steps, smallest)
    return first
