"""What a language model is made of: the contract between builders, artifacts and the runtime."""

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

__all__ = ["LANGUAGE_CELLS", "LANGUAGE_INPUTS", "LanguageModelSpecification"]

LANGUAGE_CELLS = ("rnn", "lstm", "gru")
LANGUAGE_INPUTS = ("tokens", "rolls")

_LARGEST_TABLE = 1 << 31


@dataclass(frozen=True)
class LanguageModelSpecification:
    """The architecture of a language model: what comes next, at every position of a sequence.

    With `tokens` a network maps ids `(batch, time)` to logits `(batch, time, vocabulary)` of a
    softmax over the next token. With `rolls` it maps `(batch, time, vocabulary)`, 1 for each note
    that sounds, to logits of the same shape, each of a sigmoid of its own.

    Args:
        vocabulary: Tokens, or notes.
        embedding: Width of a token's vector; of a roll, the sum of its notes' vectors is read.
        cell: `rnn`, `lstm` or `gru`.
        units: Units of each recurrent layer, from the first to the last.
        tie_weights: Score tokens by their own vectors (Press & Wolf 2017): the output layer's
            kernel is the transposed embedding, without a bias. Where the last layer's width is
            another, a dense layer `projection` stands between. Not for rolls.
        dropout: Share of what each recurrent layer and the output layer read that is dropped in
            training, the same at all steps of a row (Gal & Ghahramani 2016).
        recurrent_dropout: Share of the state dropped in training.
        weight_drop: Share of the recurrent kernels' entries dropped in training, the same for a
            whole batch (DropConnect on the state; Merity et al. 2017).
        embedding_dropout: Share of the vocabulary whose vectors are dropped in training, the same
            for a whole batch (Merity et al. 2017). Not for rolls.
        inputs: `tokens` or `rolls`.

    Raises:
        UnknownNameError: If `cell` or `inputs` is unknown.
        UsageError: If a number is out of its range, or rolls have no such option.
    """

    vocabulary: int
    embedding: int = 128
    cell: str = "lstm"
    units: tuple[int, ...] = (256,)
    tie_weights: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    weight_drop: float = 0.0
    embedding_dropout: float = 0.0
    inputs: str = "tokens"

    def __post_init__(self) -> None:
        if self.cell not in LANGUAGE_CELLS:
            raise UnknownNameError("cell", str(self.cell), LANGUAGE_CELLS)
        if self.inputs not in LANGUAGE_INPUTS:
            raise UnknownNameError("inputs", str(self.inputs), LANGUAGE_INPUTS)
        check_count("vocabulary", self.vocabulary, 2, _LARGEST_TABLE)
        check_count("embedding", self.embedding, 1, LARGEST_WIDTH)
        check_counts("units", self.units, least=1)
        check_bool("tie_weights", self.tie_weights)
        for name in _SHARES:
            check_share(name, getattr(self, name))
        if self.inputs == "rolls":
            _check_rolls(self)

    @property
    def has_projection(self) -> bool:
        """Whether a dense layer brings the last state to the width of the tied embedding."""
        return self.tie_weights and self.units[-1] != self.embedding

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> LanguageModelSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)


_SHARES = ("dropout", "recurrent_dropout", "weight_drop", "embedding_dropout")


def _check_rolls(spec: LanguageModelSpecification) -> None:
    for name in ("tie_weights", "embedding_dropout"):
        if getattr(spec, name):
            raise UsageError(f"rolls have no {name} (it came as {getattr(spec, name)!r})")
