"""The plainest answer of a recognizer: the same text, whatever is heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recurra.tasks.comparable_speech import error_rates

__all__ = ["typical_transcript"]

_CANDIDATES, _REFERENCES = 60, 200


def typical_transcript(transcripts: Sequence[str], seed: int = 0) -> str:
    """Return the transcript with the fewest word errors when it stands for all others.

    Of many transcripts, some are tried, and against some.

    Args:
        transcripts: Of the training.
        seed: Fixes which.
    """
    generator = np.random.default_rng([seed, *b"typical"])
    drawn = [transcripts[row] for row in generator.permutation(len(transcripts)).tolist()]
    references = drawn[:_REFERENCES]

    def wrong(text: str) -> float:
        return float(error_rates(references, [text] * len(references))["word_error_rate"])

    best: str = min(dict.fromkeys(drawn[:_CANDIDATES]), key=wrong)
    return best
