"""Encoded running text in constant memory, and batches of contiguous streams of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError, UsageError
from recurra.sequences.corpora import CorpusChunk
from recurra.sequences.ragged import EncodedTextsWriter
from recurra.sequences.text import UNK_ID
from recurra.sequences.tokenizer import EOS_ID, Tokenizer

__all__ = ["StreamBatches", "TokenStream", "encode_stream"]


@dataclass(frozen=True, eq=False)
class TokenStream:
    """Running text as token ids.

    Attributes:
        ids: Token ids, shape `(tokens,)`, uint8, uint16 or uint32; in memory or mapped from a file.
        characters: Characters of the text; what bits per character are counted by.
        unknown: How many of the tokens are the unknown one.
    """

    ids: NDArray[Any]
    characters: int
    unknown: int

    def __len__(self) -> int:
        return len(self.ids)


def encode_stream(
    chunks: Iterable[CorpusChunk], tokenizer: Tokenizer, folder: str | Path | None = None
) -> TokenStream:
    """Encode text chunk by chunk, with the end-of-sequence token after every document.

    Args:
        chunks: The text, from `Corpus.iter_chunks`.
        tokenizer: A fitted tokenizer, not one of sentences.
        folder: Folder for a nameless temporary file, which the operating system removes when the
            process ends; `None` keeps the ids in memory.

    Returns:
        The stream.

    Raises:
        UsageError: If the tokenizer is one of sentences, or the folder is none.
        OutputError: If the temporary file cannot be written.
    """
    if tokenizer.sentences:
        raise UsageError("a tokenizer of sentences cannot encode running text: sentences=False")
    end = np.array([EOS_ID], dtype=np.int32)
    characters = unknown = 0
    with EncodedTextsWriter(folder, _stream_dtype(tokenizer.vocabulary_size)) as writer:
        for chunk in chunks:
            ids = tokenizer.encode(chunk.text)
            characters += len(chunk.text)
            unknown += int(np.count_nonzero(ids == UNK_ID))
            writer.append([ids, end] if chunk.ends_document else [ids])
        return TokenStream(writer.close().tokens, characters, unknown)


@dataclass(frozen=True, eq=False)
class StreamBatches:
    """Batches in which every row goes on where the same row of the batch before ended.

    The text is a ring: its end is followed by its beginning. The rows begin evenly spaced on it,
    from an offset that differs from epoch to epoch, so that cuts between rows and the tokens left
    over fall elsewhere each time.

    Attributes:
        ids: Token ids, shape `(tokens,)`.
        batch_size: Rows in a batch.
        sequence_length: Steps in a batch.
    """

    ids: NDArray[Any]
    batch_size: int
    sequence_length: int

    def __post_init__(self) -> None:
        if self.batch_size < 1 or self.sequence_length < 1:
            raise UsageError(
                "batch_size and sequence_length must be 1 or more, "
                f"not {self.batch_size} and {self.sequence_length}"
            )
        needed = self.batch_size * self.sequence_length
        if len(self.ids) < max(needed, 2):
            raise DataError(
                f"the text has {len(self.ids)} tokens, one batch of {self.batch_size} rows and "
                f"{self.sequence_length} steps needs {max(needed, 2)}; take a smaller batch_size "
                "or sequence_length, or a longer text"
            )

    def __len__(self) -> int:
        """Batches in one pass over the text."""
        return len(self.ids) // (self.batch_size * self.sequence_length)

    def offset(self, generator: np.random.Generator) -> int:
        """Draw where an epoch begins."""
        return int(generator.integers(len(self.ids)))

    def batch(self, index: int, offset: int = 0) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Collect one batch.

        Args:
            index: Its number in the epoch, from 0; any number goes on around the ring.
            offset: Where the epoch begins.

        Returns:
            Inputs and targets, the same one token later: int32, shape `(batch, time)` each.
        """
        starts = np.arange(self.batch_size, dtype=np.int64) * (len(self.ids) // self.batch_size)
        steps = np.arange(self.sequence_length + 1, dtype=np.int64)
        first = offset + index * self.sequence_length
        places = (first + starts[:, None] + steps) % len(self.ids)
        tokens = np.asarray(self.ids[places], dtype=np.int32)
        return tokens[:, :-1], tokens[:, 1:]

    def plan(
        self, offset: int = 0, *, count: int | None = None
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of an epoch.

        Args:
            offset: Where the epoch begins, see `offset`.
            count: Number of batches; one pass when `None`.

        Yields:
            Inputs and targets as from `batch`.
        """
        return (self.batch(i, offset) for i in range(len(self) if count is None else count))


def _stream_dtype(vocabulary_size: int) -> np.dtype[Any]:
    """Return the smallest type without sign that holds all ids."""
    return np.min_scalar_type(vocabulary_size - 1)
