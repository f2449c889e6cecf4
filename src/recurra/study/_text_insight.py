"""Which held-out texts the networks of a comparison are looked into with: all with the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.study.insight.comparison import network_insight
from recurra.tasks.comparable import Examples, TextClassifier

__all__ = ["classifier_insight"]

_TEXTS = 32
_STEPS = 60  # that a picture of one text has room for


def classifier_insight(
    test: Examples, lengths: NDArray[np.int64], seed: int, classifier: TextClassifier
) -> dict[str, Any]:
    """Return what `network_insight` finds on some texts of the test part.

    The example is the one whose length is nearest to the usual, or to 60 tokens where texts are
    longer.

    Args:
        test: The test part.
        lengths: Tokens of each of its texts.
        seed: Fixes the choice.
        classifier: The network.
    """
    generator = np.random.default_rng([seed, *b"texts to look into"])
    rows = np.sort(generator.permutation(len(test))[:_TEXTS])
    chosen = test.take(rows, "insight")
    pairs = list(zip(chosen.iter_texts(), chosen.classes[chosen.codes], strict=True))
    steps = lengths[rows]
    example = int(np.abs(steps - min(_STEPS, np.median(steps))).argmin())
    pairs.insert(0, pairs.pop(example))
    texts, labels = zip(*pairs, strict=True)
    return network_insight(classifier, texts, labels, seed=seed)
