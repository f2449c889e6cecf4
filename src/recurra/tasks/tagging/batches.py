"""Batches of encoded sentences as Keras reads them, of few shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recurra.sequences import UNK_ID, Batch, length_boundaries, plan_batches
from recurra.sequences.tagging import EncodedSentences
from recurra.tasks._epochs import epoch_generator

__all__ = ["SentenceBatches"]

_LENGTHS = 2  # padded lengths; each is one more compilation of the training step
_SPARE = 1.1  # room for the distinct forms of other epochs' batches


class SentenceBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: sentences of similar length, shuffled anew every epoch, all of one size.

    A partial batch is filled with sentences of weight 0, and padding weighs 0 everywhere.
    """

    def __init__(
        self,
        encoded: EncodedSentences,
        *,
        batch_size: int,
        seed: int,
        word_dropout: float = 0.0,
        whole: bool = False,
    ) -> None:
        """Describe the epochs.

        Args:
            encoded: The training sentences with their tags.
            batch_size: Sentences in a batch.
            seed: Fixes the order and the dropped words of every epoch.
            word_dropout: A word seen n times is read as unknown with the probability a / (a + n);
                this is a.
            whole: Weigh whole sentences, by their tokens, and mark padding by the tag -1, as
                `ChainLoss` reads them.
        """
        super().__init__()
        if encoded.tags is None:
            raise TypeError("training needs sentences with tags")
        self._encoded = encoded
        self._tags = encoded.tags
        self._batch_size = min(batch_size, len(encoded))
        self._seed = seed
        self._whole = whole
        self._boundaries = length_boundaries(encoded.lengths, _LENGTHS)
        counts = np.bincount(encoded.words.tokens)
        self._dropped = word_dropout / np.maximum(word_dropout + counts, 1e-9)
        self._characters = int(encoded.spellings.lengths.max(initial=1))
        self._epoch = 0
        self._plan: Sequence[Batch] = ()
        self.start_epoch(0)
        self._forms = self._most_forms()

    def start_epoch(self, epoch: int) -> None:
        """Plan the batches of an epoch, counted from 0."""
        generator = epoch_generator(self._seed, epoch, "order")
        self._epoch = epoch
        self._plan = plan_batches(
            self._encoded.lengths,
            self._batch_size,
            boundaries=self._boundaries,
            generator=generator,
        )

    @property
    def num_batches(self) -> int:
        """Batches in an epoch."""
        return math.ceil(len(self._encoded) / self._batch_size)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.int32], NDArray[np.float32]]:
        """Return inputs, tags and weights of one batch."""
        batch = self._plan[index]
        filled = np.resize(batch.indices, self._batch_size)
        read = self._encoded.batch(
            filled, batch.time, forms=self._forms[batch.time], characters=self._characters
        )
        tags = self._tags.batch(filled, batch.time)
        lengths = self._encoded.lengths[filled]
        lengths[len(batch.indices) :] = 0
        valid = np.arange(batch.time) < lengths[:, None]
        words = self._drop(read.words, index)
        inputs = [words, read.forms, read.characters]
        if self._whole:
            return inputs, np.where(valid, tags, -1), lengths.astype(np.float32)
        return inputs, tags, valid.astype(np.float32)

    def _drop(self, words: NDArray[np.int32], index: int) -> NDArray[np.int32]:
        generator = epoch_generator(self._seed, self._epoch, f"words {index}")
        drop = generator.random(words.shape) < self._dropped[words]
        return np.where(drop & (words != 0), np.int32(UNK_ID), words)

    def _most_forms(self) -> dict[int, int]:
        """Return for each padded length how many distinct forms to make room for."""
        most = dict.fromkeys(self._boundaries, 1)
        for batch in self._plan:
            most[batch.time] = max(most[batch.time], self._encoded.distinct(batch.indices))
        return {time: min(self._round(n), self._batch_size * time) for time, n in most.items()}

    def _round(self, forms: int) -> int:
        return math.ceil(forms * _SPARE / 64) * 64
