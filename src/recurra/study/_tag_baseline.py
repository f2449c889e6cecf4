"""The baseline of taggers: every word has the tag that it had most often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.sequences.tagging import Sentence

__all__ = ["FrequentTags"]

_SMOOTHING = 1e-3  # added to every count, so that no tag is impossible


class FrequentTags:
    """The tags of each word as they were counted in training.

    A word that was not seen as it is written is looked up in lower case; one that was not seen at
    all has the tags of such words among the validation sentences.

    Attributes:
        parameters: Counted pairs of word and tag.
    """

    def __init__(
        self, training: Iterable[Sentence], validation: Iterable[Sentence], tags: Sequence[str]
    ) -> None:
        """Count.

        Args:
            training: Sentences with tags.
            validation: More of them, which tell the tags of unseen words.
            tags: All tags, in the order of the probabilities' columns.
        """
        self._places = {tag: place for place, tag in enumerate(tags)}
        counts = _counted(training)
        self.parameters = sum(map(len, counts.values()))
        self._words = {word: self._shares(seen) for word, seen in counts.items()}
        self._unseen = np.empty(0, np.float32)
        unseen: Counter[str] = Counter()
        for sentence in validation:
            for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
                if self._find(token) is None and tag in self._places:
                    unseen[tag] += 1
        self._unseen = self._shares(unseen)

    def answer(self, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the numbers of the tags `(tokens,)`, and the tags' shares `(tokens, tags)`."""
        found = [self._find(token) for token in tokens]
        shares = np.stack([self._unseen if row is None else row for row in found])
        return shares.argmax(axis=1).astype(np.int32), shares

    def _find(self, token: str) -> NDArray[np.float32] | None:
        return self._words.get(token, self._words.get(token.lower()))

    def _shares(self, seen: Counter[str]) -> NDArray[np.float32]:
        counts = np.full(len(self._places), _SMOOTHING)
        for tag, count in seen.items():
            counts[self._places[tag]] += count
        shares: NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
        return shares


def _counted(sentences: Iterable[Sentence]) -> dict[str, Counter[str]]:
    """Return how often each word, as written and in lower case, had each tag."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            for word in {token, token.lower()}:
                counts[word][tag] += 1
    return counts
