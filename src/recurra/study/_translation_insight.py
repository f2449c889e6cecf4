"""Translations to look at: the best, the worst, and what was attended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from recurra.runtime import TranslationPredictor

__all__ = ["attention_maps", "best_and_worst"]

_SHOWN = 4
_CHARACTERS = 400
_MAPS = 3
_LONGEST = {"char": 42, "word": 30, "subword": 30}  # tokens of a source whose map is drawn
_DIGITS = 3
_KEYS = ("source", "reference", "translation")


def best_and_worst(
    sources: Sequence[str],
    references: Sequence[str],
    translations: Sequence[str],
    worst: Sequence[Mapping[str, Any]],
) -> dict[str, list[dict[str, str]]]:
    """Choose translations to show.

    Args:
        sources: Some test sources.
        references: One for each source.
        translations: One for each source.
        worst: Those least like their reference, the worst first.

    Returns:
        `best`: of those that are their reference word for word the longest; `worst`. Each with
        `source`, `reference` and `translation`.
    """
    right = [
        row for row in range(len(sources)) if translations[row].strip() == references[row].strip()
    ]
    longest = sorted(right, key=lambda row: (-len(sources[row]), row))[:_SHOWN]
    best = [(sources[row], references[row], translations[row]) for row in longest]
    return {
        "best": [_shown(dict(zip(_KEYS, one, strict=True))) for one in best],
        "worst": [_shown(one) for one in worst[:_SHOWN]],
    }


def attention_maps(
    predictor: TranslationPredictor, sources: Sequence[str], level: str
) -> list[dict[str, Any]]:
    """Return the attention over sources of several lengths, short enough to be drawn.

    Args:
        predictor: A translator.
        sources: Sources to choose from, by their length alone.
        level: What its tokens are.

    Returns:
        For up to three sources `source_tokens`, `target_tokens` and `weights`, shape
        `(target, source)`; nothing without attention.
    """
    if predictor.specification.attention == "none":
        return []
    lengths = np.array([len(predictor.source_tokenizer.encode(text)) for text in sources])
    short = np.flatnonzero(lengths <= min(_LONGEST[level], predictor.max_length))
    ranked = short[np.argsort(lengths[short], kind="stable")]
    if not len(ranked):
        return []
    places = np.unique(np.rint(np.array([0.4, 0.7, 0.98]) * (len(ranked) - 1)).astype(int))
    maps = []
    for row in ranked[places][-_MAPS:].tolist():
        matrix = predictor.attention(sources[row])
        weights = np.round(np.clip(matrix.weights.astype(np.float64), 0, 1), _DIGITS)
        maps.append(
            {
                "source_tokens": list(matrix.source_tokens),
                "target_tokens": list(matrix.target_tokens),
                "weights": weights.tolist(),
            }
        )
    return [one for one in maps if one["target_tokens"]]


def _shown(example: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(example[key])[:_CHARACTERS] for key in _KEYS}
