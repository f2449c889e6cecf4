"""Measures a translator on pairs that it has not seen."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from recurra.errors import DataError
from recurra.runtime import TranslationPredictor
from recurra.sequences import LengthStatistics, Tokenizer
from recurra.tasks._translation_batches import choose_shapes
from recurra.tasks._translation_preparation import cut_words, encode_pairs
from recurra.tasks._translation_sources import Pairs
from recurra.tasks._translation_training import Answer, forced_figures
from recurra.tasks.translation_metrics import translation_examples, translation_metrics

__all__ = ["measure_translations"]

_CHUNK = 512  # sources between two signs of progress

Progress = Callable[[int, int], None]


def measure_translations(
    predictor: TranslationPredictor,
    answer: Answer,
    tokenizers: tuple[Tokenizer, Tokenizer],
    pairs: Pairs,
    *,
    max_length: int,
    beam: int,
    length_penalty: float,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Translate the sources and compare; and measure how well the references are foretold.

    Args:
        predictor: Translates.
        answer: Logits of the next tokens, see `answer_of`.
        tokenizers: Of the sources and of the targets.
        pairs: Sources and references.
        max_length: Most tokens read of a text.
        beam: Beam of the search; 1 is greedy.
        length_penalty: See `TranslationPredictor.translate`.
        progress: Told the sources done and all sources.

    Returns:
        What `translation_metrics` and `translation_examples` give; `perplexity` and
        `nats_per_token` of the references' tokens, their ends counted, `token_accuracy` and
        `tokens`; `truncated`, the sources that were cut; `beam` and `length_penalty`.

    Raises:
        DataError: If there are no pairs.
    """
    if not len(pairs):
        raise DataError("there are no pairs to evaluate on")
    statistics = {side: LengthStatistics(max_length) for side in ("source", "target")}
    encoded = encode_pairs(pairs, tokenizers, max_length, statistics)
    forced = forced_figures(answer, encoded, choose_shapes(encoded))
    for sentence in cut_words({"source": statistics["source"]}, "test"):
        warnings.warn(sentence, stacklevel=3)
    translations = _translate(predictor, pairs.sources, beam, length_penalty, progress)
    cut = statistics["source"]
    figures = forced.to_dict()
    return {
        **translation_metrics(pairs.sources, pairs.targets, translations),
        "perplexity": math.exp(min(figures["loss"], _LARGEST_EXPONENT)),
        "nats_per_token": figures["loss"],
        "token_accuracy": figures["accuracy"],
        "tokens": forced.tokens,
        "truncated": round(cut.truncated_share * cut.rows),
        "unknown_share": cut.unknown_share,
        "beam": beam,
        "length_penalty": length_penalty,
        **translation_examples(pairs.sources, pairs.targets, translations),
    }


_LARGEST_EXPONENT = 700.0  # exp(710) is no float


def _translate(
    predictor: TranslationPredictor,
    sources: list[str],
    beam: int,
    length_penalty: float,
    progress: Progress | None,
) -> list[str]:
    """Return the best translation of each text."""
    translations: list[str] = []
    for start in range(0, len(sources), _CHUNK):
        chunk = sources[start : start + _CHUNK]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # what is cut was counted over all chunks
            found = predictor.translate(chunk, beam=beam, length_penalty=length_penalty)
        translations += [best[0].text for best in found]
        if progress is not None:
            progress(len(translations), len(sources))
    return translations
