"""From pairs of texts to token ids, in the order that keeps leakage out.

Split first, fit the tokenizers on the training pairs only, then encode.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.runtime import TranslatorSpecification
from recurra.sequences import (
    EOS_ID,
    UNK_ID,
    EncodedTexts,
    EncodedTextsWriter,
    LengthStatistics,
    Tokenizer,
    padding_share_unbucketed,
    token_dtype,
)
from recurra.tasks._epochs import epoch_generator
from recurra.tasks._translation_batches import EncodedPairs, PairShapes, choose_shapes
from recurra.tasks._translation_sources import Pairs, PairSplit
from recurra.tasks._translator_settings import TranslatorSettings, settle_translator_settings

__all__ = ["PreparedPairs", "cut_words", "encode_pairs", "prepare_pairs"]

_MOST_VALIDATION = 4_000  # pairs judged after every epoch
_SHOWN = 3
_SHOWN_CHARACTERS = 600
_SIDES = ("source", "target")


@dataclass(frozen=True, eq=False)
class PreparedPairs:
    """Pairs, split and encoded, ready to train on.

    Attributes:
        split: The pairs as texts.
        settings: Settled settings.
        source_tokenizer: Fitted on the training sources.
        target_tokenizer: Fitted on the training targets.
        train: Pairs to train on.
        validation: Pairs for early stopping.
        shapes: The shapes of the batches.
        specification: The architecture for these vocabularies.
        data: Facts for records, manifests and reports, JSON values.
        warnings: What a person should know about the data, a sentence each.
    """

    split: PairSplit
    settings: TranslatorSettings
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer
    train: EncodedPairs
    validation: EncodedPairs
    shapes: PairShapes
    specification: TranslatorSpecification
    data: dict[str, Any]
    warnings: tuple[str, ...]


def prepare_pairs(
    split: PairSplit, settings: TranslatorSettings, *, preset: str = "fast", seed: int = 0
) -> PreparedPairs:
    """Fit the tokenizers on the training pairs, encode, and choose the shapes of the batches.

    Args:
        split: Pairs of each part.
        settings: Resolved settings.
        preset: Decides the length of the training where `settings` leave it open.
        seed: Fixes the order of the batches, whose padding is measured.

    Raises:
        DataError: If the training pairs hold no token.
    """
    settings = settle_translator_settings(settings, preset=preset, pairs=len(split.train))
    source_tokenizer, target_tokenizer = (
        _tokenizer(settings, lowercase).fit(texts)
        for texts, lowercase in (
            (split.train.sources, settings.lowercase),
            (split.train.targets, False),
        )
    )
    statistics = {side: LengthStatistics(settings.max_length) for side in _SIDES}
    tokenizers = (source_tokenizer, target_tokenizer)
    train = encode_pairs(split.train, tokenizers, settings.max_length, statistics)
    judged = split.validation.spread(_MOST_VALIDATION)
    validation = encode_pairs(judged, tokenizers, settings.max_length)
    shapes = choose_shapes(train)
    plan = shapes.plan(train, settings.batch_size, epoch_generator(seed, 0, "order"))
    warnings = (*split.warnings, *cut_words(statistics, "training"))
    data = {
        **split.facts,
        "digest": _digest(train, validation),
        "rows": {
            "train": len(split.train),
            "validation": len(split.validation),
            "test": len(split.test),
        },
        "level": settings.level,
        "vocabulary": {
            "source": source_tokenizer.vocabulary_size,
            "target": target_tokenizer.vocabulary_size,
        },
        "max_length": settings.max_length,
        "lengths": {side: statistics[side].to_dict() for side in _SIDES},
        "shapes": [list(shape) for shape in shapes.shapes.values()],
        "padding_share": shapes.padding_share(train, plan),
        "padding_share_unbucketed": padding_share_unbucketed(
            train.targets.lengths, settings.batch_size
        ),
        "examples": _examples(split.train, train, tokenizers),
        "warnings": list(warnings),
    }
    specification = settings.specification(
        source_tokenizer.vocabulary_size, target_tokenizer.vocabulary_size
    )
    return PreparedPairs(
        split,
        settings,
        source_tokenizer,
        target_tokenizer,
        train,
        validation,
        shapes,
        specification,
        data,
        warnings,
    )


def encode_pairs(
    pairs: Pairs,
    tokenizers: tuple[Tokenizer, Tokenizer],
    max_length: int,
    statistics: dict[str, LengthStatistics] | None = None,
) -> EncodedPairs:
    """Encode both sides; what is longer than `max_length` is cut, and `[EOS]` follows every text.

    Args:
        pairs: The texts.
        tokenizers: Of the sources and of the targets, fitted.
        max_length: Most tokens of a text; its end is not counted.
        statistics: Receive the lengths and unknown tokens of `"source"` and `"target"`.
    """
    encoded = []
    for side, tokenizer, texts in zip(
        _SIDES, tokenizers, (pairs.sources, pairs.targets), strict=True
    ):
        counted = None if statistics is None else statistics[side]
        encoded.append(_encode(texts, tokenizer, max_length, counted))
    return EncodedPairs(*encoded)


def _tokenizer(settings: TranslatorSettings, lowercase: bool) -> Tokenizer:
    return Tokenizer(
        settings.level,  # type: ignore[arg-type]
        settings.vocabulary,
        lowercase=lowercase,
        minimum_count=settings.minimum_count,
        sentences=True,
    )


def _encode(
    texts: list[str],
    tokenizer: Tokenizer,
    max_length: int,
    statistics: LengthStatistics | None,
) -> EncodedTexts:
    rows = [tokenizer.encode(text) for text in texts]
    if statistics is not None:
        unknown = [int((row == UNK_ID).sum()) for row in rows]
        statistics.update([len(row) for row in rows], unknown)
    with EncodedTextsWriter(None, token_dtype(tokenizer.vocabulary_size)) as writer:
        writer.append([np.append(row[:max_length], EOS_ID) for row in rows])
        return writer.close()


def cut_words(statistics: Mapping[str, LengthStatistics], part: str) -> list[str]:
    """Say how many texts of each side were cut, a sentence for each where there are any."""
    found = []
    for side, counts in statistics.items():
        cut = round(counts.truncated_share * counts.rows)
        if cut:
            found.append(
                f"{cut:,} of {counts.rows:,} {part} {side}s have more than {counts.max_length} "
                "tokens (max_length) and were cut"
            )
    return found


def _digest(train: EncodedPairs, validation: EncodedPairs) -> str:
    """Return the SHA-256 of what is trained and judged on, as the network reads it."""
    digest = hashlib.sha256()
    for pairs in (train, validation):
        for texts in (pairs.sources, pairs.targets):
            digest.update(np.ascontiguousarray(texts.offsets).tobytes())
            digest.update(np.ascontiguousarray(texts.tokens).tobytes())
    return digest.hexdigest()


def _examples(
    pairs: Pairs, encoded: EncodedPairs, tokenizers: tuple[Tokenizer, Tokenizer]
) -> list[dict[str, Any]]:
    """Return the first training pairs as texts and as the network reads them."""
    return [
        {
            "source": pairs.sources[row][:_SHOWN_CHARACTERS],
            "target": pairs.targets[row][:_SHOWN_CHARACTERS],
            "source_tokens": tokenizers[0].token_texts(encoded.sources[row]),
            "target_tokens": tokenizers[1].token_texts(encoded.targets[row]),
        }
        for row in range(min(_SHOWN, len(pairs)))
    ]
