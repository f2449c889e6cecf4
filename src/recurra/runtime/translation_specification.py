"""What a translator is made of: the contract between builders, artifacts and the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recurra.errors import UnknownNameError
from recurra.runtime._checks import (
    LARGEST_WIDTH,
    check_bool,
    check_count,
    check_share,
    read_specification,
    write_specification,
)

__all__ = ["TRANSLATOR_ATTENTIONS", "TRANSLATOR_CELLS", "TranslatorSpecification"]

TRANSLATOR_ATTENTIONS = ("additive", "dot", "none")
TRANSLATOR_CELLS = ("rnn", "lstm", "gru")

_LEAST_TOKENS = 5  # four special tokens and one of text
_MOST_TOKENS = 1 << 24
_MOST_LAYERS = 64


@dataclass(frozen=True)
class TranslatorSpecification:
    """The architecture of an encoder-decoder.

    A network maps `source` `(batch, source_time)` and `target` `(batch, target_time)`, token ids
    post-padded with 0, to logits `(batch, target_time, target_vocabulary)`: at each step those of
    the token that follows, given the target up to there. Targets begin with `[BOS]`.

    Args:
        source_vocabulary: Rows of the source's embedding, special tokens included.
        target_vocabulary: Rows of the target's embedding, special tokens included.
        embedding: Width of a token's vector, on both sides.
        cell: `rnn`, `lstm` or `gru`.
        units: Units of every recurrent layer, of each direction.
        encoder_layers: Recurrent layers that read the source.
        decoder_layers: Recurrent layers that write the target.
        bidirectional: Read the source from both ends.
        attention: Over the encoder's states: `additive`, `dot` or `none`; without it the decoder
            reads the encoder's last state at every step.
        dropout: Share of each recurrent layer's inputs, and of what the output layer reads,
            dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        tie_weights: The output layer's matrix is the target's embedding.

    Raises:
        UnknownNameError: If `cell` or `attention` is unknown.
        UsageError: If a number is out of its range.
    """

    source_vocabulary: int
    target_vocabulary: int
    embedding: int = 256
    cell: str = "gru"
    units: int = 256
    encoder_layers: int = 1
    decoder_layers: int = 1
    bidirectional: bool = True
    attention: str = "additive"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    tie_weights: bool = False

    def __post_init__(self) -> None:
        if self.cell not in TRANSLATOR_CELLS:
            raise UnknownNameError("cell", str(self.cell), TRANSLATOR_CELLS)
        if self.attention not in TRANSLATOR_ATTENTIONS:
            raise UnknownNameError("attention", str(self.attention), TRANSLATOR_ATTENTIONS)
        for name, (least, most) in _RANGES.items():
            check_count(name, getattr(self, name), least, most)
        for name in ("dropout", "recurrent_dropout"):
            check_share(name, getattr(self, name))
        for name in ("bidirectional", "tie_weights"):
            check_bool(name, getattr(self, name))

    @property
    def memory_width(self) -> int:
        """Width of the encoder's states: both directions side by side."""
        return self.units * (1 + self.bidirectional)

    @property
    def readout_width(self) -> int:
        """Width of what the output layer reads; the embedding's where their weights are tied."""
        return self.embedding if self.tie_weights else self.units

    def start_layer(self, decoder_layer: int) -> int:
        """Return the encoder layer whose last states start a decoder layer.

        Layers are matched from the top; where the decoder has more, the rest share the first.
        """
        return max(0, decoder_layer + self.encoder_layers - self.decoder_layers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> TranslatorSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)


_RANGES = {
    "source_vocabulary": (_LEAST_TOKENS, _MOST_TOKENS),
    "target_vocabulary": (_LEAST_TOKENS, _MOST_TOKENS),
    "embedding": (1, LARGEST_WIDTH),
    "units": (1, LARGEST_WIDTH),
    "encoder_layers": (1, _MOST_LAYERS),
    "decoder_layers": (1, _MOST_LAYERS),
}
