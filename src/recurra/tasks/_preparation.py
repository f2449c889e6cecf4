"""From labelled texts to encoded rows, split for training and validation.

The order is what keeps leakage out: split first, fit the encoder on the training rows only, then
encode everything. Texts are read in passes and never held, so a file may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import (
    EncodedTexts,
    EncodedTextsWriter,
    LengthStatistics,
    NgramVocabulary,
    TextEncoder,
    padding_share_unbucketed,
    stratified_split,
    token_dtype,
)
from recurra.tasks._examples import Examples
from recurra.tasks._settings import TextClassifierSettings
from recurra.tasks._text_batches import TextInputs, choose_boundaries

__all__ = ["PreparedTexts", "encode_texts", "prepare_texts"]

_CHUNK = 2048
_NGRAM_TEXTS = 3  # on IMDb 2 and 800,000 n-grams were no better than 3 and 300,000
_MOST_NGRAMS = 300_000
_SHOWN_EXAMPLES = 3
_SHOWN_CHARACTERS = 600
_SHOWN_TOKENS = 60


@dataclass(frozen=True)
class PreparedTexts:
    """Encoded texts, ready to train on.

    Attributes:
        encoder: Fitted on the training rows only.
        inputs: All rows, encoded.
        codes: Class of each row, shape `(rows,)`.
        classes: The labels.
        train: Row numbers to train on.
        validation: Row numbers held out for early stopping.
        data: Facts about the data for records, manifests and reports, JSON values.
    """

    encoder: TextEncoder
    inputs: TextInputs
    codes: NDArray[np.int32]
    classes: NDArray[Any]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    data: dict[str, Any]


def prepare_texts(
    examples: Examples,
    settings: TextClassifierSettings,
    seed: int,
    *,
    spill: Path | None = None,
) -> PreparedTexts:
    """Split, fit the encoder, encode.

    Args:
        examples: Labelled texts.
        settings: Encoding and validation share.
        seed: Fixes the split.
        spill: Folder for a temporary file of encoded texts; memory when `None`.

    Raises:
        DataError: If the rows cannot be split, or hold no token.
        RowError: If a row of a file is broken.
    """
    generator = np.random.default_rng([seed, *b"split"])
    train, validation = stratified_split(examples.codes, settings.validation, generator)
    in_training = np.zeros(len(examples), dtype=bool)
    in_training[train] = True
    encoder = TextEncoder(
        settings.level,  # type: ignore[arg-type]
        settings.vocabulary,
        settings.max_length,
        lowercase=settings.lowercase,
        truncate=settings.truncate,  # type: ignore[arg-type]
    )
    encoder.fit(text for text, used in zip(examples.iter_texts(), in_training, strict=True) if used)
    statistics = LengthStatistics(settings.max_length)
    encoded = encode_texts(examples.iter_texts(), encoder, statistics, in_training, spill)
    ngrams = _fit_ngrams(encoded, train, encoder, settings)
    boundaries = choose_boundaries(encoded.lengths[train], settings.kernels)
    inputs = TextInputs(encoded, boundaries, ngrams)
    data = {
        "name": examples.name,
        "sha256": examples.digest(),
        "rows": {"train": len(train), "validation": len(validation)},
        "classes": _class_counts(examples),
        "level": settings.level,
        "vocabulary": encoder.vocabulary_size,
        "max_length": settings.max_length,
        **statistics.to_dict(),
        **_padding(inputs, train, settings.batch_size, seed),
        "examples": _shown_examples(examples, encoder, in_training),
    }
    return PreparedTexts(encoder, inputs, examples.codes, examples.classes, train, validation, data)


def encode_texts(
    texts: Iterable[str],
    encoder: TextEncoder,
    statistics: LengthStatistics | None = None,
    counted: NDArray[np.bool_] | None = None,
    spill: Path | None = None,
) -> EncodedTexts:
    """Encode a stream of texts in constant memory.

    Args:
        texts: The texts.
        encoder: A fitted encoder.
        statistics: Receives lengths and unknown tokens.
        counted: Which rows the statistics count; all when `None`.
        spill: Folder for a temporary file of encoded texts; memory when `None`.
    """
    position = 0
    with EncodedTextsWriter(spill, token_dtype(encoder.vocabulary_size)) as writer:
        for chunk in _chunks(texts, _CHUNK):
            ids, lengths, unknown = encoder.encode_with_statistics(chunk)
            writer.append(ids)
            if statistics is not None:
                rows = slice(position, position + len(chunk))
                chosen = slice(None) if counted is None else counted[rows]
                statistics.update(lengths[chosen], unknown[chosen])
            position += len(chunk)
        return writer.close()


def _chunks(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(texts)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _fit_ngrams(
    encoded: EncodedTexts,
    train: NDArray[np.int64],
    encoder: TextEncoder,
    settings: TextClassifierSettings,
) -> NgramVocabulary | None:
    if not settings.ngram_orders:
        return None
    return NgramVocabulary.fit(
        encoded,
        train,
        vocabulary_size=encoder.vocabulary_size,
        orders=settings.ngram_orders,
        minimum_count=_NGRAM_TEXTS,
        maximum=_MOST_NGRAMS,
    )


def _class_counts(examples: Examples) -> dict[str, int]:
    counts = np.bincount(examples.codes, minlength=len(examples.classes))
    return {str(name): int(n) for name, n in zip(examples.classes, counts, strict=True)}


def _padding(
    inputs: TextInputs, train: NDArray[np.int64], batch_size: int, seed: int
) -> dict[str, float]:
    lengths = inputs.encoded.lengths[train]
    return {
        "padding_share": inputs.padding_share(train, batch_size, seed),
        "padding_share_unbucketed": padding_share_unbucketed(lengths, batch_size),
    }


def _shown_examples(
    examples: Examples, encoder: TextEncoder, in_training: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Return the first training texts as the network reads them."""
    shown: list[dict[str, Any]] = []
    for text, code, used in zip(examples.iter_texts(), examples.codes, in_training, strict=False):
        if len(shown) == _SHOWN_EXAMPLES:
            break
        if used:
            tokens = encoder.decode(encoder.encode([text])[0])[:_SHOWN_TOKENS]
            label = str(examples.classes[code])
            shown.append({"text": text[:_SHOWN_CHARACTERS], "label": label, "tokens": tokens})
    return shown
