"""Sequences of token ids of different lengths, stored one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from recurra.errors import OutputError, ShapeError, UsageError

__all__ = ["EncodedTexts", "EncodedTextsWriter", "token_dtype"]


def token_dtype(vocabulary_size: int) -> np.dtype[Any]:
    """Return the smallest of uint16 and int32 that holds the ids `0..vocabulary_size - 1`."""
    return np.dtype(np.uint16 if vocabulary_size < 2**16 else np.int32)


class EncodedTexts:
    """Encoded texts as one flat array of tokens and the offsets of the rows.

    Attributes:
        tokens: All token ids, shape `(tokens,)`, uint16 or int32; in memory or mapped from a file.
        offsets: Where each row begins, int64, shape `(rows + 1,)`.
    """

    def __init__(self, tokens: NDArray[Any], offsets: ArrayLike) -> None:
        """Join tokens and offsets.

        Args:
            tokens: Token ids of all rows, one row after the other.
            offsets: Start of each row and, last, the number of tokens; never decreasing.

        Raises:
            ShapeError: If the offsets do not describe the tokens.
        """
        self.tokens = tokens
        self.offsets: NDArray[np.int64] = np.asarray(offsets, dtype=np.int64)
        _check_offsets(self.tokens, self.offsets)

    @classmethod
    def from_sequences(
        cls, sequences: Iterable[ArrayLike], dtype: DTypeLike = np.int32
    ) -> EncodedTexts:
        """Store rows in memory.

        Args:
            sequences: Token ids of each row, shape `(time,)`.
            dtype: Data type of the stored tokens.

        Returns:
            The rows, in order.
        """
        with EncodedTextsWriter(None, dtype) as writer:
            writer.append([np.asarray(row) for row in sequences])
            return writer.close()

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each row, shape `(rows,)`."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> NDArray[Any]:
        """Return one row, shape `(time,)`, as a view."""
        row = range(len(self))[index]
        return self.tokens[self.offsets[row] : self.offsets[row + 1]]

    def batch(self, indices: ArrayLike, time: int) -> NDArray[np.int32]:
        """Collect rows into one array, padded with 0 at the end.

        Args:
            indices: Row numbers, shape `(batch,)`.
            time: Steps of the result; no row may be longer.

        Returns:
            int32 array of shape `(batch, time)`.

        Raises:
            ShapeError: If a row is longer than `time`.
        """
        rows = np.asarray(indices, dtype=np.int64)
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        if lengths.size and lengths.max() > time:
            raise ShapeError(
                f"a row has {lengths.max()} tokens, the batch only {time} steps; "
                "encode with a smaller max_length or take a larger boundary"
            )
        padded = np.zeros((len(rows), time), dtype=np.int32)
        padded[np.arange(time) < lengths[:, None]] = self.tokens[_positions(starts, lengths)]
        return padded

    def take(self, indices: ArrayLike) -> EncodedTexts:
        """Copy some rows into memory.

        Args:
            indices: Row numbers, shape `(rows,)`, in the order wanted.

        Returns:
            The chosen rows.
        """
        rows = np.asarray(indices, dtype=np.int64)
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        return EncodedTexts(self.tokens[_positions(starts, lengths)], offsets)


class EncodedTextsWriter:
    """Collects encoded rows chunk by chunk, in memory or in a file.

    With a directory the tokens go to a nameless temporary file in it, which the operating system
    removes when the process ends, however it ends; only the offsets (8 bytes a row) stay in memory.
    """

    def __init__(self, directory: str | Path | None, dtype: DTypeLike) -> None:
        """Open the storage.

        Args:
            directory: Folder for the temporary file, or `None` to stay in memory.
            dtype: Data type of the stored tokens, see `token_dtype`.

        Raises:
            OutputError: If the folder cannot be written.
        """
        self._dtype: np.dtype[Any] = np.dtype(dtype)
        self._lengths: list[NDArray[np.int64]] = []
        self._chunks: list[NDArray[Any]] = []
        self._file = None if directory is None else _open_temporary(Path(directory))

    def __enter__(self) -> EncodedTextsWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def append(self, sequences: Iterable[NDArray[Any]]) -> None:
        """Add rows after those already there.

        Args:
            sequences: Token ids of each row, shape `(time,)`.

        Raises:
            ShapeError: If an id does not fit the data type.
            OutputError: If the file cannot grow.
        """
        rows = list(sequences)
        if not rows:
            return
        flat = np.concatenate(rows)
        _check_range(flat, self._dtype)
        chunk = flat.astype(self._dtype)
        if self._file is None:
            self._chunks.append(chunk)
        else:
            _write(self._file, chunk)
        self._lengths.append(np.array([len(row) for row in rows], dtype=np.int64))

    def close(self) -> EncodedTexts:
        """Finish and return what was appended.

        Returns:
            All rows; the tokens are mapped from the file when a directory was given.
        """
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *self._lengths])
        offsets = np.cumsum(lengths)
        tokens = self._finish(int(offsets[-1]))
        self.discard()
        return EncodedTexts(tokens, offsets)

    def discard(self) -> None:
        """Let go of the file and the chunks; a mapping made by `close` stays valid."""
        if self._file is not None:
            self._file.close()
        self._file, self._chunks, self._lengths = None, [], []

    def _finish(self, count: int) -> NDArray[Any]:
        if count == 0:
            return np.zeros(0, dtype=self._dtype)
        if self._file is None:
            return np.concatenate(self._chunks)
        self._file.flush()
        mapped = np.memmap(self._file, dtype=self._dtype, mode="r", shape=(count,))
        return np.asarray(mapped)


def _positions(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the flat positions of the tokens of rows, one row after the other."""
    before = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    return np.repeat(starts - before, lengths) + np.arange(total, dtype=np.int64)


def _check_offsets(tokens: NDArray[Any], offsets: NDArray[np.int64]) -> None:
    if tokens.ndim != 1 or offsets.ndim != 1 or offsets.size == 0:
        raise ShapeError(
            f"tokens and offsets must be one-dimensional, with at least one offset; "
            f"got shapes {tokens.shape} and {offsets.shape}"
        )
    if offsets[0] != 0 or offsets[-1] != tokens.size or bool(np.any(np.diff(offsets) < 0)):
        raise ShapeError(
            f"offsets must rise from 0 to the number of tokens, {tokens.size}; "
            f"they go from {offsets[0]} to {offsets[-1]}"
        )


def _check_range(flat: NDArray[Any], dtype: np.dtype[Any]) -> None:
    limits = np.iinfo(dtype)
    if flat.size and (flat.min() < limits.min or flat.max() > limits.max):
        raise ShapeError(
            f"token ids {flat.min()}..{flat.max()} do not fit {dtype}; see token_dtype"
        )


def _open_temporary(directory: Path) -> IO[bytes]:
    if not directory.is_dir():
        raise UsageError(f"{directory} is not a folder; temporary token files need one")
    try:
        return tempfile.TemporaryFile(dir=directory)
    except OSError as error:
        raise OutputError(f"cannot write a temporary file in {directory}: {error}") from error


def _write(file: IO[bytes], chunk: NDArray[Any]) -> None:
    try:
        file.write(chunk.data)
    except OSError as error:
        raise OutputError(f"cannot store the encoded texts: {error}") from error
