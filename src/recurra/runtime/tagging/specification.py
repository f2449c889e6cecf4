"""What a tagger is made of: the contract between builders, artifacts and the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.errors import UnknownNameError
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

__all__ = ["TaggerSpecification"]

_LARGEST_TABLE = 1 << 31


@dataclass(frozen=True)
class TaggerSpecification:
    """The architecture of a tagger.

    Args:
        words: Rows of the words' embedding; row 0 is padding, row 1 unknown words.
        characters: Rows of the characters' embedding.
        tags: Number of tags, at least 2.
        embedding: Width of a word's vector; 0 for none, so that characters alone are read.
        character_embedding: Width of a character's vector.
        character_units: Units of the layer that reads a word's characters, of each direction if it
            is bidirectional; 0 for none.
        cell: `dense` (each token alone), `rnn`, `lstm` or `gru`, for characters and words.
        units: Units of each recurrent layer over the words; of the hidden layers for `dense`.
        bidirectional: Read words and characters from both ends.
        crf: A linear-chain conditional random field over the tags instead of a softmax for each.
        dropout: Share of each recurrent layer's inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        character_dropout: Share of the channels of the characters' vectors dropped in training.
        input_dropout: Share of the channels of the words' vectors dropped in training.
        head_dropout: Share of the channels of the last states dropped in training.

    Raises:
        UnknownNameError: If `cell` is unknown.
        UsageError: If a number is out of its range.
    """

    words: int
    characters: int
    tags: int
    embedding: int = 100
    character_embedding: int = 32
    character_units: int = 64
    cell: str = "lstm"
    units: tuple[int, ...] = (200, 200)
    bidirectional: bool = True
    crf: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    character_dropout: float = 0.0
    input_dropout: float = 0.0
    head_dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise UnknownNameError("cell", str(self.cell), CELLS)
        for name in ("words", "characters", "tags"):
            check_count(name, getattr(self, name), 2, _LARGEST_TABLE)
        check_count("character_units", self.character_units, 0, LARGEST_WIDTH)
        check_count("character_embedding", self.character_embedding, 1, LARGEST_WIDTH)
        check_count("embedding", self.embedding, 0 if self.character_units else 1, LARGEST_WIDTH)
        check_counts("units", self.units, least=1)
        for name in _SHARES:
            check_share(name, getattr(self, name))
        for name in ("bidirectional", "crf"):
            check_bool(name, getattr(self, name))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> TaggerSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)


_SHARES = ("dropout", "recurrent_dropout", "character_dropout", "input_dropout", "head_dropout")
