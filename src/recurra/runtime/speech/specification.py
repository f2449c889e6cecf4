"""What a recognizer is made of: the contract between builders, artifacts and the runtime."""

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
from recurra.runtime.specification import CELLS

__all__ = ["RecognizerSpecification"]

_LONGEST_STRIDE = 64


@dataclass(frozen=True)
class RecognizerSpecification:
    """The architecture of a network that turns frames of sound into symbols.

    Args:
        features: Values of a frame.
        outputs: Symbols and the blank, which has the number 0; at least 2.
        cell: `dense` (each frame alone), `rnn`, `lstm` or `gru`.
        units: Units of each layer, from the first to the last.
        bidirectional: Read every layer's input from both ends.
        dropout: Share of each recurrent layer's inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        input_dropout: Share of the values dropped in training.
        head_dropout: Share of the channels of the last states dropped in training.
        stride: Frames that are laid side by side and read as one; a symbol needs one such step.

    Raises:
        UnknownNameError: If `cell` is unknown.
        UsageError: If a number is out of its range.
    """

    features: int
    outputs: int
    cell: str = "gru"
    units: tuple[int, ...] = (128, 128)
    bidirectional: bool = True
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    input_dropout: float = 0.0
    head_dropout: float = 0.0
    stride: int = 3

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise UnknownNameError("cell", str(self.cell), CELLS)
        check_count("features", self.features, 1, LARGEST_WIDTH)
        check_count("outputs", self.outputs, 2, LARGEST_WIDTH + 1)
        check_count("stride", self.stride, 1, _LONGEST_STRIDE)
        check_counts("units", self.units, least=1)
        for name in ("dropout", "recurrent_dropout", "input_dropout", "head_dropout"):
            check_share(name, getattr(self, name))
        check_bool("bidirectional", self.bidirectional)

    @property
    def width(self) -> int:
        """Values that the first layer reads at once."""
        return self.features * self.stride

    @property
    def streams(self) -> bool:
        """Whether it can answer while the sound is still going on."""
        return self.cell == "dense" or not self.bidirectional

    def check_streams(self) -> None:
        """Refuse to answer while the sound is still going on where the network needs its end.

        Raises:
            UsageError: If it reads from both ends.
        """
        if not self.streams:
            raise UsageError(
                "a bidirectional network has to know the end of the sound before it can write; "
                "train with bidirectional=False (--one-direction) to stream"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> RecognizerSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)
