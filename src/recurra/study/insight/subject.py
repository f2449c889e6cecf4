"""One input of one model, ready to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ModelInput", "Replace", "Subject", "TensorFunction"]

TensorFunction: TypeAlias = Callable[[Any], Any]
Replace: TypeAlias = Callable[[NDArray[np.bool_], np.random.Generator], Any]


@dataclass(frozen=True)
class ModelInput:
    """One input of a model, where a layer's output would stand: to differentiate or to replace it.

    Attributes:
        key: Its key among the model's inputs: a name of a dict, a place in a list, or None where
            there is only one.
    """

    key: str | int | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """One input of one model, with all that the insight needs to know of its task.

    Attributes:
        model: The `keras.Model`.
        inputs: What it is called with, the batch axis of length 1: an array, or a list or a dict
            of arrays.
        labels: Name of each time step: its token or time stamp.
        task: Task of the model, such as `"text-classification"`.
        name: Name of the model to show.
        answer: The model's answer, `(name, value)`, the best first.
        explained: What `score` is, such as `"log-odds of 'pos'"`.
        score: The explained score, `(batch,)`, of the model's outputs; written with `keras.ops`,
            so that every backend can differentiate it.
        loss: The training loss of this input, `(batch,)`, of the model's outputs; written with
            `keras.ops` too.
        replace: Exchanges steps of the input: takes a bool array `(rows, time)`, True where a step
            is to be exchanged, and a generator; returns inputs for the model with as many rows.
        vectors: The Keras layer whose output `(batch, time, width)` stands for the steps (an
            embedding); None where the model's input itself is continuous.
        sequence: Which input holds the steps, a key of `inputs`; None where there is only one.
        empty: Values that say nothing, `(time, width)`, where attributions begin; None where that
            is what `replace` gives when every step is exchanged, or zeros of `vectors`.
        attention: Returns the attention weight of each step, `(time,)`, or None where the model
            has no attention.
        layer_labels: Names of the steps of recurrent layers that run over other steps than
            `labels` (the decoder of a translator), by the layer's name.
        answers_last: Whether the answer comes after the last step; otherwise steps are not so far
            back from it, and there is no curve of the memory.
    """

    model: Any
    inputs: Any
    labels: tuple[str, ...]
    task: str
    name: str
    answer: tuple[tuple[str, float], ...]
    explained: str
    score: TensorFunction
    loss: TensorFunction
    replace: Replace
    vectors: Any | None = None
    sequence: str | int | None = None
    empty: NDArray[np.float32] | None = None
    attention: Callable[[], NDArray[np.float32] | None] = lambda: None
    layer_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers_last: bool = True

    @property
    def source(self) -> Any:
        """Where the steps enter as vectors: the layer `vectors`, or the input itself."""
        return ModelInput(self.sequence) if self.vectors is None else self.vectors
