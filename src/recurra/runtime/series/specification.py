"""What a network over sequences of numbers is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.errors import UnknownNameError, UsageError
from recurra.runtime._checks import (
    LARGEST_WIDTH,
    check_bool,
    check_count,
    check_counts,
    check_share,
    read_specification,
    write_specification,
)
from recurra.runtime.specification import CELLS, POOLINGS

__all__ = ["SEQUENCE_TASKS", "SequenceSpecification"]

SEQUENCE_TASKS = ("classification", "regression")
_LONGEST_STRIDE = 1024


@dataclass(frozen=True)
class SequenceSpecification:
    """The architecture of a network that answers once for a sequence of numbers.

    Args:
        features: Values of a step.
        outputs: Number of classes, at least 2; 1 for regression.
        task: `"classification"` (probabilities of the classes) or `"regression"` (one number).
        cell: `dense` (order-blind mean of the steps), `rnn`, `lstm` or `gru`.
        units: Units of each recurrent layer, from the first to the last; of the hidden layer for
            `dense`.
        bidirectional: Read every layer's input from both ends.
        pooling: What the head reads: the `last` state, the `mean` or `max` over time, both
            (`mean_max`), or `attention` over time.
        dropout: Share of each recurrent layer's inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        input_dropout: Share of the values dropped in training.
        head: Units of the dense layers between pooling and output.
        head_dropout: Dropout of what the output layer reads.
        batch_normalization: Normalise after every recurrent layer and dense layer.
        stride: Steps that are laid side by side and read as one; 1 for none.

    Raises:
        UnknownNameError: If `cell`, `pooling` or `task` is unknown.
        UsageError: If a number is out of its range.
    """

    features: int
    outputs: int
    task: str = "classification"
    cell: str = "gru"
    units: tuple[int, ...] = (64,)
    bidirectional: bool = False
    pooling: str = "last"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    input_dropout: float = 0.0
    head: tuple[int, ...] = ()
    head_dropout: float = 0.0
    batch_normalization: bool = False
    stride: int = 1

    def __post_init__(self) -> None:
        for name, known in (("task", SEQUENCE_TASKS), ("cell", CELLS), ("pooling", POOLINGS)):
            if getattr(self, name) not in known:
                raise UnknownNameError(name, str(getattr(self, name)), known)
        check_count("features", self.features, 1, LARGEST_WIDTH)
        fewest, most = (2, LARGEST_WIDTH) if self.task == "classification" else (1, 1)
        check_count("outputs", self.outputs, fewest, most)
        check_count("stride", self.stride, 1, _LONGEST_STRIDE)
        check_counts("units", self.units, least=1)
        check_counts("head", self.head, least=0)
        for name in ("dropout", "recurrent_dropout", "input_dropout", "head_dropout"):
            check_share(name, getattr(self, name))
        for name in ("bidirectional", "batch_normalization"):
            check_bool(name, getattr(self, name))

    @property
    def width(self) -> int:
        """Values that the first layer reads at once."""
        return self.features * self.stride

    @property
    def output_layer(self) -> str:
        """Name of the last dense layer."""
        return "logits" if self.task == "classification" else "output"

    @property
    def streams(self) -> bool:
        """Whether it can answer while a sequence is still going on."""
        return self.cell == "dense" or not self.bidirectional

    def check_streams(self) -> None:
        """Refuse to answer while a sequence is still going on where the network needs its end.

        Raises:
            UsageError: If it reads from both ends.
        """
        if not self.streams:
            raise UsageError(
                "a bidirectional network has to know the end of a sequence before it can answer; "
                "train with --one-direction or bidirectional=False to stream"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> SequenceSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)
