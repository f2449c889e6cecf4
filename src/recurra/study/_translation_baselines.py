"""What every translator stands beside: the nearest training source's target, and a plain copy."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["NearestSource", "share_of_shared_words"]

_MOST_FEATURES = 200_000
_ORDERS = (1, 4)
_CHUNK = 64
_SAMPLED = 2_000
_WORD = re.compile(r"\w+")


class NearestSource:
    """Gives the target of the training source that is most like the text.

    Texts are compared by the cosine of TF-IDF weighted n-grams of 1 to 4 characters.

    Attributes:
        parameters: Weights that are kept, of all training sources.
    """

    def __init__(self, sources: Sequence[str], targets: Sequence[str]) -> None:
        """Index the training pairs."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer(
            analyzer="char",
            ngram_range=_ORDERS,
            lowercase=False,
            max_features=_MOST_FEATURES,
            sublinear_tf=True,
            dtype=np.float32,
        )
        self._targets = list(targets)
        self._index = self._vectorizer.fit_transform(sources).T.tocsc().tocsr()
        self.parameters = int(self._index.nnz)

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return the target of the source nearest to each text, the first of equally near ones."""
        found: list[str] = []
        for start in range(0, len(texts), _CHUNK):
            rows = self._vectorizer.transform(texts[start : start + _CHUNK])
            nearness = (rows @ self._index).toarray()
            found += (self._targets[place] for place in nearness.argmax(axis=1).tolist())
        return found


def share_of_shared_words(sources: Sequence[str], targets: Sequence[str]) -> float:
    """Return the share of the targets' words that stand in their own sources.

    Pairs of one language share many, as names and numbers are shared by all languages.

    Args:
        sources: Texts.
        targets: One for each source; at most 2,000 pairs, evenly spread, are looked at.
    """
    step = -(-len(sources) // _SAMPLED) or 1
    shared = total = 0
    for source, target in zip(sources[::step], targets[::step], strict=True):
        words = _WORD.findall(target.lower())
        known = set(_WORD.findall(source.lower()))
        shared += sum(word in known for word in words)
        total += len(words)
    return shared / total if total else 0.0
