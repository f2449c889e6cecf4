"""Which held-out texts the networks of a comparison are looked into with: all with the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from recurra.study._text_setup import TextSetup
from recurra.study.insight.comparison import network_insight
from recurra.tasks.comparable import TextClassifier

__all__ = ["classifier_insight"]

_TEXTS = 32
_STEPS = 60  # that a picture of one text has room for


def classifier_insight(setup: TextSetup, classifier: TextClassifier) -> dict[str, Any]:
    """Return what `network_insight` finds on some texts of the test part.

    The example is the one whose length is nearest to the usual, or to 60 tokens where texts are
    longer.
    """
    generator = np.random.default_rng([setup.seed, *b"texts to look into"])
    rows = np.sort(generator.permutation(len(setup.test))[:_TEXTS])
    chosen = setup.test.take(rows, "insight")
    pairs = list(zip(chosen.iter_texts(), chosen.classes[chosen.codes], strict=True))
    lengths = setup.encoded_test.lengths[rows]
    example = int(np.abs(lengths - min(_STEPS, np.median(lengths))).argmin())
    pairs.insert(0, pairs.pop(example))
    texts, labels = zip(*pairs, strict=True)
    return network_insight(classifier, texts, labels, seed=setup.seed)
