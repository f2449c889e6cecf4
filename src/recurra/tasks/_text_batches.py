"""Batches of encoded texts as Keras reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import UNK_ID, EncodedTexts, NgramVocabulary
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._inputs import BatchInputs, EpochBatches, choose_boundaries

__all__ = ["TextBatches", "TextInputs", "choose_boundaries"]


@dataclass(frozen=True)
class TextInputs(BatchInputs):
    """Encoded texts and what is derived from them, ready to be cut into batches.

    Attributes:
        encoded: Token ids of every text.
        boundaries: Padded lengths that may occur.
        ngrams: The n-grams of the wide part, where the model has one.
    """

    encoded: EncodedTexts
    boundaries: tuple[int, ...]
    ngrams: NgramVocabulary | None = None

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of every text, `(texts,)`."""
        return self.encoded.lengths

    def read(self, indices: NDArray[np.int64], time: int) -> Any:
        """Return what the model reads: ids, or ids and n-grams."""
        return self.join(self.encoded.batch(indices, time))

    def join(self, ids: NDArray[np.int32]) -> Any:
        """Add the n-grams to ids where the model has a wide part."""
        return ids if self.ngrams is None else [ids, self.ngrams.transform(ids, unique=True)]


class TextBatches(EpochBatches):
    """Training batches of texts, of which some tokens may be read as unknown."""

    def __init__(
        self,
        inputs: TextInputs,
        rows: NDArray[np.int64],
        codes: NDArray[np.int32],
        *,
        batch_size: int,
        seed: int,
        word_dropout: float = 0.0,
    ) -> None:
        """Describe the epochs.

        Args:
            inputs: All encoded texts.
            rows: Rows to train on.
            codes: Class of every row of `inputs`.
            batch_size: Rows in a batch.
            seed: Fixes the order and the dropped words of every epoch.
            word_dropout: Share of the tokens that are read as unknown.
        """
        self._texts = inputs
        self._word_dropout = word_dropout
        super().__init__(inputs, rows, codes, batch_size=batch_size, seed=seed)

    def _read(self, rows: NDArray[np.int64], time: int, index: int) -> Any:
        ids = self._texts.encoded.batch(rows, time)
        if self._word_dropout:
            ids = self._drop_words(ids, index)
        return self._texts.join(ids)

    def _drop_words(self, ids: NDArray[np.int32], index: int) -> NDArray[np.int32]:
        generator = epoch_generator(self._seed, self._epoch, f"words {index}")
        dropped = generator.random(ids.shape) < self._word_dropout
        return np.where(dropped & (ids != 0), np.int32(UNK_ID), ids)
