"""Batches of encoded sentences as Keras reads them, of few shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import UNK_ID, EncodedTexts
from recurra.sequences.tagging import EncodedSentences
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._inputs import BatchInputs, EpochBatches, choose_boundaries

__all__ = ["SentenceBatches", "SentenceInputs", "sentence_inputs"]

_SPARE = 1.1  # room for the distinct forms of other epochs' batches
_FORMS = 64  # the number of forms is a multiple of this


@dataclass(frozen=True)
class SentenceInputs(BatchInputs):
    """Encoded sentences, ready to be cut into batches.

    Attributes:
        encoded: Words and characters.
        boundaries: Padded lengths that may occur.
        forms: For a padded length the distinct forms that there is room for; more get more room,
            and one more compilation.
    """

    encoded: EncodedSentences
    boundaries: tuple[int, ...]
    forms: dict[int, int]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of every sentence, `(rows,)`."""
        return self.encoded.lengths

    def read(self, indices: NDArray[np.int64], time: int) -> list[NDArray[np.int32]]:
        """Return words, forms and characters; see `TaggerBatch`."""
        longest = int(self.encoded.spellings.lengths.max(initial=1))
        forms = self.forms.get(time, 0)
        return self.encoded.batch(indices, time, forms=forms, characters=longest).arrays


def sentence_inputs(
    encoded: EncodedSentences, batch_size: int, seed: int, kernels: str = "auto"
) -> SentenceInputs:
    """Choose the shapes of training batches.

    Args:
        encoded: The training sentences.
        batch_size: Sentences in a batch.
        seed: That of the training, whose first epoch shows how many forms a batch has.
        kernels: What computes the recurrences: `auto`, `native` or `keras`.
    """
    boundaries = choose_boundaries(encoded.lengths, kernels)
    inputs = SentenceInputs(encoded, boundaries, {})
    size = min(batch_size, len(encoded))
    forms = dict.fromkeys(boundaries, 1)
    generator = epoch_generator(seed, 0, "order")
    for batch in inputs.plan(np.arange(len(encoded)), size, generator):
        forms[batch.time] = max(forms[batch.time], encoded.distinct(batch.indices))
    room = {time: min(_rounded(count), size * time) for time, count in forms.items()}
    return SentenceInputs(encoded, boundaries, room)


class SentenceBatches(EpochBatches):
    """Training batches of sentences, with words dropped anew every epoch; padding weighs 0."""

    def __init__(
        self,
        inputs: SentenceInputs,
        tags: EncodedTexts,
        *,
        batch_size: int,
        seed: int,
        word_dropout: float = 0.0,
        whole: bool = False,
    ) -> None:
        """Describe the epochs.

        Args:
            inputs: The training sentences.
            tags: Numbers of their tags.
            batch_size: Sentences in a batch.
            seed: Fixes the order and the dropped words of every epoch.
            word_dropout: A word seen n times is read as unknown with the probability a / (a + n);
                this is a.
            whole: Weigh whole sentences, by their tokens, and mark padding by the tag -1, as
                `ChainLoss` reads them.
        """
        rows = np.arange(len(inputs.encoded))
        # The numbers of the rows stand for their tags, which have as many steps as the batch.
        super().__init__(inputs, rows, rows, batch_size=batch_size, seed=seed)
        self._tags = tags
        self._whole = whole
        counts = np.bincount(inputs.encoded.words.tokens)
        self._dropped = word_dropout / np.maximum(word_dropout + counts, 1e-9)

    def __getitem__(self, index: int) -> tuple[Any, NDArray[np.int32], NDArray[np.float32]]:
        """Return inputs, tags and weights of one batch."""
        inputs, rows, present = super().__getitem__(index)
        time = self._plan[index].time
        tags = self._tags.batch(rows, time)
        lengths = np.where(present > 0, self._tags.lengths[rows], 0)
        valid = np.arange(time) < lengths[:, None]
        if self._whole:
            return inputs, np.where(valid, tags, -1), lengths.astype(np.float32)
        return inputs, tags, valid.astype(np.float32)

    def _read(self, rows: NDArray[np.int64], time: int, index: int) -> Any:
        words, *others = super()._read(rows, time, index)
        generator = epoch_generator(self._seed, self._epoch, f"words {index}")
        drop = generator.random(words.shape) < self._dropped[words]
        return [np.where(drop & (words != 0), np.int32(UNK_ID), words), *others]


def _rounded(forms: int) -> int:
    return math.ceil(forms * _SPARE / _FORMS) * _FORMS
