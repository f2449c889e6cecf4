"""How many tokens around a token change its tag; see `recurra.tasks.effective_context`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.runtime.tagging import TaggingPredictor
from recurra.sequences.tagging import Sentence
from recurra.tasks.effective_context import ContextCurve, memory_curve, total_variation

__all__ = ["tagger_context"]

_SENTENCES = 24
_DRAWS = 4  # exchanges at each distance in each sentence


def tagger_context(
    predictor: TaggingPredictor, sentences: tuple[Sentence, ...], seed: int
) -> ContextCurve:
    """Measure a tagger: total-variation distance of the probabilities of a token's tags.

    A token so many steps before the tagged one is exchanged for another of its sentence. (What
    comes after it, which a bidirectional tagger reads too, is not counted.) The sentences have
    about the same length, that of which a quarter of all is longer.

    Args:
        predictor: A trained tagger.
        sentences: Held out from training; at least one.
        seed: Fixes what is exchanged for what.
    """
    lengths = np.array([len(sentence.tokens) for sentence in sentences])
    usual = int(np.quantile(lengths, 0.75, method="nearest"))
    longest_first = np.flatnonzero(lengths >= usual)
    nearest = longest_first[np.argsort(lengths[longest_first], kind="stable")]
    chosen = [sentences[int(row)].tokens for row in nearest[:_SENTENCES]]
    plain = predictor.predict_proba([list(tokens) for tokens in chosen])
    generator = np.random.default_rng([seed, *b"context"])

    def change(distance: int) -> NDArray[np.float64]:
        pairs = [(i, *_exchanged(row, distance, generator))
                 for i, row in enumerate(chosen) for _ in range(_DRAWS)]  # fmt: skip
        found = predictor.predict_proba([tokens for _, _, tokens in pairs])
        moved = [
            total_variation(shares[place], plain[i][place])
            for (i, place, _), shares in zip(pairs, found, strict=True)
        ]
        result: NDArray[np.float64] = np.reshape(moved, (len(chosen), _DRAWS)).mean(axis=1)
        return result

    return memory_curve(change, min(len(row) for row in chosen))


def _exchanged(
    tokens: tuple[str, ...], distance: int, generator: np.random.Generator
) -> tuple[int, list[str]]:
    """Return a token's place and its sentence with the one so many steps before it exchanged."""
    place = int(generator.integers(distance, len(tokens)))
    changed = list(tokens)
    changed[place - distance] = tokens[int(generator.integers(len(tokens)))]
    return place, changed
