"""What a text classifier is made of: the contract between builders, artifacts and the runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from recurra._types import Cell, Pooling
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

__all__ = ["CELLS", "POOLINGS", "ClassifierSpecification"]

CELLS: tuple[str, ...] = get_args(Cell)
POOLINGS: tuple[str, ...] = get_args(Pooling)

_LARGEST_TABLE = 1 << 31


@dataclass(frozen=True)
class ClassifierSpecification:
    """The architecture of a text classifier.

    Args:
        vocabulary: Rows of the embedding; row 0 is padding, row 1 unknown tokens.
        classes: Number of classes, at least 2.
        embedding: Width of a token's vector.
        cell: `dense` (order-blind mean of the embeddings), `rnn`, `lstm` or `gru`.
        units: Units of each recurrent layer, from the first to the last; of the hidden layer for
            `dense`.
        bidirectional: Read every layer's input from both ends.
        pooling: What the head reads: the `last` state, the `mean` or `max` over time, both
            (`mean_max`), or `attention` over time.
        dropout: Share of each recurrent layer's inputs dropped in training.
        recurrent_dropout: Share of the state dropped in training.
        embedding_dropout: Share of embedding channels dropped in training, whole texts at a time.
        head: Units of the dense layers between pooling and softmax.
        head_dropout: Dropout of what the softmax layer reads.
        batch_normalization: Normalise after every recurrent layer and dense layer.
        ngrams: Rows of the n-gram table of the wide part; 0 for none.
        ngram_orders: Lengths of the n-grams, for example `(1, 2, 3)`.

    Raises:
        UnknownNameError: If `cell` or `pooling` is unknown.
        UsageError: If a number is out of its range.
    """

    vocabulary: int
    classes: int
    embedding: int = 64
    cell: str = "lstm"
    units: tuple[int, ...] = (64,)
    bidirectional: bool = False
    pooling: str = "last"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    embedding_dropout: float = 0.0
    head: tuple[int, ...] = ()
    head_dropout: float = 0.0
    batch_normalization: bool = False
    ngrams: int = 0
    ngram_orders: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise UnknownNameError("cell", str(self.cell), CELLS)
        if self.pooling not in POOLINGS:
            raise UnknownNameError("pooling", str(self.pooling), POOLINGS)
        check_count("vocabulary", self.vocabulary, 2, _LARGEST_TABLE)
        check_count("classes", self.classes, 2, _LARGEST_TABLE)
        check_count("embedding", self.embedding, 1, LARGEST_WIDTH)
        check_count("ngrams", self.ngrams, 0, _LARGEST_TABLE)
        check_counts("units", self.units, least=1)
        check_counts("head", self.head, least=0)
        check_counts("ngram_orders", self.ngram_orders, least=0)
        for name in _SHARES:
            check_share(name, getattr(self, name))
        for name in ("bidirectional", "batch_normalization"):
            check_bool(name, getattr(self, name))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return write_specification(self)

    @classmethod
    def from_dict(cls, values: Any) -> ClassifierSpecification:
        """Read the specification of an artifact.

        Raises:
            CorruptArtifactError: If a field is missing, unknown or out of its range.
        """
        return read_specification(cls, values)


_SHARES = ("dropout", "recurrent_dropout", "embedding_dropout", "head_dropout")
