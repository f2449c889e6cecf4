"""Where a training run stands: what a checkpoint keeps and an observer is told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

__all__ = ["TrainingState"]


@dataclass
class TrainingState:
    """Where a training run stands after its last finished epoch.

    Attributes:
        epoch: Epochs finished.
        best_epoch: The epoch with the best monitored value, counted from 1; 0 before any.
        best_value: That value.
        waited: Epochs since then.
        since_reduction: Epochs since then or since the last reduction of the learning rate.
        learning_rate: The rate of the next epoch.
        stopped: Training stopped early.
        history: A list of values per epoch for each metric.
        seconds: Duration of each epoch, validation included.
        samples: What the network has written: objects of `epoch` and `text`.
    """

    learning_rate: float
    epoch: int = 0
    best_epoch: int = 0
    best_value: float = math.inf
    waited: int = 0
    since_reduction: int = 0
    stopped: bool = False
    history: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
