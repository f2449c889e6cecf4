"""What a task of a probe is: examples to learn from, and what answers to them are worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Batch", "Floats", "Generate", "Problem", "one_hot"]

Floats = npt.NDArray[np.float32]


class Batch(NamedTuple):
    """Examples of a task.

    Attributes:
        inputs: Shape `(batch, time, features)`.
        targets: What to answer at the last steps: numbers, float32, `(batch, answers, outputs)`;
            or classes, integers, `(batch, answers)`, -1 where a step is not asked.
    """

    inputs: Floats
    targets: npt.NDArray[Any]

    @property
    def answers(self) -> int:
        """How many of the last steps are asked."""
        return int(self.targets.shape[1])


Generate = Callable[[np.random.Generator, int, int], Batch]
"""Draws some examples (the second argument) of a length (the third)."""


@dataclass(frozen=True)
class Problem:
    """One task.

    Attributes:
        title: Name to show.
        question: What is read and what is asked.
        source: Where it was posed.
        unit: What its lengths count.
        lengths: The default lengths, growing.
        shortest: The shortest length there is.
        outputs: Width of an answer: classes, or numbers.
        generate: Draws examples to learn from.
        watch: Draws the examples that tell when a length is learnt; None: as for learning.
        test: Draws the examples that are measured; None: as those that are watched.
        enough: Skill at which the training of a length ends.
        trained: The longest length that is learnt, longer ones are only measured; None: all are.
        grows: Whether a length goes on with the weights of the one before, and is the last where
            it is not solved; otherwise each starts anew.
    """

    title: str
    question: str
    source: str
    unit: str
    lengths: tuple[int, ...]
    shortest: int
    outputs: int
    generate: Generate
    watch: Generate | None = None
    test: Generate | None = None
    enough: float = 0.97
    trained: int | None = None
    grows: bool = True

    @property
    def watched(self) -> Generate:
        """Draws the examples that tell when a length is learnt."""
        return self.watch or self.generate

    @property
    def measured(self) -> Generate:
        """Draws the examples that are measured."""
        return self.test or self.watched


def one_hot(symbols: npt.NDArray[np.integer[Any]], classes: int) -> Floats:
    """Return symbols as unit vectors, shape `(*symbols.shape, classes)`."""
    units: Floats = np.eye(classes, dtype=np.float32)[symbols]
    return units
