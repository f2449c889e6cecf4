"""From sentences with tags to encoded ones, split for training and validation.

Split first, then fit the encoder on the training sentences only, then encode everything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.errors import DataError
from recurra.sequences import EncodedTexts
from recurra.sequences.tagging import (
    EncodedSentences,
    SentenceEncoder,
    TaggedSentences,
    is_bio,
)
from recurra.tasks.tagging.settings import TaggerSettings

__all__ = ["PreparedSentences", "hold_out", "prepare_sentences"]

_SHOWN = 3


@dataclass(frozen=True)
class PreparedSentences:
    """Encoded sentences, ready to train on.

    Attributes:
        encoder: Fitted on the training sentences only.
        train: Sentences to train on.
        validation: Sentences held out for early stopping.
        train_encoded: The sentences to train on, as numbers.
        train_tags: Numbers of their tags.
        bio: Whether the tags are entities in BIO.
        data: Facts about the data for records, manifests and reports, JSON values.
    """

    encoder: SentenceEncoder
    train: TaggedSentences
    validation: TaggedSentences
    train_encoded: EncodedSentences
    train_tags: EncodedTexts
    bio: bool
    data: dict[str, Any]


def hold_out(
    sentences: TaggedSentences, share: float, seed: int, purpose: str
) -> tuple[TaggedSentences, TaggedSentences]:
    """Hold out a share of the sentences, drawn at random.

    Args:
        sentences: All of them.
        share: Between 0 and 1.
        seed: Fixes the draw.
        purpose: What for, so that different parts are drawn apart.

    Raises:
        DataError: If there are fewer than two sentences.
    """
    count = len(sentences)
    if count < 2:
        raise DataError(f"{sentences.source} has {count} sentences; two at least are needed")
    order = np.random.default_rng([seed, *purpose.encode()]).permutation(count)
    held = min(count - 1, max(1, round(share * count)))
    return sentences.take(np.sort(order[held:])), sentences.take(np.sort(order[:held]))


def prepare_sentences(
    sentences: TaggedSentences,
    settings: TaggerSettings,
    seed: int,
    validation: TaggedSentences | None = None,
) -> PreparedSentences:
    """Split, fit the encoder, encode.

    Args:
        sentences: Sentences with tags.
        settings: Encoding and validation share.
        seed: Fixes the split.
        validation: The data's own validation part; held out of `sentences` when `None`.

    Raises:
        DataError: If there are too few sentences, or one tag only.
    """
    if validation is None:
        train, held = hold_out(sentences, settings.validation, seed, "validation")
    else:
        train, held = sentences, validation
    encoder = SentenceEncoder.fit(
        train.sentences,
        vocabulary=settings.vocabulary,
        minimum_count=settings.minimum_count,
        longest=settings.longest,
    )
    encoded, tags = encoder.encode(train.sentences), encoder.encode_tags(train.sentences)
    bio = is_bio(encoder.tags)
    data = {
        "name": sentences.name,
        "source": sentences.source,
        "sha256": sentences.sha256,
        "column": sentences.column,
        "rows": {"train": len(train), "validation": len(held)},
        "tokens": {"train": train.tokens, "validation": held.tokens},
        "words": len(encoder.words),
        "unknown_share": _unknown_share(held, encoder),
        "lengths": _lengths(encoded),
        "tags": _tag_counts(train),
        "bio": bio,
        "notes": list(sentences.notes),
        "examples": _examples(train),
    }
    return PreparedSentences(encoder, train, held, encoded, tags, bio, data)


def _unknown_share(sentences: TaggedSentences, encoder: SentenceEncoder) -> float:
    unknown = sum(not encoder.knows(t) for s in sentences.sentences for t in s.tokens)
    return unknown / max(1, sentences.tokens)


def _lengths(encoded: EncodedSentences) -> dict[str, Any]:
    lengths = encoded.lengths
    return {
        "mean": float(lengths.mean()),
        "median": float(np.median(lengths)),
        "longest": int(lengths.max()),
    }


def _tag_counts(sentences: TaggedSentences) -> dict[str, int]:
    counts = Counter(tag for sentence in sentences.sentences for tag in sentence.tags)
    return dict(counts.most_common())


def _examples(sentences: TaggedSentences) -> list[dict[str, Any]]:
    return [
        {"tokens": list(s.tokens[:40]), "tags": list(s.tags[:40])}
        for s in sentences.sentences[:_SHOWN]
    ]
