"""How right transcripts are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.errors import MissingDependencyError

__all__ = ["error_rates"]


def error_rates(references: Sequence[str], hypotheses: Sequence[str]) -> dict[str, Any]:
    """Return word and character error rates of all clips together.

    Args:
        references: What was said.
        hypotheses: What was written.

    Returns:
        `word_error_rate`: replaced, missing and added words for each word that was said, which may
        exceed 1; `character_error_rate` the same of characters; `clip_accuracy`: share of the
        clips without any error; `substitutions`, `deletions`, `insertions` and `words`.

    Raises:
        MissingDependencyError: If the extra `audio` is not installed.

    Source: computed by jiwer, of white-space separated words, case and punctuation counting.
    """
    try:
        import jiwer
    except ImportError as error:
        raise MissingDependencyError("jiwer", "audio", "error rates of transcripts") from error
    pairs = list(references), list(hypotheses)
    words, characters = jiwer.process_words(*pairs), jiwer.process_characters(*pairs)
    same = sum(a.split() == b.split() for a, b in zip(references, hypotheses, strict=True))
    return {
        "word_error_rate": float(words.wer),
        "character_error_rate": float(characters.cer),
        "clip_accuracy": same / len(references),
        "substitutions": int(words.substitutions),
        "deletions": int(words.deletions),
        "insertions": int(words.insertions),
        "words": sum(len(text.split()) for text in references),
    }
